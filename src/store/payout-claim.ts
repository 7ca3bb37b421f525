import type pg from 'pg';
import { beijingDay } from '../base/beijing-day.ts';
import { fen } from '../base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../base/ids.ts';
import { riskInfo } from '../base/risk-info.ts';
import type { CallPlan, CallPlanner, DueCall, MerchantQueue, PersonDay } from '../flows/ports/merchant-queue.ts';
import type { Attempt, Claim, ClaimedPayout, PayoutState, PayoutRequest, PayoutStore } from '../flows/ports/payouts.ts';
import { lockQueues, merchantsWithDue, writePace } from './merchant-pace.ts';
import { FROZEN_REQUEST, hashOf, PAYEE_ACCOUNT } from './payout-request.ts';
import { inTransaction } from './transaction.ts';
import { noteRows } from './webhooks/note-events.ts';

type ClaimInput = Parameters<PayoutStore['claim']>[0];

interface DueRow {
  readonly account_id: AccountId;
  readonly order_number: OrderNumber;
  /** Under whom the person's openid is. */
  readonly payee_account: AccountId;
  readonly call: 'send' | 'query';
  readonly class: 'live' | 'batch';
  readonly openid: Openid;
  readonly amount_fen: string;
  readonly created_at: Date;
  readonly uncounted: boolean;
  readonly person_packets: number | null;
  readonly person_fen: string | null;
  readonly person_full: boolean | null;
}

interface ClaimedRow {
  readonly account_id: AccountId;
  readonly order_number: OrderNumber;
  readonly award_id: AwardId;
  readonly activity_id: ActivityId;
  readonly merchant_id: MerchantId;
  readonly state: PayoutState;
  readonly next_call: 'send' | 'query';
  readonly openid: Openid;
  readonly amount_fen: string;
  readonly request: PayoutRequest;
  readonly intact: boolean;
  readonly created_at: Date;
  readonly ask_from: Date | null;
  readonly retry_at: Date | null;
  readonly cancel_at: Date | null;
  readonly call_at_ms: number;
  readonly attempts: readonly Attempt[];
}

/** An attempt as JSON, its times in Unix ms; `a` is a row of payout_attempt. */
export const ATTEMPT_JSON = `jsonb_build_object('number', a.attempt, 'kind', a.kind,
  'startedAtMs', round(extract(epoch from a.started_at) * 1000),
  'answeredAtMs', round(extract(epoch from a.answered_at) * 1000), 'outcome', a.outcome)`;

// Beside those there are places for, so many are looked at: a person who is over the day's limit has many.
const LOOK_FURTHER = 64;

// Ordered by the index's own columns only: a tie-break would sort every row due at the same time, 4 ms at 20,000.
const due = (call: 'send' | 'query', payoutClass: 'live' | 'batch', limit: string) => `
  select account_id, order_number from payout
  where merchant_id = $1 and next_call = '${call}' and class = '${payoutClass}' and due_at <= $2
    and (lease_until is null or lease_until <= $2)
  order by due_at limit ${limit} for update skip locked`;

/**
 * What is due, by class and due time, with what each person has had today. Runs after the pace is locked, in a
 * statement and so with a snapshot of its own: it sees what the claim before has counted. Rows that others hold are
 * skipped, and one that changed meanwhile is looked at again after its lock.
 */
const DUE = `
with live as materialized (${due('send', 'live', '$4')}), batch as materialized (${due('send', 'batch', '$4')}),
asked as materialized (${due('query', 'live', '$5')}), asked_batch as materialized (${due('query', 'batch', '$5')}),
found as (select * from live union all select * from batch union all select * from asked union all select * from asked_batch)
select payout.account_id, payout.order_number, ${PAYEE_ACCOUNT} as payee_account, payout.next_call as call, payout.class, payout.openid, payout.amount_fen, payout.created_at,
  payout.counted_on is null or (payout.counted_on <> $3::date and not exists (select 1 from payout_attempt as a
    where a.account_id = payout.account_id and a.order_number = payout.order_number and a.kind = 'send'
      and (a.outcome is null or a.outcome ->> 'kind' <> 'refused'))) as uncounted,
  person.packets as person_packets, person.amount_fen as person_fen, person.full_by_answer as person_full
from found join payout using (account_id, order_number)
left join payout_person_day as person on person.account_id = ${PAYEE_ACCOUNT} and person.merchant_id = $1
  and person.openid = payout.openid and person.day = $3::date
order by payout.due_at, payout.order_number`;

