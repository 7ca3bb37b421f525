import { OutsideTrouble } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { AccountDirectory, Merchant } from './ports/accounts.ts';
import type {
  ClaimedPayout,
  PayoutAction,
  PayoutMachine,
  PayoutStore,
  PayRail,
  QueryOutcome,
  RecordedAnswer,
  SendOutcome,
} from './ports/payouts.ts';
import type { Clock } from './ports/time-and-luck.ts';

export interface PayAwardOptions {
  readonly payouts: PayoutStore;
  readonly rail: PayRail;
  readonly accounts: Pick<AccountDirectory, 'merchant'>;
  readonly machine: PayoutMachine;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a worker may hold a payout; longer than a call's deadline, so that a living worker never loses one. */
  readonly leaseMs: number;
}

type Answer = (SendOutcome | QueryOutcome) & { readonly raw: string };

/** No byte left, but the attempt is on record: it counts as unclear, as it would if this process had died here. */
const CALLED_OFF: Answer = { kind: 'unknown', code: 'called-off', message: 'this process stood still', raw: '' };

/** What a worker lends a payout for its call. */
export interface CallTurn {
  /** Ends the call when it aborts; the packet is then unknown. */
  readonly signal: AbortSignal;
  /** Resolves when this merchant may be called. */
  turn(merchant: MerchantId): Promise<void>;
}

// What a payout waits whose merchant is gone, or whose secrets do not open, before it is looked at again.
const MERCHANT_AWAY_MS = 60_000;
// A call that begins later than this may outlive the lease, and with it meet the call of whoever takes over: the lease of
// 25 s holds this and the longest call, 20 s.
const START_WITHIN_MS = 4000;
// A payout that must not be called now, because its last send is less than a second old.
const TOO_SOON_MS = 1000;
// An answer is evidence: it is worth waiting for a database that restarts, but not longer than the lease.
const RECORD_RETRY_MS = [200, 500, 1000, 2000, 4000];

/**
 * Takes one claimed payout one call further: asks the state machine what is due, writes the attempt, calls WeChat Pay,
 * records the answer. Throws OutsideTrouble when the database stays away: the lease then runs out, the attempt counts
 * as unanswered, and whoever takes over sends the same number again.
 */
export async function payAward(payout: ClaimedPayout, options: PayAwardOptions, turn: CallTurn): Promise<void> {
  const { payouts, accounts, machine, clock, logger } = options;
  const nowMs = clock.nowMs();
  const merchant = await accounts.merchant(payout.merchantId);
  if (merchant === undefined) {
    logger.error({ merchant: payout.merchantId, order: payout.orderNumber }, 'payout-without-merchant');
    return payouts.release(payout, nowMs + MERCHANT_AWAY_MS);
  }
  const action = due(machine(payout, { kind: 'claimed', atMs: nowMs }).actions);
  if (action === 'none') {
    logger.error({ order: payout.orderNumber, state: payout.state }, 'payout-due-without-a-call');
    return payouts.release(payout, nowMs + MERCHANT_AWAY_MS);
  }
  if (typeof action === 'number') return payouts.release(payout, action);
  return callRail(payout, action, merchant, options, turn);
}

/** The call to make now, or the time to wait for. */
function due(actions: readonly PayoutAction[]): 'send' | 'query' | number | 'none' {
  for (const action of actions) {
    if (action.kind === 'call') return action.call;
    if (action.kind === 'wait') return action.untilMs;
  }
  return 'none';
}

async function callRail(
  payout: ClaimedPayout,
  call: 'send' | 'query',
  merchant: Merchant,
  options: PayAwardOptions,
  turn: CallTurn,
): Promise<void> {
  const { payouts, clock, leaseMs } = options;
  const begunMs = clock.nowMs();
  const number = await payouts.beginAttempt({ payout, call, nowMs: begunMs, leaseMs });
  if (number === null) return payouts.release(payout, clock.nowMs() + TOO_SOON_MS);
  // Last of all, so that what was slow before does not make calls arrive in a bunch.
  await turn.turn(payout.merchantId);
  const inTime = clock.nowMs() - begunMs <= START_WITHIN_MS;
  const { raw, ...outcome } = inTime ? await ask(payout, call, merchant, options, turn.signal) : CALLED_OFF;
  const recorded = await recordPatiently({ payout, number, outcome, raw, nowMs: clock.nowMs() }, options);
  report({ payout, call, number, outcome, recorded }, options.logger);
}

/** The rail does not throw for what the other side does; if it throws all the same, the packet may have left. */
async function ask(
  payout: ClaimedPayout,
  call: 'send' | 'query',
  merchant: Merchant,
  { rail, logger }: PayAwardOptions,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    return call === 'send'
      ? await rail.send(merchant, payout.request, signal)
      : await rail.query(merchant, payout.request, signal);
  } catch (error) {
    logger.error({ order: payout.orderNumber, call, error: String(error) }, 'pay-rail-threw');
    return { kind: 'unknown', code: 'our-bug', message: String(error), raw: '' };
  }
}

async function recordPatiently(
  answer: Parameters<PayoutStore['recordAnswer']>[0],
  { payouts, clock, logger }: PayAwardOptions,
): Promise<RecordedAnswer> {
  for (const waitMs of RECORD_RETRY_MS) {
    try {
      return await payouts.recordAnswer(answer);
    } catch (error) {
      if (!(error instanceof OutsideTrouble)) throw error;
      logger.warn({ order: answer.payout.orderNumber, error: error.message, waitMs }, 'payout-answer-not-yet-recorded');
      await clock.sleep(waitMs);
    }
  }
  return payouts.recordAnswer(answer);
}

function report(
  call: {
    readonly payout: ClaimedPayout;
    readonly call: 'send' | 'query';
    readonly number: number;
    readonly outcome: SendOutcome | QueryOutcome;
    readonly recorded: RecordedAnswer;
  },
  logger: Logger,
): void {
  const { payout, recorded, outcome } = call;
  const fields = {
    account: payout.accountId,
    order: payout.orderNumber,
    attempt: call.number,
    call: call.call,
    outcome: outcome.kind === 'found' ? outcome.status : outcome.kind,
    state: recorded.state,
    reason: recorded.reason,
  };
  logger.info(fields, 'payout-answered');
  if (!recorded.fresh) return;
  for (const action of recorded.actions) {
    if (action.kind === 'stop-merchant')
      logger.error({ merchant: payout.merchantId, reason: action.reason }, 'merchant-stopped');
  }
  if (recorded.state === 'parked' || recorded.state === 'dead') logger.error(fields, 'payout-needs-a-person');
}
