import type { z } from 'zod';
import { PAYOUT_TIMES } from '../../flows/payout-policy.ts';
import { may } from '../../flows/permissions.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import type { OpenPayout, PayoutHistory } from '../../flows/ports/payment-reads.ts';
import type { payoutAnswer, payoutLine } from '../contract/console-payouts.ts';
import { openidFor, openidWithin } from './person.ts';
import { withoutSecrets } from './raw-answer.ts';

/** Who looks, and when. */
interface Looking {
  readonly operator: Operator;
  readonly nowMs: number;
}

/** Presents a payout with what the one who looks may do about it. */
export function shownPayout(payout: OpenPayout, looking: Looking): z.input<typeof payoutLine> {
  const { operator } = looking;
  const openid = openidFor(operator, payout.openid);
  const reason = payout.reason === null ? null : openidWithin(operator, payout.reason, payout.openid);
  return { ...payout, openid, reason, actions: [...actionsFor(payout, looking)] };
}

/** Presents everything known of an order number, without what must not be seen. */
export function shownHistory(history: PayoutHistory, looking: Looking): z.input<typeof payoutAnswer> {
  const { payout } = history;
  const clean = (text: string): string => openidWithin(looking.operator, withoutSecrets(text), payout.openid);
  return {
    payout: {
      ...shownPayout(payout, looking),
      class: payout.class,
      railNumber: payout.railNumber,
      firstSentAtMs: payout.firstSentAtMs,
      lastSentAtMs: payout.lastSentAtMs,
      retryAtMs: payout.retryAtMs,
      cancelAtMs: payout.cancelAtMs,
      request: payout.request && {
        ...payout.request,
        openid: openidFor(looking.operator, String(payout.request['openid'])),
      },
    },
    attempts: history.attempts.map((attempt) => ({
      ...attempt,
      outcome: attempt.outcome && cleanFields(attempt.outcome, clean),
      raw: attempt.raw === null ? null : clean(attempt.raw),
    })),
    entries: [...history.entries],
    numbers: [...history.numbers],
  };
}

/** Outcomes carry what WeChat Pay wrote in their texts. */
function cleanFields(fields: object, clean: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      // Whoever holds it and is the winner can collect: nobody here is.
      name === 'packageInfo' ? '***' : typeof value === 'string' ? clean(value) : value,
    ]),
  );
}

/**
 * A parked payout may go again within 72 h of its first send, and be asked about as long as WeChat Pay answers; a
 * transfer that was sent may be taken back; a dead number may be re-issued under another one.
 */
function actionsFor(payout: OpenPayout, { operator, nowMs }: Looking): z.input<typeof payoutLine>['actions'] {
  if (!may(operator, 'payments.operate')) return [];
  const { state, firstSentAtMs } = payout;
  const mayGo = firstSentAtMs === null || nowMs - firstSentAtMs < PAYOUT_TIMES.resendWithinMs;
  const rests = state === 'parked' && payout.dueAtMs === null;
  const known = firstSentAtMs !== null && nowMs - firstSentAtMs < PAYOUT_TIMES.queryWithinMs;
  const open = known && ['waiting', 'unknown', 'sent', 'parked'].includes(state);
  return [
    ...(rests && mayGo ? (['retry'] as const) : []),
    ...(rests && known ? (['ask'] as const) : []),
    ...(open && payout.rail === 'transfer' ? (['cancel'] as const) : []),
    ...(state === 'dead' ? (['reissue'] as const) : []),
  ];
}
