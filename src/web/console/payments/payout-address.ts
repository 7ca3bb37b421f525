import type { PayoutPlace } from '../state/api.ts';

const ADDRESS = /^\/payouts\/of\/([a-z0-9-]{1,32})\/([0-9A-Za-z]{1,28})$/;

/** Where the whole history of an order number is shown. */
export function payoutAddress({ accountId, orderNumber }: PayoutPlace): string {
  return `/payments/payouts/of/${accountId}/${orderNumber}`;
}

/** The order number that an address below `/payments` shows; null for any other. */
export function payoutPlaceOf(path: string): PayoutPlace | null {
  const [, accountId, orderNumber] = ADDRESS.exec(path) ?? [];
  return accountId === undefined || orderNumber === undefined ? null : { accountId, orderNumber };
}
