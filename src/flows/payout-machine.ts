import type { Fen } from '../base/fen.ts';
import { unreachable } from '../base/errors.ts';
import { payoutEvidence } from './payout-evidence.ts';
import { judgePayout } from './payout-judgement.ts';
import type { PayoutJudgement } from './payout-judgement.ts';
import { PAYOUT_TIMES, policyOf, TRANSFER_TIMES } from './payout-policy.ts';
import type { PayoutTimes } from './payout-policy.ts';
import type {
  Attempt,
  PayoutAction,
  PayoutBooking,
  PayoutEvent,
  PayoutFacts,
  PayoutMachine,
  PayoutState,
  PayoutStep,
} from './ports/payouts.ts';

/** Where a payout's money is: promised, under way at WeChat Pay, with the person, or back with the merchant. */
type MoneyPlace = 'reserved' | 'in-flight' | 'delivered' | 'returned';

/**
 * Returns the state machine of a payout: `(payout and its recorded attempts, event) -> (new state, actions)`. The
 * number never changes here. The judgement looks at all attempts, so an event only adds to them, and evidence that
 * arrives late or twice leads to the same state.
 */
export function createPayoutMachine(
  redPacketTimes: PayoutTimes = PAYOUT_TIMES,
  transferTimes: PayoutTimes = TRANSFER_TIMES,
): PayoutMachine {
  return (facts, event) => {
    const attempts = attemptsAfter(facts.attempts, event);
    const times = facts.rail === 'transfer' ? transferTimes : redPacketTimes;
    const judgement = judgePayout({ ...facts, attempts }, event.atMs, times);
    const after: PayoutFacts = { ...facts, state: judgement.state, attempts };
    return {
      state: judgement.state,
      award: awardState(after),
      reason: judgement.reason,
      actions: [
        ...bookings(facts, after),
        ...queueActions(facts.state, judgement, event),
        ...nextActions(judgement, event, attempts),
      ],
    };
  };
}

function attemptsAfter(attempts: readonly Attempt[], event: PayoutEvent): readonly Attempt[] {
  switch (event.kind) {
    case 'claimed':
      return attempts;
    case 'begun': {
      const number = (attempts.at(-1)?.number ?? 0) + 1;
      return [...attempts, { number, kind: event.call, startedAtMs: event.atMs, answeredAtMs: null, outcome: null }];
    }
    case 'answered':
      return attempts.map((attempt) => (attempt.number === event.number ? answered(attempt, event) : attempt));
    default:
      return unreachable(event);
  }
}

/** The first clear word about an attempt stays; a clear one replaces "we do not know". */
function answered(attempt: Attempt, event: Extract<PayoutEvent, { kind: 'answered' }>): Attempt {
  if (attempt.outcome !== null && (attempt.outcome.kind !== 'unknown' || event.outcome.kind === 'unknown'))
    return attempt;
  return { ...attempt, answeredAtMs: event.atMs, outcome: event.outcome };
}

function nextActions(
  judgement: PayoutJudgement,
  event: PayoutEvent,
  attempts: readonly Attempt[],
): readonly PayoutAction[] {
  if (event.kind === 'claimed') return [onClaim(judgement, event.atMs)];
  const { next, stopMerchant } = judgement;
  const stops = stopMerchant !== null && event.kind === 'answered' && event.number === attempts.at(-1)?.number;
  return [
    ...(stops ? [{ kind: 'stop-merchant', reason: stopMerchant } as const] : []),
    next === null ? { kind: 'rest' } : { kind: 'wait', call: next.call, untilMs: next.atMs },
  ];
}

/** What an answer means beyond its own payout. */
function queueActions(before: PayoutState, judgement: PayoutJudgement, event: PayoutEvent): readonly PayoutAction[] {
  if (event.kind !== 'answered') return [];
  const { outcome } = event;
  const contradiction = contradictionOf(before, judgement, outcome);
  if (contradiction !== null) return [{ kind: 'contradiction', message: contradiction }];
  if (outcome.kind !== 'refused') return [];
  if (policyOf(outcome.code) === 'again-soon') return [{ kind: 'slow-merchant' }];
  return outcome.code === 'SENDNUM_LIMIT' || outcome.code === 'RCVDAMOUNT_LIMIT' ? [{ kind: 'person-full' }] : [];
}

