import { WrongRequest } from '../../base/errors.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Operator } from '../ports/operators.ts';
import type { NoticeKeyChanges, NoticeKeyStore, NoticeKeysView, PaymentKey, PaymentStore } from '../ports/payments.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** What operators do with payments of customers. Every change is logged with who made it, secrets never. */
export interface OperateShopPayments {
  readonly list: PaymentStore['list'];
  keys(merchant: MerchantId): Promise<NoticeKeysView>;
  /** Throws WrongRequest `notice-keys-faulty` (400, naming every fault) or `merchant-not-found` (404). */
  changeKeys(operator: Operator, merchant: MerchantId, changes: NoticeKeyChanges): Promise<NoticeKeysView>;
  /** Tries one again that failed. Throws WrongRequest `payment-not-failed` (409). */
  retry(operator: Operator, key: PaymentKey): Promise<void>;
}

const KEY_CHARACTERS = 32;
const FORWARD_KEY_MIN = 32;
const FORWARD_KEY_MAX = 128;
const VERIFIERS_MAX = 10;

/** Builds the flow over where payments and keys are kept. `isVerifier`: whether a PEM can verify signatures. */
export function createOperateShopPayments(options: {
  readonly payments: Pick<PaymentStore, 'list' | 'retry'>;
  readonly keys: NoticeKeyStore;
  readonly isVerifier: (pem: string) => boolean;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): OperateShopPayments {
  const { payments, keys, isVerifier, clock, logger } = options;
  return {
    list: (wanted, page) => payments.list(wanted, page),
    keys: (merchant) => keys.view(merchant),
    async changeKeys(operator, merchant, changes) {
      const faults = faultsOf(changes, isVerifier);
      if (faults.length > 0) {
        const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
        throw new WrongRequest('notice-keys-faulty', `the keys cannot be so: ${list}`, { faults });
      }
      await keys.change(merchant, changes, { operator: operator.id, nowMs: clock.nowMs() });
      logger.warn({ operator: operator.id, merchant, fields: Object.keys(changes) }, 'notice-keys-changed');
      return keys.view(merchant);
    },
    async retry(operator, key) {
      if (!(await payments.retry(key, clock.nowMs())))
        throw new WrongRequest('payment-not-failed', 'only a payment that failed is tried again', { status: 409 });
      logger.info({ operator: operator.id, ...key }, 'payment-retry-ordered');
    },
  };
}

function faultsOf(
  { apiV3Key, verifiers, forwardKey }: NoticeKeyChanges,
  isVerifier: (pem: string) => boolean,
): readonly { path: string; message: string }[] {
  const faults: { path: string; message: string }[] = [];
  if (typeof apiV3Key === 'string' && !/^[\x21-\x7e]*$/.test(apiV3Key)) {
    faults.push({ path: 'apiV3Key', message: 'letters, digits and signs without spaces' });
  }
  if (typeof apiV3Key === 'string' && apiV3Key.length !== KEY_CHARACTERS) {
    faults.push({ path: 'apiV3Key', message: `${KEY_CHARACTERS} characters, as set in the merchant platform` });
  }
  if (typeof forwardKey === 'string' && (forwardKey.length < FORWARD_KEY_MIN || forwardKey.length > FORWARD_KEY_MAX)) {
    faults.push({ path: 'forwardKey', message: `${FORWARD_KEY_MIN} to ${FORWARD_KEY_MAX} characters of chance` });
  }
  const given = Object.entries(verifiers ?? {});
  if (given.length > VERIFIERS_MAX) faults.push({ path: 'verifiers', message: `at most ${VERIFIERS_MAX}` });
  for (const [id, pem] of given) {
    if (!/^[0-9A-Za-z_]{1,64}$/.test(id))
      faults.push({ path: 'verifiers', message: `${id.slice(0, 64)} is no key id or serial` });
    if (!isVerifier(pem)) {
      const message = 'is neither a public key nor a certificate in PEM form, of RSA';
      faults.push({ path: `verifiers.${id.slice(0, 64)}`, message });
    }
  }
  return faults;
}