const NOTHING = { sends: 0, queries: 0 } as const;

/**
 * Hands the taken ones their times and leases. The texts of a request are looked up row by row (a subquery, not a
 * join), and the statement has no name, so that it is planned for the tables as they are: joined, or with a plan kept
 * from when they were empty, a claim was seen to take 0.5 to 20 s.
 */
const TAKE = `
with taken as (
  update payout set lease_token = $3, lease_until = $2, updated_at = $1,
    counted_on = case when item.counted then $5::date else counted_on end,
    (request, request_hash) = (select body, coalesce(payout.request_hash, ${hashOf('body')})
      from (select coalesce(payout.request, (${FROZEN_REQUEST})) as body) as frozen)
  from jsonb_to_recordset($4) as item (a text, n text, at float8, counted boolean, risk text, notify text)
  where payout.account_id = item.a and payout.order_number = item.n
  returning payout.*, item.at as call_at_ms
)
select taken.*, request is not null and request_hash = ${hashOf('request')} as intact,
  coalesce((select jsonb_agg(${ATTEMPT_JSON} order by a.attempt) from payout_attempt as a
    where a.account_id = taken.account_id and a.order_number = taken.order_number), '[]') as attempts
from taken order by call_at_ms, order_number`;

const COUNT = `insert into payout_person_day (account_id, merchant_id, openid, day, packets, amount_fen)
  select a, $1, o, $2, p, f from jsonb_to_recordset($3) as item (a text, o text, p integer, f bigint)
  on conflict (account_id, merchant_id, openid, day) do update
    set packets = payout_person_day.packets + excluded.packets, amount_fen = payout_person_day.amount_fen + excluded.amount_fen`;

const DEFER = `update payout set due_at = to_timestamp(item.until / 1000.0), reason = item.reason, updated_at = $1
  from jsonb_to_recordset($2) as item (a text, n text, until float8, reason text)
  where payout.account_id = item.a and payout.order_number = item.n`;

const PARK = `
with parked as (
  update payout set state = 'parked', due_at = null, lease_token = null, lease_until = null, updated_at = $3,
    reason = 'the request cannot be made, or is not the one that was frozen'
  where account_id = $1 and order_number = $2 and lease_token = $4 returning account_id, award_id, order_number
),
told as (
  ${noteRows('parked', "'payout.parked'", '$3')}
)
update award set state = 'parked', updated_at = $3 from parked where award.account_id = parked.account_id and award.id = parked.award_id`;

/**
 * Takes due payouts as `PayoutStore.claim` says. One whose request is not what was frozen, or cannot be made because
 * its activity has no rule, is parked and not handed out: another request under the same number is never sent.
 */
export async function claimPayouts(
  pool: pg.Pool,
  planner: CallPlanner,
  input: ClaimInput & { readonly notifyBase: string | null },
): Promise<Claim> {
  const merchants = await merchantsWithDue(pool, input.nowMs);
  if (merchants.length === 0) return { payouts: [], more: false };
  return inTransaction(pool, async (client) => {
    const payouts: ClaimedPayout[] = [];
    let more = false;
    for (const queue of await lockQueues(client, merchants)) {
      const claim = await claimOf(client, planner, queue, input);
      payouts.push(...claim.payouts);
      more ||= claim.more;
    }
    return { payouts, more };
  });
}

async function claimOf(
  client: pg.PoolClient,
  planner: CallPlanner,
  queue: MerchantQueue,
  input: Parameters<typeof claimPayouts>[2],
): Promise<Claim> {
  const { nowMs } = input;
  const held = input.held.get(queue.merchantId) ?? NOTHING;
  const rows = await dueOf(client, queue, held, nowMs);
  if (rows.length === 0) return { payouts: [], more: false };
  const plan = planner({ queue, nowMs, held, due: rows.map(dueCall), persons: personDays(rows) });
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  const payouts = await take(client, plan, byId, input);
  await settle(client, queue.merchantId, plan, byId, nowMs);
  return { payouts, more: plan.more || plan.deferred.length > 0 };
}

