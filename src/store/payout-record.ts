import type pg from 'pg';
import { beijingDay } from '../base/beijing-day.ts';
import { assert } from '../base/errors.ts';
import { cleanText } from '../base/clean-text.ts';
import type { Attempt, PayoutBooking, PayoutFacts, PayoutState } from '../flows/ports/payouts.ts';
import type { PayoutStep, PayoutStore, RequestRail } from '../flows/ports/payouts.ts';
import type { PayoutRules } from '../flows/ports/merchant-queue.ts';
import type { RecordedAnswer } from '../flows/ports/payouts.ts';
import { ATTEMPT_JSON } from './payout-claim.ts';
import { notePeopleRefused, writeQueueEffects } from './payout-queue-effects.ts';
import type { AnsweredPayout } from './payout-queue-effects.ts';
import { noteEmpty } from './merchant-balances.ts';
import { countPayout } from './payout-tally.ts';
import { inTransaction } from './transaction.ts';
import { eventOfChange, noteRows } from './webhooks/note-events.ts';

type Answer = Parameters<PayoutStore['recordAnswer']>[0];

/** What each booking moves: from the credited account to the debited one. */
const BOOKINGS: Readonly<Record<PayoutBooking, { readonly debit: string; readonly credit: string }>> = {
  send: { debit: 'in-flight', credit: 'reserved' },
  received: { debit: 'delivered', credit: 'in-flight' },
  returned: { debit: 'returned', credit: 'in-flight' },
  reopened: { debit: 'budget', credit: 'returned' },
  failed: { debit: 'reserved', credit: 'in-flight' },
};

// A real answer has about 1 KB; what exceeds this is an error page.
const RAW_CHARACTERS_MAX = 16_384;

// The attempts are read in a statement of their own after the lock, so that what the last holder wrote is seen.
const LOCK = `select account_id, payee_account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, series, ask_from, retry_at, created_at, cancel_at, coalesce(request ->> 'rail', 'red-packet') as rail
  from payout where account_id = $1 and order_number = $2 for update`;
const ATTEMPTS = `select ${ATTEMPT_JSON} as attempt from payout_attempt as a
  where a.account_id = $1 and a.order_number = $2 order by a.attempt`;
// Money that comes back may change the activity's counter, and the lock order has the activity before its payouts.
const LOCK_ACTIVITY = `select coalesce((select version.rule #>> '{returned,money}' from rule_version as version
      where version.account_id = counter.account_id and version.activity_id = counter.activity_id
      order by version.version desc limit 1), 'returned') = 'budget' as reopens
  from activity_counter as counter join payout using (account_id, activity_id)
  where payout.account_id = $1 and payout.order_number = $2 for update of counter`;
const REOPEN = `update activity_counter set spent_fen = spent_fen - $3 where account_id = $1 and activity_id = $2`;
const REOPEN_DAY = `insert into activity_day (account_id, activity_id, day, spent_fen) values ($1, $2, $4, -$3::bigint)
  on conflict (account_id, activity_id, day) do update set spent_fen = activity_day.spent_fen - $3`;
const LATER_NUMBER = `select 1 from payout where account_id = $1 and award_id = $2 and series > $3`;

const EVIDENCE = `update payout_attempt set answered_at = $4, outcome = $5::jsonb, raw_answer = $6
  where account_id = $1 and order_number = $2 and attempt = $3`;

/** The lease ends with the answer of the one who holds it; a late answer leaves the new holder's alone. */
const WRITE = `
with judged as (
  update payout set state = $4, due_at = $5, next_call = coalesce($6, next_call), reason = $7,
    rail_number = coalesce(rail_number, $8), updated_at = $9,
    lease_token = case when lease_token = $3 then null else lease_token end,
    lease_until = case when lease_token = $3 then null else lease_until end
  where account_id = $1 and order_number = $2
  returning *
),
shown as (
  update award set state = $10, updated_at = $9 from judged
  where award.account_id = judged.account_id and award.id = judged.award_id and award.state <> $10
),
booked as (
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select account_id, activity_id, merchant_id, award_id, booking.kind, booking.debit, booking.credit, coalesce(booking.part_fen, amount_fen), $9
  from judged cross join unnest($11::text[], $12::text[], $13::text[], $15::bigint[]) with ordinality as booking (kind, debit, credit, part_fen, step)
  where coalesce(booking.part_fen, amount_fen) > 0
  order by booking.step
),
told as (
  ${noteRows('judged', '$14::text', '$9')}
)
select 1 from judged`;

/** States that only a re-issue can follow. */
const ENDED: ReadonlySet<PayoutState> = new Set(['dead', 'returned']);

interface PayoutRow extends AnsweredPayout {
  readonly award_id: string;
  readonly activity_id: string;
  readonly amount_fen: string;
  readonly state: PayoutState;
  readonly series: number;
  readonly ask_from: Date | null;
  readonly retry_at: Date | null;
  readonly cancel_at: Date | null;
  readonly rail: RequestRail;
  readonly created_at: Date;
}

