import { OutsideTrouble } from '../base/errors.ts';
import type { OrderNumber } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { policyOf } from './payout-policy.ts';
import type { AccountDirectory, Merchant } from './ports/accounts.ts';
import type { PayoutMetrics } from './ports/payout-metrics.ts';
import type {
  ClaimedPayout,
  Credentials,
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
  readonly metrics?: PayoutMetrics;
  /** How long a worker may hold a payout; longer than a call's deadline, so that a living worker never loses one. */
  readonly leaseMs: number;
}

type Answer = (SendOutcome | QueryOutcome) & { readonly raw: string };

/** How a worker ends the calls it holds. */
export interface CallEnds {
  /** From now on nothing is begun: what is not yet called goes back. */
  readonly stopping: AbortSignal;
  /** Breaks off what is under way; such a packet is then unknown. */
  readonly signal: AbortSignal;
}

/** One call of a claimed payout. */
interface Call {
  readonly payout: ClaimedPayout;
  readonly call: 'send' | 'query';
  readonly merchant: Merchant;
  readonly signal: AbortSignal;
}

/** No byte left, but the attempt is on record: it counts as unclear, as it would if this process had died here. */
const CALLED_OFF: Answer = { kind: 'unknown', code: 'called-off', message: 'this process stood still', raw: '' };

// What a payout waits whose merchant is gone, or whose secrets do not open, before it is looked at again.
const MERCHANT_AWAY_MS = 60_000;
// A call that begins later than this may outlive the lease, and with it meet the call of whoever takes over: the lease of
// 25 s holds this and the longest call, 20 s.
const START_WITHIN_MS = 4000;
// A payout that must not be called now: its last send is less than a second old, or sending was stopped meanwhile.
const TOO_SOON_MS = 1000;
// An answer is evidence: it is worth waiting for a database that restarts, but not longer than the lease.
const RECORD_RETRY_MS = [200, 500, 1000, 2000, 4000];
// Writing the attempt takes a few milliseconds, which must not make the call late.
const BEGIN_AHEAD_MS = 10;
// 34.5 ms apart and at most this late: no second holds more than the 30 sends that WeChat Pay allows a merchant.
const LATE_MS = 10;
const FURTHER_AHEAD_MS = 20;

/**
 * Takes one claimed payout one call further: asks the state machine what is due, writes the attempt, calls WeChat Pay
 * at the time handed out, records the answer. Throws OutsideTrouble when the database stays away: the lease then runs
 * out, the attempt counts as unanswered, and whoever takes over sends the same number again.
 */
export async function payAward(payout: ClaimedPayout, options: PayAwardOptions, ends: CallEnds): Promise<void> {
  const { payouts, accounts, machine, clock, logger } = options;
  await clock.sleep(payout.callAtMs - BEGIN_AHEAD_MS - clock.nowMs(), ends.stopping);
  const nowMs = clock.nowMs();
  if (ends.stopping.aborted) return payouts.release(payout, nowMs);
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
  if (action.kind === 'wait') return payouts.release(payout, action.untilMs, action.call);
  // A send needs a send's time: one that was claimed as a query has no place in that pace and was not counted.
  if (action.call === 'send' && payout.call === 'query') return payouts.release(payout, nowMs, 'send');
  return callRail({ payout, call: action.call, merchant, signal: ends.signal }, options);
}

/** The call to make now, or the time to wait for. */
function due(actions: readonly PayoutAction[]): Extract<PayoutAction, { kind: 'call' | 'wait' }> | 'none' {
  return actions.find((action) => action.kind === 'call' || action.kind === 'wait') ?? 'none';
}

async function callRail(call: Call, options: PayAwardOptions): Promise<void> {
  const { payout } = call;
  const { payouts, clock, leaseMs } = options;
  const begunMs = clock.nowMs();
  const number = await payouts.beginAttempt({ payout, call: call.call, nowMs: begunMs, leaseMs });
  if (number === null) return payouts.release(payout, clock.nowMs() + TOO_SOON_MS);
  // Before the first byte, so that the log names a number that was paid just before everything was lost.
  const { accountId: account, orderNumber: order } = payout;
  options.logger.info({ account, order, attempt: number, call: call.call }, 'payout-calling');
  const inTime = await reachTurn(call, begunMs, options);
  const calledMs = clock.nowMs();
  const { raw, ...outcome } = inTime ? await ask(call, options) : CALLED_OFF;
  options.metrics?.called(call.call, nameOf(outcome), (clock.nowMs() - calledMs) / 1000);
  const credentials = await checkCredentials(call, outcome, options);
  const noted = credentials === null ? outcome : { ...outcome, credentials };
  const recorded = await recordPatiently({ payout, number, outcome: noted, raw, nowMs: clock.nowMs() }, options);
  report({ payout, call: call.call, number, outcome, recorded }, options.logger);
}