/** Two things told of one number that cannot both be true; null when all fits. */
function contradictionOf(
  before: PayoutState,
  judgement: PayoutJudgement,
  outcome: Extract<PayoutEvent, { kind: 'answered' }>['outcome'],
): string | null {
  if (outcome.kind === 'refused' && outcome.code === 'FATAL_ERROR')
    return 'WeChat Pay says that the number was sent before with another person or amount: this must never happen';
  if (before === 'dead' && judgement.state !== 'dead')
    return 'the number was shown FAILED, and now WeChat Pay says that it was paid';
  const ended = before === 'received' ? 'RECEIVED' : before === 'returned' ? 'REFUND' : null;
  if (ended === null || outcome.kind !== 'found') return null;
  // Of what several share, a part that came back speaks of the same end as the parts that were taken.
  const shown = outcome.deliveredFen === undefined ? outcome.status : 'RECEIVED';
  const other = shown !== ended && ['RECEIVED', 'REFUND', 'FAILED'].includes(shown);
  return other ? `the number was shown ${ended}, and now WeChat Pay shows ${outcome.status}` : null;
}

/** A payout is parked by an answer only, never because a worker came late: whoever holds it asks first. */
function onClaim({ state, next }: PayoutJudgement, nowMs: number): PayoutAction {
  if (state === 'received' || state === 'returned' || state === 'dead') return { kind: 'rest' };
  if (next === null) return { kind: 'call', call: 'query' };
  return next.atMs <= nowMs ? { kind: 'call', call: next.call } : { kind: 'wait', call: next.call, untilMs: next.atMs };
}

/** Where the money is. A number that was ever sent, or that WeChat knows, keeps it in flight until a query shows the end. */
function placeOf({ state, attempts }: PayoutFacts): MoneyPlace {
  if (state === 'received') return 'delivered';
  if (state === 'returned') return 'returned';
  if (state === 'dead') return 'reserved';
  const known = attempts.some((attempt) => attempt.kind === 'send' || attempt.outcome?.kind === 'found');
  return known ? 'in-flight' : 'reserved';
}

function bookings(before: PayoutFacts, after: PayoutFacts): readonly PayoutAction[] {
  const [from, to] = [placeOf(before), placeOf(after)];
  // Delivered and returned are final: the judgement keeps to them.
  if (from === to || from === 'delivered' || from === 'returned') return [];
  const back: readonly PayoutBooking[] = before.returnsToBudget === true ? ['returned', 'reopened'] : ['returned'];
  const { parts } = (to === 'delivered' ? payoutEvidence(after.attempts).end : null) ?? {};
  return [
    ...(from === 'reserved' ? booked(['send']) : []),
    ...(to === 'delivered' ? booked(['received'], parts?.deliveredFen) : []),
    ...(parts === undefined ? [] : booked(back, parts.returnedFen)),
    ...(to === 'returned' ? booked(back) : []),
    ...(to === 'reserved' ? booked(['failed']) : []),
  ];
}

function booked(steps: readonly PayoutBooking[], partFen?: Fen): readonly PayoutAction[] {
  return steps.map((booking) => ({ kind: 'book', booking, ...(partFen === undefined ? {} : { partFen }) }));
}

function awardState(facts: PayoutFacts): PayoutStep['award'] {
  const inFlight = placeOf(facts) === 'in-flight';
  const states: Readonly<Record<PayoutState, PayoutStep['award']>> = {
    waiting: inFlight ? 'sending' : 'reserved',
    unknown: 'sending',
    sent: 'sent',
    received: 'received',
    returned: 'returned',
    // A dead number pays nothing; whether the person gets another one is for an operator to say.
    dead: 'parked',
    parked: 'parked',
  };
  return states[facts.state];
}
