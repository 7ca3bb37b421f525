import { assert } from '../../src/base/errors.ts';
import type { PayoutRules } from '../../src/flows/ports/merchant-queue.ts';
import type {
  Attempt,
  PayoutAction,
  PayoutBooking,
  PayoutStep,
  PayoutStore,
  QueryOutcome,
  RecordedAnswer,
  SendOutcome,
} from '../../src/flows/ports/payouts.ts';
import { change, factsOf, paceOf, personDayKey } from './memory-claim.ts';
import { clearAlarm, raiseAlarm } from './memory-alarms.ts';
import { payoutId } from './payout-tables.ts';
import type { PayoutRow, PayoutTables } from './payout-tables.ts';

type Answer = Parameters<PayoutStore['recordAnswer']>[0];
type Outcome = SendOutcome | QueryOutcome;

/** What each booking moves: from the credited account to the debited one. */
const BOOKINGS: Readonly<Record<PayoutBooking, { readonly debit: string; readonly credit: string }>> = {
  send: { debit: 'in-flight', credit: 'reserved' },
  received: { debit: 'delivered', credit: 'in-flight' },
  returned: { debit: 'returned', credit: 'in-flight' },
  reopened: { debit: 'budget', credit: 'returned' },
  failed: { debit: 'reserved', credit: 'in-flight' },
};

/** Records an answer as `PayoutStore.recordAnswer` says. */
export function recordIn(tables: PayoutTables, rules: PayoutRules, answer: Answer): RecordedAnswer {
  const row = tables.payouts.get(payoutId(answer.payout));
  assert(row !== undefined, `no payout ${answer.payout.orderNumber} to record an answer for`);
  const attempt = row.attempts[answer.number - 1];
  assert(attempt !== undefined, `no attempt ${answer.number} of ${answer.payout.orderNumber} was begun`);
  const fresh = isFresh(attempt, answer.outcome);
  const outcome = fresh ? notePeople(tables, rules, row, answer) : answer.outcome;
  const event = { kind: 'answered', number: answer.number, atMs: answer.nowMs, outcome } as const;
  const step = rules.machine(factsOf(tables, row), event);
  if (!fresh) return { ...step, actions: [], fresh };
  const answered = { ...attempt, answeredAtMs: answer.nowMs, outcome };
  const attempts = row.attempts.with(answer.number - 1, answered);
  if (isReplaced(tables, row)) {
    change(tables, payoutId(row), { attempts });
    for (const action of step.actions)
      if (action.kind !== 'book') act(tables, row, action, { nowMs: answer.nowMs, slowForMs: rules.slowForMs });
    return { ...step, state: row.state, fresh };
  }
  write(tables, row, answer, { ...step, attempts });
  for (const action of step.actions) act(tables, row, action, { nowMs: answer.nowMs, slowForMs: rules.slowForMs });
  return { ...step, fresh };
}

/** A number whose award has a later one keeps its state, whatever is told of it: an alarm tells of it. */
function isReplaced(tables: PayoutTables, row: PayoutRow): boolean {
  return [...tables.payouts.values()].some((other) => other.awardId === row.awardId && other.series > row.series);
}

/** The first clear word about an attempt stays; only "we do not know" gives way to it. */
function isFresh(attempt: Attempt, outcome: Outcome): boolean {
  return attempt.outcome === null || (attempt.outcome.kind === 'unknown' && outcome.kind !== 'unknown');
}

/** How many people NO_AUTH met within a minute; a success in between starts anew. */
function notePeople(tables: PayoutTables, rules: PayoutRules, row: PayoutRow, { outcome, nowMs }: Answer): Outcome {
  const pace = paceOf(tables, row.merchantId);
  if (outcome.kind === 'paid') tables.paces.set(row.merchantId, { ...pace, noAuth: [] });
  if (outcome.kind !== 'refused' || outcome.code !== 'NO_AUTH') return outcome;
  const others = pace.noAuth.filter(
    ({ openid, atMs }) => openid !== row.openid && atMs > nowMs - rules.peopleRefusedWithinMs,
  );
  const people = [...others, { openid: row.openid, atMs: nowMs }];
  tables.paces.set(row.merchantId, { ...pace, noAuth: people });
  return { ...outcome, peopleRefused: people.length };
}

function write(
  tables: PayoutTables,
  row: PayoutRow,
  answer: Answer,
  step: PayoutStep & { readonly attempts: readonly Attempt[] },
): void {
  const wait = step.actions.find((action) => action.kind === 'wait');
  const ours = row.leaseToken === answer.payout.leaseToken;
  change(tables, payoutId(row), {
    attempts: step.attempts,
    state: step.state,
    dueAtMs: wait?.untilMs ?? null,
    nextCall: wait?.call ?? row.nextCall,
    reason: step.reason,
    ...(ours ? { leaseToken: null, leaseUntilMs: null } : {}),
  });
  showAward(tables, row, step.award);
}

function act(
  tables: PayoutTables,
  row: PayoutRow,
  action: PayoutAction,
  { nowMs, slowForMs }: { readonly nowMs: number; readonly slowForMs: number },
): void {
  switch (action.kind) {
    case 'book':
      return book(tables, row, action.booking);
    case 'stop-merchant':
      return stopMerchantIn(tables, row.merchantId, action.reason, nowMs);
    case 'slow-merchant':
      tables.paces.set(row.merchantId, {
        ...paceOf(tables, row.merchantId),
        slowUntilMs: nowMs + slowForMs,
      });
      return undefined;
    case 'person-full': {
      const key = personDayKey(row, nowMs);
      const day = tables.personDays.get(key) ?? { packets: 0, amountFen: 0, full: false };
      tables.personDays.set(key, { ...day, full: true });
      return undefined;
    }
    case 'contradiction':
      return raiseAlarm(tables, { kind: 'contradiction', subject: row.orderNumber, message: action.message }, nowMs);
    case 'call':
    case 'wait':
    case 'rest':
      return undefined;
  }
}

/** Writes one movement of a payout's money. */
export function book(tables: PayoutTables, row: PayoutRow, booking: PayoutBooking): void {
  const { activityId, awardId, amountFen } = row;
  tables.entries.push({ kind: booking, activityId, awardId, ...BOOKINGS[booking], amountFen });
}

export function showAward(tables: PayoutTables, row: PayoutRow, state: PayoutStep['award']): void {
  const award = tables.awards.get(row.awardId);
  assert(award !== undefined, `no award ${row.awardId}`);
  tables.awards.set(award.id, { ...award, state });
}

/** Stops a merchant and raises its alarm; the first reason stays. */
export function stopMerchantIn(
  tables: PayoutTables,
  merchant: PayoutRow['merchantId'],
  reason: string,
  nowMs: number,
): void {
  const row = tables.merchants.get(merchant);
  if (row === undefined || row.state === 'stopped') return;
  tables.merchants.set(merchant, { ...row, state: 'stopped', stoppedReason: reason });
  raiseAlarm(tables, { kind: 'merchant-stopped', subject: merchant, message: reason }, nowMs);
}

/** Opens a merchant and clears its alarm. False when it was not stopped. */
export function resumeMerchantIn(tables: PayoutTables, merchant: PayoutRow['merchantId'], nowMs: number): boolean {
  const row = tables.merchants.get(merchant);
  if (row === undefined || row.state === 'open') return false;
  tables.merchants.set(merchant, { ...row, state: 'open', stoppedReason: null });
  tables.paces.set(merchant, { ...paceOf(tables, merchant), noAuth: [] });
  clearAlarm(tables, { kind: 'merchant-stopped', subject: merchant }, nowMs);
  return true;
}