async function dueOf(
  client: pg.PoolClient,
  queue: MerchantQueue,
  held: { readonly sends: number; readonly queries: number },
  nowMs: number,
): Promise<readonly DueRow[]> {
  const { callsMax } = queue.limits;
  const sendsMay = queue.open && held.sends < callsMax;
  const sends = sendsMay ? callsMax - held.sends + LOOK_FURTHER : 0;
  const queries = Math.max(callsMax - held.queries, 0);
  const { rows } = await client.query<DueRow>(DUE, [
    queue.merchantId,
    new Date(nowMs),
    beijingDay(nowMs),
    sends,
    queries,
  ]);
  return rows;
}

async function take(
  client: pg.PoolClient,
  plan: CallPlan,
  rows: ReadonlyMap<string, DueRow>,
  { nowMs, leaseMs, leaseToken, notifyBase }: Parameters<typeof claimPayouts>[2],
): Promise<readonly ClaimedPayout[]> {
  if (plan.taken.length === 0) return [];
  const items = plan.taken.map(({ id, callAtMs, counted }) => {
    const wonAtMs = rows.get(id)?.created_at.getTime() ?? nowMs;
    return { ...keyOf(rows, id), at: callAtMs, counted, risk: riskInfo({ postTimeMs: wonAtMs }), notify: notifyBase };
  });
  const taken = await client.query<ClaimedRow>(TAKE, [
    new Date(nowMs),
    new Date(nowMs + leaseMs),
    leaseToken,
    JSON.stringify(items),
    beijingDay(nowMs),
  ]);
  for (const row of taken.rows.filter((claimed) => !claimed.intact)) {
    await client.query(PARK, [row.account_id, row.order_number, new Date(nowMs), leaseToken]);
  }
  return taken.rows.filter((row) => row.intact).map((row) => claimedPayout(row, leaseToken));
}

/** Writes what the claim changed beside the payouts it took. */
async function settle(
  client: pg.PoolClient,
  merchant: MerchantId,
  plan: CallPlan,
  rows: ReadonlyMap<string, DueRow>,
  nowMs: number,
): Promise<void> {
  if (plan.deferred.length > 0) {
    const items = plan.deferred.map(({ id, untilMs, reason }) => ({ ...keyOf(rows, id), until: untilMs, reason }));
    await client.query(DEFER, [new Date(nowMs), JSON.stringify(items)]);
  }
  if (plan.persons.size > 0) {
    const items = [...plan.persons].map(([person, { packets, amountFen }]) => {
      const [a, o] = person.split(' ');
      return { a, o, p: packets, f: amountFen };
    });
    await client.query(COUNT, [merchant, beijingDay(nowMs), JSON.stringify(items)]);
  }
  await writePace(client, merchant, plan.pace);
}

function keyOf(rows: ReadonlyMap<string, DueRow>, id: string): { readonly a?: string; readonly n?: string } {
  const row = rows.get(id);
  return row === undefined ? {} : { a: row.account_id, n: row.order_number };
}

function idOf(row: DueRow): string {
  return `${row.account_id} ${row.order_number}`;
}

function personOf(row: DueRow): string {
  return `${row.payee_account} ${row.openid}`;
}

function dueCall(row: DueRow): DueCall {
  return {
    id: idOf(row),
    call: row.call,
    class: row.class,
    person: personOf(row),
    amountFen: Number(row.amount_fen),
    // A day's limits are of packets, and what is worth nothing is none.
    uncounted: row.uncounted && row.amount_fen !== '0',
  };
}

function personDays(rows: readonly DueRow[]): ReadonlyMap<string, PersonDay> {
  return new Map(
    rows.flatMap((row) => {
      if (row.person_packets === null) return [];
      const amountFen = Number(row.person_fen);
      return [[personOf(row), { packets: row.person_packets, amountFen, full: row.person_full === true }] as const];
    }),
  );
}

function claimedPayout(row: ClaimedRow, leaseToken: string): ClaimedPayout {
  return {
    accountId: row.account_id,
    orderNumber: row.order_number,
    awardId: row.award_id,
    activityId: row.activity_id,
    merchantId: row.merchant_id,
    state: row.state,
    openid: row.openid,
    amountFen: fen(Number(row.amount_fen)),
    request: row.request,
    leaseToken,
    createdAtMs: row.created_at.getTime(),
    askFromMs: row.ask_from?.getTime() ?? null,
    retryAtMs: row.retry_at?.getTime() ?? null,
    cancelAtMs: row.cancel_at?.getTime() ?? null,
    rail: row.request.rail ?? 'red-packet',
    attempts: row.attempts,
    callAtMs: row.call_at_ms,
    call: row.next_call,
  };
}
