import type pg from 'pg';
import { beijingDay } from '../base/beijing-day.ts';
import type { AwardId } from '../base/ids.ts';
import { orderNumber } from '../base/order-number.ts';
import { PAYOUT_CHANNEL } from './draw-write.ts';
import { HAS_ANOTHER_NUMBER, IS_ERASED, PROOF_IS_DOUBTED, REISSUES_RETURNED } from './reissue-candidates.ts';
import { judgeReissue } from './reissue-judgement.ts';
import type { UnpaidNumber } from './reissue-judgement.ts';
import { noteRows } from './webhooks/note-events.ts';

// About 50 ms under lock, so that answers for these numbers and draws of their activities hardly wait.
const NUMBERS_PER_TRANSACTION = 200;

interface Item {
  readonly account_id: string;
  readonly order_number: string;
  readonly award_id: AwardId;
  readonly proof_attempt: number;
}

interface NumberUnderLock extends UnpaidNumber {
  readonly accountId: string;
  readonly orderNumber: string;
  readonly awardId: AwardId;
  readonly activityId: string;
}

/** A number with its verdict, as the last statement takes it. */
interface Decided {
  readonly account: string;
  readonly old: string;
  readonly fresh: string | null;
  readonly money: string | null;
  readonly outcome: string;
}

// Whoever decides on the same request waits here, so that its numbers are gone through by one at a time.
const LOCK_REQUEST = 'select 1 from reissue where id = $1 for update';
const NEXT_ITEMS = `select account_id, order_number, award_id, proof_attempt from reissue_item
  where reissue_id = $1 and outcome is null order by account_id, order_number limit ${NUMBERS_PER_TRANSACTION}`;

// Money that came back to the budget is taken out of it again, which the activity's counter decides: it comes first in
// the lock order.
const LOCK_COUNTERS = `
  select counter.account_id || ' ' || counter.activity_id as activity, (budget_fen - spent_fen)::float8 as "leftFen"
  from activity_counter as counter
  where (counter.account_id, counter.activity_id) in (
    select entry.account_id, entry.activity_id from unnest($1::text[], $2::text[]) as wanted (account_id, award_id)
    cross join lateral (select * from book_entry where book_entry.account_id = wanted.account_id
      and book_entry.award_id = wanted.award_id and book_entry.kind = 'reopened') as entry)
  order by counter.account_id, counter.activity_id for update`;
// Every number of the awards, so that a late word about an older one comes either before this look or after the new number.
const LOCK_PAYOUTS = `
  select 1 from unnest($1::text[], $2::text[]) as wanted (account_id, award_id)
  join payout on payout.account_id = wanted.account_id and payout.award_id = wanted.award_id
  order by payout.account_id, payout.order_number for update of payout`;

function balance(account: string): string {
  return `coalesce(sum(case when debit = '${account}' then amount_fen when credit = '${account}' then -amount_fen end), 0)::float8`;
}

// A statement of its own after the locks, so that what their last holders wrote is seen.
const NUMBERS = `
  select payout.account_id as "accountId", payout.order_number as "orderNumber", payout.award_id as "awardId",
    payout.activity_id as "activityId", payout.amount_fen::float8 as "amountFen", payout.state, payout.series,
    case when proof.kind = 'query' then proof.outcome ->> 'status' end as proof,
    coalesce(${PROOF_IS_DOUBTED}, false) as doubted, ${HAS_ANOTHER_NUMBER} as replaced, ${IS_ERASED} as erased,
    ${REISSUES_RETURNED} as "returnedAllowed", books.*
  from unnest($1::text[], $2::text[], $3::integer[]) as item (account_id, order_number, attempt)
  join payout on payout.account_id = item.account_id and payout.order_number = item.order_number
  left join payout_attempt as proof on proof.account_id = item.account_id and proof.order_number = item.order_number
    and proof.attempt = item.attempt
  cross join lateral (
    select ${balance('reserved')} as "reservedFen", ${balance('returned')} as "returnedFen", ${balance('budget')} as "budgetFen"
    from book_entry where book_entry.account_id = payout.account_id and book_entry.award_id = payout.award_id
  ) as books
  order by payout.account_id, payout.order_number`;