/** Waits for the time handed out, or for another one when it is missed. False when it is too late to call at all. */
async function reachTurn(
  { payout, call, merchant, signal }: Call,
  begunMs: number,
  { payouts, clock }: PayAwardOptions,
): Promise<boolean> {
  let callAtMs = payout.callAtMs;
  // The next turn is asked for ever further ahead: a database that is slow now would make every turn a missed one.
  let aheadMs = 0;
  while (callAtMs - begunMs <= START_WITHIN_MS) {
    await clock.sleep(callAtMs - clock.nowMs(), signal);
    if (signal.aborted) return false;
    const nowMs = clock.nowMs();
    if (nowMs - begunMs > START_WITHIN_MS) return false;
    // Without a pace there is nobody whose turn a late call could take.
    if (nowMs - callAtMs <= LATE_MS || merchant.limits.spacingMs === 0) return true;
    callAtMs = await payouts.takeTurn({ merchantId: payout.merchantId, call, nowMs: nowMs + aheadMs });
    aheadMs = Math.max(2 * aheadMs, FURTHER_AHEAD_MS);
  }
  return false;
}

/** The rail does not throw for what the other side does; if it throws all the same, the packet may have left. */
async function ask({ payout, call, merchant, signal }: Call, { rail, logger }: PayAwardOptions): Promise<Answer> {
  try {
    if (call === 'send') return await rail.send(merchant, payout.request, signal);
    if ((payout.cancelAtMs ?? null) !== null && rail.cancel !== undefined) {
      const { said } = await rail.cancel(merchant, payout.request, signal);
      logger.info({ order: payout.orderNumber, said }, 'transfer-cancel-asked');
    }
    return await rail.query(merchant, payout.request, signal);
  } catch (error) {
    logger.error({ order: payout.orderNumber, call, error: String(error) }, 'pay-rail-threw');
    return { kind: 'unknown', code: 'our-bug', message: String(error), raw: '' };
  }
}

/**
 * When certificate or signature is refused, asks about a number that never was: an answer that understands the
 * question shows that both are good and only this packet is odd. Null when there is nothing to check.
 */
async function checkCredentials(
  { payout, merchant, signal }: Call,
  outcome: SendOutcome | QueryOutcome,
  { payouts, rail, clock }: PayAwardOptions,
): Promise<Credentials | null> {
  if (!('code' in outcome) || policyOf(outcome.code) !== 'credentials') return null;
  const turn = { merchantId: payout.merchantId, call: 'query', nowMs: clock.nowMs() } as const;
  try {
    await clock.sleep((await payouts.takeTurn(turn)) - clock.nowMs(), signal);
    const { rail: by, appId, amountFen, orderNumber } = payout.request;
    const other = {
      // Nothing can be asked about a coupon; a packet's question shows the same certificate and key.
      ...(by === undefined || by === 'coupon' ? {} : { rail: by }),
      orderNumber: otherNumber(orderNumber),
      appId,
      amountFen,
    };
    const answer = await rail.query(merchant, other, signal);
    if (answer.kind !== 'unknown') return 'work';
    return policyOf(answer.code) === 'credentials' ? 'fail' : 'unclear';
  } catch {
    return 'unclear';
  }
}

/** A number of the same shape that no award has: award ids are random, so the end is never this word. */
function otherNumber(orderNumber: OrderNumber): OrderNumber {
  return `${orderNumber.slice(0, 20)}probe` as OrderNumber;
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

function nameOf(outcome: SendOutcome | QueryOutcome): string {
  return outcome.kind === 'found' ? outcome.status : outcome.kind;
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
    outcome: nameOf(outcome),
    state: recorded.state,
    reason: recorded.reason,
  };
  logger.info(fields, 'payout-answered');
  if (!recorded.fresh) return;
  for (const action of recorded.actions) {
    if (action.kind === 'stop-merchant')
      logger.error({ merchant: payout.merchantId, reason: action.reason }, 'merchant-stopped');
    if (action.kind === 'contradiction') logger.error({ ...fields, message: action.message }, 'payout-contradiction');
  }
  if (recorded.state === 'parked' || recorded.state === 'dead') logger.error(fields, 'payout-needs-a-person');
}
