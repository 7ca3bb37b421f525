import { paymentLead } from '../../rules/trigger-schema.ts';
import type { LiveActivity } from '../ports/draws.ts';
import type { PaymentDraw } from '../ports/payments.ts';

/** What of a payment decides where it draws. */
export interface PlannedPayment {
  /** Paid and not given back. */
  readonly amountFen: number;
  readonly paidAtMs: number;
}

/**
 * Returns what a payment has to do with each of the activities that listen to payments: a draw that is due, or why there
 * is none. Counted by the moment of paying, so that a notice that comes late changes nothing.
 */
export function planDraws(payment: PlannedPayment, activities: readonly LiveActivity[]): readonly PaymentDraw[] {
  return activities
    .filter(({ rule }) => rule.trigger.payment)
    .map((activity) => {
      const leadsTo = paymentLead(activity.rule.trigger, payment.amountFen);
      const why = whyNot(payment, activity, leadsTo);
      const state = why === null ? 'due' : 'skipped';
      return { account: activity.accountId, activity: activity.id, leadsTo, state, why };
    });
}

function whyNot({ paidAtMs }: PlannedPayment, activity: LiveActivity, leadsTo: string | null): string | null {
  const { rule, version, publishedAtMs } = activity;
  if (rule.startsAtMs !== null && paidAtMs < rule.startsAtMs) return 'paid-before-the-start';
  // A later version of the rule begins nothing anew.
  if (version === 1 && paidAtMs < Math.floor(publishedAtMs / 1000) * 1000) return 'paid-before-the-start';
  if (rule.endsAtMs !== null && paidAtMs >= rule.endsAtMs) return 'paid-after-the-end';
  return leadsTo === null ? 'amount-too-small' : null;
}
