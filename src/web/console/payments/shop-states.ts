import type { ShopPaymentLine } from '../../../http/contract/console-shop-payments.ts';

/** States of a payment in the order they are gone through. */
export const shopStates = [
  'confirming',
  'drawing',
  'parked',
  'settled',
  'refused',
  'failed',
] as const satisfies readonly ShopPaymentLine['state'][];

/** Which payments are listed. */
export type ShopFilter = 'all' | 'refunded' | ShopPaymentLine['state'];
