import { unreachable } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AccountDirectory, Merchant } from './ports/accounts.ts';
import type { ClaimedPayout, PayoutMachine, PayoutStore, PayRail, QueryOutcome, SendOutcome } from './ports/payouts.ts';
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

/** What a payout of a merchant that is gone or closed waits for before it is looked at again. */
const MERCHANT_AWAY_MS = 60_000;

/**
 * Takes one claimed payout one call further: asks the state machine what is due, writes the attempt, calls WeChat Pay,
 * records the answer. Throws OutsideTrouble when the database is away: the lease then runs out and someone takes over.
 */
export async function payAward(payout: ClaimedPayout, options: PayAwardOptions, signal: AbortSignal): Promise<void> {
  const { payouts, accounts, machine, clock, logger } = options;
  const nowMs = clock.nowMs();
  const merchant = await accounts.merchant(payout.merchantId);
  if (merchant === undefined) {
    logger.error({ merchant: payout.merchantId, order: payout.orderNumber }, 'payout-without-merchant');
    return payouts.release(payout, nowMs + MERCHANT_AWAY_MS);
  }
  for (const action of machine(payout, { kind: 'claimed', atMs: nowMs }).actions) {
    switch (action.kind) {
      case 'call':
        return callRail(payout, action.call, merchant, options, signal);
      case 'wait':
        return payouts.release(payout, action.untilMs);
      case 'rest':
        return payouts.release(payout, nowMs + MERCHANT_AWAY_MS);
      case 'book':
      case 'stop-merchant':
        // These follow from an answer and were done when it was recorded.
        continue;
      default:
        return unreachable(action);
    }
  }
}

async function callRail(
  payout: ClaimedPayout,
  call: 'send' | 'query',
  merchant: Merchant,
  options: PayAwardOptions,
  signal: AbortSignal,
): Promise<void> {
  const { payouts, rail, clock, logger, leaseMs } = options;
  const number = await payouts.beginAttempt({ payout, call, nowMs: clock.nowMs(), leaseMs });
  if (number === null) return payouts.release(payout, clock.nowMs());
  const answer: (SendOutcome | QueryOutcome) & { readonly raw: string } =
    call === 'send'
      ? await rail.send(merchant, payout.request, signal)
      : await rail.query(merchant, payout.request, signal);
  const { raw, ...outcome } = answer;
  const recorded = await payouts.recordAnswer({ payout, number, outcome, raw, nowMs: clock.nowMs() });
  const fields = {
    order: payout.orderNumber,
    attempt: number,
    call,
    outcome: outcome.kind,
    state: recorded.state,
    reason: recorded.reason,
  };
  logger.info(fields, 'payout-answered');
  if (!recorded.fresh) return;
  for (const action of recorded.actions) {
    if (action.kind === 'stop-merchant')
      logger.error({ merchant: payout.merchantId, reason: action.reason }, 'merchant-stopped');
  }
  if (recorded.state === 'parked') logger.error(fields, 'payout-parked');
}
