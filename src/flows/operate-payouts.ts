import { cleanText } from '../base/clean-text.ts';
import { WrongRequest } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { merchantSettingFaults } from './merchant-settings.ts';
import type { MerchantSettings, MerchantStore, MerchantView } from './ports/merchants.ts';
import type { Operator } from './ports/operators.ts';
import type { PayoutKey, PayoutStore } from './ports/payouts.ts';
import type { Clock } from './ports/time-and-luck.ts';

const REASON_CHARACTERS_MAX = 200;

/** What operators do with merchants and payouts. Every change is logged with who made it. */
export interface OperatePayouts {
  merchants(): Promise<readonly MerchantView[]>;
  /**
   * Changes the settings given and leaves the others. Throws WrongRequest `merchant-faulty` (400, naming every fault)
   * or `merchant-not-found` (404).
   */
  changeMerchant(operator: Operator, id: MerchantId, changes: Partial<MerchantSettings>): Promise<MerchantView>;
  /** Sends nothing more for a merchant. Throws WrongRequest `merchant-not-found` (404) or `reason-faulty` (400). */
  stopMerchant(operator: Operator, id: MerchantId, reason: string): Promise<void>;
  /** Sends again under the same numbers. Throws WrongRequest `merchant-not-found` (404), `merchant-not-stopped` (409). */
  resumeMerchant(operator: Operator, id: MerchantId): Promise<void>;
  /** Whether everything is stopped, why and since when (Unix ms). */
  sending(): Promise<{ readonly stopped: boolean; readonly reason: string | null; readonly sinceMs: number | null }>;
  /** Sends nothing more for anyone; queries go on. Throws WrongRequest `reason-faulty` (400). */
  stopSending(operator: Operator, reason: string): Promise<void>;
  /** Throws WrongRequest `sending-not-stopped` (409). */
  resumeSending(operator: Operator): Promise<void>;
  /**
   * Lets a parked payout be sent again under its own number. Throws WrongRequest `payout-not-parked` or
   * `payout-too-old`, both 409.
   */
  retryParked(operator: Operator, key: PayoutKey): Promise<void>;
  /**
   * Asks WeChat Pay at once what became of a payout, which is how a refused one is proved dead. Throws WrongRequest
   * `payout-not-askable` (409).
   */
  askNow(operator: Operator, key: PayoutKey, merchant: MerchantId): Promise<void>;
  /**
   * Orders a transfer to be taken back that nobody confirmed yet. Throws WrongRequest `payout-not-cancellable` (409).
   */
  cancelTransfer(operator: Operator, key: PayoutKey): Promise<void>;
}

/** Builds the flow over where payouts and merchants are kept. */
export function createOperatePayouts(options: {
  readonly payouts: Pick<
    PayoutStore,
    'stopMerchant' | 'resumeMerchant' | 'stopSending' | 'resumeSending' | 'retryParked' | 'askNow' | 'cancelTransfer'
  >;
  readonly merchants: MerchantStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): OperatePayouts {
  const { payouts, merchants, clock, logger } = options;
  const mustExist = async (id: MerchantId): Promise<void> => {
    if ((await merchants.find(id)) === undefined)
      throw new WrongRequest('merchant-not-found', `there is no merchant ${id}`, { status: 404 });
  };
  return {
    merchants: () => merchants.list(),
    changeMerchant: async (operator, id, changes) => {
      const after = await merchants.change(id, clock.nowMs(), (before) => changed(before, changes));
      logger.info({ operator: operator.id, merchant: id, fields: Object.keys(changes) }, 'merchant-changed');
      return after;
    },
    stopMerchant: async (operator, id, given) => {
      const reason = readReason(given);
      await mustExist(id);
      await payouts.stopMerchant(id, reason, clock.nowMs());
      logger.warn({ operator: operator.id, merchant: id, reason }, 'merchant-stopped-by-operator');
    },
    resumeMerchant: async (operator, id) => {
      await mustExist(id);
      if (!(await payouts.resumeMerchant(id, clock.nowMs())))
        throw new WrongRequest('merchant-not-stopped', `the merchant ${id} is not stopped`, { status: 409 });
      logger.info({ operator: operator.id, merchant: id }, 'merchant-resumed');
    },
    sending: async () => {
      const stop = await merchants.sendingStop();
      return { stopped: stop !== null, reason: stop?.reason ?? null, sinceMs: stop?.sinceMs ?? null };
    },
    stopSending: async (operator, given) => {
      const reason = readReason(given);
      await payouts.stopSending(reason, clock.nowMs());
      logger.warn({ operator: operator.id, reason }, 'sending-stopped-by-operator');
    },
    resumeSending: async (operator) => {
      if (!(await payouts.resumeSending(clock.nowMs())))
        throw new WrongRequest('sending-not-stopped', 'sending is not stopped', { status: 409 });
      logger.info({ operator: operator.id }, 'sending-resumed');
    },
    retryParked: async (operator, key) => {
      await payouts.retryParked(key, clock.nowMs());
      logger.info({ operator: operator.id, account: key.accountId, order: key.orderNumber }, 'payout-retry-ordered');
    },
    askNow: async (operator, { accountId, orderNumber }, merchantId) => {
      if (!(await payouts.askNow({ accounts: [accountId], orderNumber, merchantId }, clock.nowMs()))) {
        const message = 'only a payout that was sent within 29 days and has not ended can be asked about';
        throw new WrongRequest('payout-not-askable', message, { status: 409 });
      }
      logger.info({ operator: operator.id, account: accountId, order: orderNumber }, 'payout-query-ordered');
    },
    cancelTransfer: async (operator, key) => {
      await payouts.cancelTransfer(key, clock.nowMs());
      logger.info({ operator: operator.id, account: key.accountId, order: key.orderNumber }, 'transfer-cancel-ordered');
    },
  };
}

function changed(before: MerchantSettings, changes: Partial<MerchantSettings>): MerchantSettings {
  const after = { ...before, ...changes };
  const faults = merchantSettingFaults(after);
  if (faults.length === 0) return after;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new WrongRequest('merchant-faulty', `the merchant's settings cannot be so: ${list}`, { faults });
}

/** A stop is read by people who were not there, so it needs words. */
function readReason(given: string): string {
  const reason = cleanText(given).trim();
  if (reason !== '' && reason.length <= REASON_CHARACTERS_MAX) return reason;
  const message = `1 to ${REASON_CHARACTERS_MAX} characters that say why`;
  throw new WrongRequest('reason-faulty', `the reason cannot be so: ${message}`, {
    faults: [{ path: 'reason', message }],
  });
}
