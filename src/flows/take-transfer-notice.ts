import { WrongRequest } from '../base/errors.ts';
import { merchantId } from '../base/ids.ts';
import type { OrderNumber } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { AccountDirectory } from './ports/accounts.ts';
import type { NoticeDelivery, NoticeKeyStore } from './ports/payments.ts';
import type { PayoutStore } from './ports/payouts.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** What a genuine notice says of a transfer; null when it speaks of something else. */
export interface TransferNotice {
  readonly orderNumber: OrderNumber;
  readonly state: string;
}

/** One delivery as it reached the door; `merchant` is the short name in its address. */
export type DeliveredTransfer = Pick<NoticeDelivery, 'headers' | 'body'> & { readonly merchant: string };

/**
 * Takes a notice of a transfer. It is proof of nothing but that something happened: the number is asked about at once,
 * so that a late, doubled or misread notice can do no harm. Resolves once that is durable. Throws WrongRequest for what
 * is not believed and OutsideTrouble when it could not be written down: then it has to come again.
 */
export type TakeTransferNotice = (delivered: DeliveredTransfer) => Promise<void>;

export function createTakeTransferNotice(options: {
  readonly accounts: Pick<AccountDirectory, 'accounts' | 'merchant'>;
  /** Throws WrongRequest for what WeChat Pay did not sign, or not for this merchant. */
  readonly openNotice: (delivery: NoticeDelivery) => TransferNotice | null;
  readonly keys: Pick<NoticeKeyStore, 'keys'>;
  readonly payouts: Pick<PayoutStore, 'askNow'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): TakeTransferNotice {
  const { accounts, openNotice, keys, payouts, clock, logger } = options;
  return async ({ merchant: name, headers, body }) => {
    // The same rule as merchantId's; its RangeError would be our bug here, not the caller's.
    const merchant = /^[a-z0-9][a-z0-9-]{0,31}$/.test(name) ? await accounts.merchant(merchantId(name)) : undefined;
    if (merchant === undefined)
      throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404 });
    const nowMs = clock.nowMs();
    const notice = openNotice({ merchant, headers, body, keys: await keys.keys(merchant.id), nowMs });
    if (notice === null) return logger.info({ merchant: merchant.id }, 'transfer-notice-passed-over');
    const { orderNumber, state } = notice;
    const ids = (await accounts.accounts()).map(({ id }) => id);
    const asked = await payouts.askNow({ merchantId: merchant.id, orderNumber, accounts: ids }, nowMs);
    logger.info({ merchant: merchant.id, order: orderNumber, state, asked }, 'transfer-notice');
  };
}
