import { WrongRequest } from '../../base/errors.ts';
import { merchantId } from '../../base/ids.ts';
import type { MerchantId } from '../../base/ids.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountDirectory, Merchant } from '../ports/accounts.ts';
import type { NoticeDelivery, NoticeKeyStore, PaymentDoor, PaymentNotice, PaymentStore } from '../ports/payments.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { accountsOf } from './merchant-accounts.ts';

/** One delivery as it reached the door. */
export type Delivered = Pick<NoticeDelivery, 'headers' | 'body'> & {
  /** The merchant's short name, from the address. */
  readonly merchant: string;
};

/**
 * Takes what WeChat Pay, or a shop's own system, says about payments: written down, durable, and nothing more. Each
 * throws WrongRequest for what is not believed, `merchant-not-found` (404) and what the door throws, and OutsideTrouble
 * when it could not be written down: then it has to come again.
 */
export interface TakePayment {
  /** Version 2 where the body is XML, else version 3. */
  notice(delivered: Delivered): Promise<void>;
  /** Writes down that WeChat Pay has to be asked. */
  forwarded(delivered: Delivered): Promise<void>;
}

/** Builds the story over where payments are kept. */
export function createTakePayment(options: {
  readonly accounts: Pick<AccountDirectory, 'accounts' | 'merchant'>;
  readonly door: PaymentDoor;
  readonly keys: Pick<NoticeKeyStore, 'keys'>;
  readonly payments: Pick<PaymentStore, 'notePaid' | 'noteForwarded' | 'noteRefund'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): TakePayment {
  const { accounts, door, keys, payments, clock, logger } = options;
  const opened = async (given: Delivered): Promise<NoticeDelivery> => {
    const merchant = await findMerchant(accounts, given.merchant);
    return { ...given, merchant, keys: await keys.keys(merchant.id), nowMs: clock.nowMs() };
  };
  const homeOf = async (merchant: MerchantId, appId: string) =>
    (await accountsOf(accounts, merchant)).find((account) => account.appId === appId);

  async function take(merchant: Merchant, notice: PaymentNotice): Promise<void> {
    const fields = { merchant: merchant.id };
    if (notice.kind === 'other') return logger.info({ ...fields, what: notice.what }, 'payment-notice-passed-over');
    if (notice.kind === 'refund') {
      const { transactionId, amountFen } = notice.refund;
      const known = await payments.noteRefund(merchant.id, notice.refund);
      return logger.info({ ...fields, transactionId, amountFen, known }, 'payment-refunded');
    }
    const { order } = notice;
    const { transactionId } = order;
    const home = await homeOf(merchant.id, order.appId);
    // Genuine, and of a shop of the same merchant that we have nothing to do with: a repeat would not change that.
    if (home === undefined) return logger.warn({ ...fields, appId: order.appId }, 'payment-of-a-foreign-app');
    const fresh = await payments.notePaid(
      { account: home.id, merchant: merchant.id, transactionId },
      order,
      clock.nowMs(),
    );
    logger.info({ ...fields, transactionId, openid: shortOpenid(order.openid), fresh }, 'payment-taken');
  }

  return {
    async notice(given) {
      const delivery = await opened(given);
      const isXml = given.body.subarray(0, 64).toString('latin1').trimStart().startsWith('<');
      await take(delivery.merchant, isXml ? door.openXml(delivery) : door.openJson(delivery));
    },
    async forwarded(given) {
      const delivery = await opened(given);
      const { transactionId, appId } = door.openForwarded(delivery);
      const merchant = delivery.merchant.id;
      const home = await homeOf(merchant, appId);
      if (home === undefined) {
        throw new WrongRequest('app-not-found', `no account of this merchant here has the app id ${appId}`, {
          status: 404,
        });
      }
      const fresh = await payments.noteForwarded({ account: home.id, merchant, transactionId }, clock.nowMs());
      logger.info({ merchant, transactionId, fresh }, 'payment-forwarded');
    },
  };
}

async function findMerchant(accounts: Pick<AccountDirectory, 'merchant'>, name: string): Promise<Merchant> {
  // The same rule as merchantId's; its RangeError would be our bug here, not the caller's.
  const merchant = /^[a-z0-9][a-z0-9-]{0,31}$/.test(name) ? await accounts.merchant(merchantId(name)) : undefined;
  if (merchant === undefined)
    throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404 });
  return merchant;
}