/** Records an answer as `PayoutStore.recordAnswer` says. */
export async function recordAnswer(pool: pg.Pool, rules: PayoutRules, given: Answer): Promise<RecordedAnswer> {
  const key = [given.payout.accountId, given.payout.orderNumber];
  return inTransaction(pool, async (client) => {
    const reopens = mayReturn(given) && (await lockActivity(client, key));
    const payout = (await client.query<PayoutRow>(LOCK, key)).rows[0];
    assert(payout !== undefined, `no payout ${given.payout.orderNumber} to record an answer for`);
    const answer = payout.openid.startsWith('x:') ? withoutOpenids(given, payout.openid) : given;
    const attempts = (await client.query<{ attempt: Attempt }>(ATTEMPTS, key)).rows.map((row) => row.attempt);
    const attempt = attempts.find((item) => item.number === answer.number);
    assert(attempt !== undefined, `no attempt ${answer.number} of ${answer.payout.orderNumber} was begun`);
    const { number, nowMs } = answer;
    // The first clear word about an attempt stays; only "we do not know" gives way to it.
    const fresh = attempt.outcome === null || (attempt.outcome.kind === 'unknown' && answer.outcome.kind !== 'unknown');
    const outcome = fresh
      ? await notePeopleRefused(client, payout, answer.outcome, { nowMs, withinMs: rules.peopleRefusedWithinMs })
      : answer.outcome;
    const facts = { ...orders(payout), state: payout.state, attempts, returnsToBudget: reopens };
    const step = rules.machine(facts, { kind: 'answered', number, atMs: nowMs, outcome });
    if (!fresh) return { ...step, actions: [], fresh };
    await client.query(EVIDENCE, [...key, number, new Date(nowMs), stored(outcome), storedRaw(answer.raw)]);
    const held = ENDED.has(payout.state) && (await isReplaced(client, payout));
    if (!held) await write(client, payout, answer, step);
    await writeQueueEffects(client, payout, step, { nowMs, slowForMs: rules.slowForMs });
    if (answer.outcome.kind === 'refused' && answer.outcome.code === 'NOTENOUGH') {
      await noteEmpty(client, payout.merchant_id, nowMs);
    }
    const partBackFen = step.state === 'received' ? (partBack(step) ?? 0) : 0;
    if (!held) await countPayout(client, payout, { from: payout.state, to: step.state, partBackFen, nowMs });
    return { ...step, state: held ? payout.state : step.state, fresh };
  });
}

/** Whoever was erased while the call was under way stays so. */
function withoutOpenids(answer: Answer, pseudonym: string): Answer {
  const hide = (text: string): string => text.replaceAll(/(?<![\w-])o[\w-]{27}(?![\w-])/g, pseudonym);
  const outcome = JSON.parse(hide(JSON.stringify(answer.outcome))) as Answer['outcome'];
  return { ...answer, outcome, raw: hide(answer.raw) };
}

function mayReturn({ outcome }: Answer): boolean {
  return outcome.kind === 'found' && outcome.status === 'REFUND';
}

async function lockActivity(client: pg.PoolClient, key: readonly string[]): Promise<boolean> {
  const locked = await client.query<{ reopens: boolean }>(LOCK_ACTIVITY, [...key]);
  return locked.rows[0]?.reopens === true;
}

/** A number whose award has a later one says nothing any more, whatever is told of it: an alarm tells what contradicts. */
async function isReplaced(client: pg.PoolClient, payout: PayoutRow): Promise<boolean> {
  const later = await client.query(LATER_NUMBER, [payout.account_id, payout.award_id, payout.series]);
  return later.rows.length > 0;
}

function orders({ ask_from, retry_at, cancel_at, rail }: PayoutRow): Partial<PayoutFacts> {
  return {
    askFromMs: ask_from?.getTime() ?? null,
    retryAtMs: retry_at?.getTime() ?? null,
    cancelAtMs: cancel_at?.getTime() ?? null,
    rail,
  };
}

async function write(client: pg.PoolClient, payout: PayoutRow, answer: Answer, step: PayoutStep): Promise<void> {
  const wait = step.actions.find((action) => action.kind === 'wait');
  const entries = step.actions.filter((action) => action.kind === 'book');
  const booked = entries.map(({ booking }) => booking);
  const now = new Date(answer.nowMs);
  if (booked.includes('reopened')) {
    const activity = [payout.account_id, payout.activity_id, partBack(step) ?? payout.amount_fen];
    await client.query(REOPEN, activity);
    await client.query(REOPEN_DAY, [...activity, beijingDay(answer.nowMs)]);
  }
  await client.query(WRITE, [
    payout.account_id,
    payout.order_number,
    answer.payout.leaseToken,
    step.state,
    wait === undefined ? null : new Date(wait.untilMs),
    wait?.call ?? null,
    step.reason === null ? null : cleanText(step.reason),
    answer.outcome.kind === 'paid' ? answer.outcome.railNumber : null,
    now,
    step.award,
    booked,
    booked.map((booking) => BOOKINGS[booking].debit),
    booked.map((booking) => BOOKINGS[booking].credit),
    eventOfChange(payout.state, step.state),
    entries.map(({ partFen }) => partFen ?? null),
  ]);
}

/** What came back of a packet that was taken in part; null where all of it went one way. */
function partBack({ actions }: PayoutStep): number | null {
  const back = actions.find((action) => action.kind === 'book' && action.booking === 'returned');
  return back?.kind === 'book' ? (back.partFen ?? null) : null;
}

function stored(outcome: Answer['outcome']): string {
  return JSON.stringify(outcome, (_name, value: unknown) => (typeof value === 'string' ? cleanText(value) : value));
}

function storedRaw(raw: string): string {
  return cleanText(raw.slice(0, RAW_CHARACTERS_MAX));
}
