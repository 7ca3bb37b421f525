import type pg from 'pg';
import { assert } from '../base/errors.ts';
import { cleanText } from '../base/clean-text.ts';
import type {
  Attempt,
  PayoutBooking,
  PayoutMachine,
  PayoutState,
  PayoutStep,
  PayoutStore,
} from '../flows/ports/payouts.ts';
import type { RecordedAnswer } from '../flows/ports/payouts.ts';
import { ATTEMPT_JSON } from './payout-claim.ts';
import { inTransaction } from './transaction.ts';

type Answer = Parameters<PayoutStore['recordAnswer']>[0];

/** What each booking moves: from the credited account to the debited one. */
const BOOKINGS: Readonly<Record<PayoutBooking, { readonly debit: string; readonly credit: string }>> = {
  send: { debit: 'in-flight', credit: 'reserved' },
  received: { debit: 'delivered', credit: 'in-flight' },
  returned: { debit: 'returned', credit: 'in-flight' },
  failed: { debit: 'reserved', credit: 'in-flight' },
};

// A real answer has about 1 KB; what exceeds this is an error page.
const RAW_CHARACTERS_MAX = 16_384;

// The attempts are read in a statement of their own after the lock, so that what the last holder wrote is seen.
const LOCK = 'select state from payout where account_id = $1 and order_number = $2 for update';
const ATTEMPTS = `select ${ATTEMPT_JSON} as attempt from payout_attempt as a
  where a.account_id = $1 and a.order_number = $2 order by a.attempt`;

/** The lease ends with the answer of the one who holds it; a late answer leaves the new holder's alone. */
const WRITE = `
with evidence as (
  update payout_attempt set answered_at = $5, outcome = $6::jsonb, raw_answer = $7
  where account_id = $1 and order_number = $2 and attempt = $4
),
judged as (
  update payout set state = $8, due_at = $9, reason = $10, rail_number = coalesce(rail_number, $11), updated_at = $5,
    lease_token = case when lease_token = $3 then null else lease_token end,
    lease_until = case when lease_token = $3 then null else lease_until end
  where account_id = $1 and order_number = $2
  returning *
),
shown as (
  update award set state = $12, updated_at = $5 from judged
  where award.account_id = judged.account_id and award.id = judged.award_id and award.state <> $12
),
booked as (
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select account_id, activity_id, merchant_id, award_id, booking.kind, booking.debit, booking.credit, amount_fen, $5
  from judged cross join unnest($13::text[], $14::text[], $15::text[]) with ordinality as booking (kind, debit, credit, step)
  order by booking.step
),
stopped as (
  update merchant set state = 'stopped', stopped_reason = $16, updated_at = $5 from judged
  where $16::text is not null and merchant.id = judged.merchant_id and merchant.state = 'open'
)
select 1 from judged`;

/** Records an answer as `PayoutStore.recordAnswer` says. */
export async function recordAnswer(pool: pg.Pool, machine: PayoutMachine, answer: Answer): Promise<RecordedAnswer> {
  const key = [answer.payout.accountId, answer.payout.orderNumber];
  return inTransaction(pool, async (client) => {
    const locked = await client.query<{ state: PayoutState }>(LOCK, key);
    const state = locked.rows[0]?.state;
    assert(state !== undefined, `no payout ${answer.payout.orderNumber} to record an answer for`);
    const attempts = (await client.query<{ attempt: Attempt }>(ATTEMPTS, key)).rows.map((row) => row.attempt);
    const attempt = attempts.find((item) => item.number === answer.number);
    assert(attempt !== undefined, `no attempt ${answer.number} of ${answer.payout.orderNumber} was begun`);
    const { number, outcome, nowMs } = answer;
    const step = machine({ state, attempts }, { kind: 'answered', number, atMs: nowMs, outcome });
    // The first clear word about an attempt stays; only "we do not know" gives way to it.
    const fresh = attempt.outcome === null || (attempt.outcome.kind === 'unknown' && outcome.kind !== 'unknown');
    if (!fresh) return { ...step, actions: [], fresh };
    await client.query(WRITE, writeValues(answer, step));
    return { ...step, fresh };
  });
}

function writeValues(answer: Answer, step: PayoutStep): unknown[] {
  const { payout, number, outcome, raw, nowMs } = answer;
  const wait = step.actions.find((action) => action.kind === 'wait');
  const stop = step.actions.find((action) => action.kind === 'stop-merchant');
  const booked = step.actions.flatMap((action) => (action.kind === 'book' ? [action.booking] : []));
  return [
    payout.accountId,
    payout.orderNumber,
    payout.leaseToken,
    number,
    new Date(nowMs),
    JSON.stringify(outcome, (_name, value: unknown) => (typeof value === 'string' ? cleanText(value) : value)),
    cleanText(raw.slice(0, RAW_CHARACTERS_MAX)),
    step.state,
    wait === undefined ? null : new Date(wait.untilMs),
    step.reason === null ? null : cleanText(step.reason),
    outcome.kind === 'paid' ? outcome.railNumber : null,
    step.award,
    booked,
    booked.map((booking) => BOOKINGS[booking].debit),
    booked.map((booking) => BOOKINGS[booking].credit),
    stop === undefined ? null : cleanText(stop.reason),
  ];
}
