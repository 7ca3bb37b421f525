import type { OrderNumber } from '../../base/ids.ts';
import type { NoticeDelivery } from '../../flows/ports/payments.ts';
import { openSignedNotice } from '../payments/json-notice.ts';
import { faulty, refuseOtherMerchant } from '../payments/paid-order.ts';
import { textAt } from '../v3/json-object.ts';

/**
 * Opens a notice of a transfer that ended (https://pay.weixin.qq.com/doc/v3/merchant/4012712115): which number, and its
 * state; null for any other event. Throws WrongRequest `notice-not-configured` (409), `sign-invalid`, `notice-too-old`
 * (401), `wrong-merchant` (403) or `notice-faulty` (400).
 */
export function openTransferNotice(
  delivery: NoticeDelivery,
): { readonly orderNumber: OrderNumber; readonly state: string } | null {
  const { what, plain } = openSignedNotice(delivery);
  if (what !== 'MCHTRANSFER.BILL.FINISHED') return null;
  // Both spellings are in the wild.
  const mchId = textAt(plain, 'mch_id') ?? textAt(plain, 'mchid');
  refuseOtherMerchant({ mchId, subMchId: undefined }, { mchId: delivery.merchant.mchId, subMchId: null });
  const orderNumber = textAt(plain, 'out_bill_no') ?? '';
  if (!/^[0-9A-Za-z]{1,32}$/.test(orderNumber)) throw faulty('out_bill_no', 'is missing or has another form');
  return { orderNumber: orderNumber as OrderNumber, state: (textAt(plain, 'state') ?? '').slice(0, 32) };
}