// The new number is asked about before it is sent: a restored backup may have forgotten that it was issued and paid.
// The unique index of living numbers has the last word: a number it does not let in is left out, and nothing else is
// written for it. `from` of $1 is the account the money comes from.
const WRITE = `
with decided as (
  select * from jsonb_to_recordset($1) as item (account text, old text, fresh text, money text, outcome text)
),
issued as (
  insert into payout (account_id, order_number, award_id, activity_id, merchant_id, payee_account_id, openid, amount_fen, state, due_at,
    class, series, next_call, ask_from, rail, created_at, updated_at)
  select account_id, fresh, award_id, activity_id, merchant_id, payee_account_id, openid, amount_fen, 'waiting', $2,
    class, series + 1, 'query', $2, coalesce((select selection ->> 'rail' from reissue where id = $4), rail), $2, $2
  from decided join payout on payout.account_id = decided.account and payout.order_number = decided.old
  where fresh is not null
  order by account_id, fresh
  on conflict do nothing
  returning account_id, order_number, award_id, activity_id, merchant_id, amount_fen
),
moved as (
  select issued.*, money from issued join decided on account = account_id and fresh = order_number
),
told as (
  ${noteRows('issued', "'payout.reissued'", '$2')}
),
shown as (
  update award set state = 'reserved', updated_at = $2 from issued
  where award.account_id = issued.account_id and award.id = issued.award_id
),
booked as (
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select account_id, activity_id, merchant_id, award_id, 'reissued', 'reserved', money, amount_fen, $2
  from moved where money <> 'reserved'
),
taken as (
  select account_id, activity_id, sum(amount_fen) as fen from moved where money = 'budget' group by 1, 2
),
counted as (
  update activity_counter as counter set spent_fen = spent_fen + taken.fen from taken
  where counter.account_id = taken.account_id and counter.activity_id = taken.activity_id
),
counted_that_day as (
  insert into activity_day (account_id, activity_id, day, spent_fen) select account_id, activity_id, $3, fen from taken
  on conflict (account_id, activity_id, day) do update set spent_fen = activity_day.spent_fen + excluded.spent_fen
)
update reissue_item as item set new_order_number = issued.order_number,
  outcome = case when fresh is not null and issued.order_number is null then 'left out: its award has a living number'
    else decided.outcome end
from decided left join issued on issued.account_id = decided.account and issued.order_number = decided.fresh
where item.reissue_id = $4 and item.account_id = decided.account and item.order_number = decided.old
returning item.new_order_number is not null as issued`;

/**
 * Goes through the next numbers of an approved re-issue, at most two hundred, in the transaction given: each is looked
 * at again under lock and issued under the award's next number, or left out with the reason. Locks are taken in the
 * order request, activity, payouts, award. Returns how many were gone through; 0 when all are.
 */
export async function issueNextNumbers(
  client: pg.PoolClient,
  input: { readonly id: string; readonly nowMs: number; readonly orderPrefix: string },
): Promise<number> {
  await client.query(LOCK_REQUEST, [input.id]);
  const items = (await client.query<Item>(NEXT_ITEMS, [input.id])).rows;
  if (items.length === 0) return 0;
  const accounts = items.map((item) => item.account_id);
  const numbers = items.map((item) => item.order_number);
  const awards = items.map((item) => item.award_id);
  const counters = await client.query<{ activity: string; leftFen: number }>(LOCK_COUNTERS, [accounts, awards]);
  await client.query(LOCK_PAYOUTS, [accounts, awards]);
  const attempts = items.map((item) => item.proof_attempt);
  const found = await client.query<NumberUnderLock>(NUMBERS, [accounts, numbers, attempts]);
  const left = new Map(counters.rows.map((row) => [row.activity, row.leftFen]));
  const decided = decideEach(items, found.rows, { left, orderPrefix: input.orderPrefix });
  const day = beijingDay(input.nowMs);
  const written = await client.query<{ issued: boolean }>(WRITE, [
    JSON.stringify(decided),
    new Date(input.nowMs),
    day,
    input.id,
  ]);
  if (written.rows.some((row) => row.issued)) await client.query(`select pg_notify('${PAYOUT_CHANNEL}', '')`);
  return items.length;
}

function decideEach(
  items: readonly Item[],
  numbers: readonly NumberUnderLock[],
  { left, orderPrefix }: { readonly left: Map<string, number>; readonly orderPrefix: string },
): readonly Decided[] {
  const known = new Map(numbers.map((number) => [`${number.accountId} ${number.orderNumber}`, number]));
  return items.map((item) => {
    const place = { account: item.account_id, old: item.order_number };
    const number = known.get(`${item.account_id} ${item.order_number}`);
    const activity = `${item.account_id} ${number?.activityId ?? ''}`;
    const leftFen = left.get(activity) ?? 0;
    const verdict =
      number === undefined ? ({ kind: 'left out', why: 'its number is gone' } as const) : judgeReissue(number, leftFen);
    if (number === undefined || verdict.kind === 'left out')
      return { ...place, fresh: null, money: null, outcome: `left out: ${'why' in verdict ? verdict.why : ''}` };
    if (verdict.from === 'budget') left.set(activity, leftFen - number.amountFen);
    const fresh = orderNumber(number.awardId, orderPrefix, number.series + 1);
    return { ...place, fresh, money: verdict.from, outcome: 'issued' };
  });
}
