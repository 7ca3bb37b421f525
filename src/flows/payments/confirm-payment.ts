import { OutsideTrouble } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { DuePayment, OrderQuery, PaymentProgress, PaymentStore } from '../ports/payments.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** States in which a payment may still come about (https://pay.weixin.qq.com/doc/v2/merchant/4011941128). */
const MAY_STILL_BE_PAID: ReadonlySet<string> = new Set(['NOTPAY', 'USERPAYING', 'ACCEPT']);
/** The shop may be told a moment before the query knows. */
const NOT_FOUND_TRIES = 5;

/**
 * Asks WeChat Pay about a forwarded payment. Confirmed, it is due to draw and null is returned; else what becomes of it.
 * Throws OutsideTrouble while nobody knows.
 */
export async function confirmPayment(
  options: {
    readonly payments: Pick<PaymentStore, 'confirmed'>;
    readonly orders: OrderQuery;
    readonly accounts: Pick<AccountDirectory, 'account' | 'merchant'>;
    readonly clock: Pick<Clock, 'nowMs'>;
    readonly logger: Logger;
  },
  due: DuePayment,
  signal?: AbortSignal,
): Promise<PaymentProgress | null> {
  const { payments, orders, accounts, clock, logger } = options;
  const [account, merchant] = await Promise.all([accounts.account(due.account), accounts.merchant(due.merchant)]);
  if (account === undefined || merchant === undefined)
    throw new OutsideTrouble('account-not-known', 'the payment’s account or merchant cannot be read now');
  const { transactionId } = due;
  const answer = await orders.find(merchant, { transactionId, appId: account.appId }, signal);
  const refused = (reason: string): PaymentProgress => {
    logger.warn({ merchant: due.merchant, transactionId, reason }, 'forwarded-payment-not-confirmed');
    return { state: 'refused', reason, draws: [], dueAtMs: null, cameOn: false };
  };
  switch (answer.kind) {
    case 'paid':
      await payments.confirmed(due, answer.order, clock.nowMs());
      return null;
    case 'not-paid':
      if (!MAY_STILL_BE_PAID.has(answer.state)) return refused(`trade-state-${answer.state}`);
      throw new OutsideTrouble(`trade-state-${answer.state}`, 'not paid yet');
    case 'not-found':
      if (due.tries >= NOT_FOUND_TRIES) return refused('no-such-order');
      throw new OutsideTrouble('no-such-order', 'WeChat Pay does not know it (yet)');
    case 'unknown':
      throw new OutsideTrouble(`query-${answer.code}`, answer.message);
  }
}
