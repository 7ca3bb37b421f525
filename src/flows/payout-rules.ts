import { anotherTurn, planCalls } from './call-plan.ts';
import { createPayoutMachine } from './payout-machine.ts';
import { PAYOUT_TIMES, PEOPLE_REFUSED_WITHIN_MS, SLOW_FOR_MS } from './payout-policy.ts';
import type { PayoutTimes } from './payout-policy.ts';
import type { PayoutRules } from './ports/merchant-queue.ts';

/** Returns everything that decides about payouts, for the store that keeps them. */
export function createPayoutRules(times: PayoutTimes = PAYOUT_TIMES): PayoutRules {
  return {
    machine: createPayoutMachine(times),
    planCalls,
    anotherTurn,
    peopleRefusedWithinMs: PEOPLE_REFUSED_WITHIN_MS,
    slowForMs: SLOW_FOR_MS,
    resendWithinMs: times.resendWithinMs,
    queryWithinMs: times.queryWithinMs,
  };
}
