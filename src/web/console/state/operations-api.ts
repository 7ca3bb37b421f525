import type { BatchAnswer, BatchesAnswer, BatchLinesAnswer } from '../../../http/contract/console-batches.ts';
import type { LookUpAnswer, PoolAnswer, PoolsAnswer } from '../../../http/contract/console-codes.ts';
import type {
  NoticeKeyChanges,
  NoticeKeysAnswer,
  ShopPaymentLine,
  ShopPaymentsAnswer,
} from '../../../http/contract/console-shop-payments.ts';

/** What a pool of codes is to be. */
export interface PoolWish {
  readonly id: string;
  readonly name: string;
  readonly purpose: 'entry' | 'voucher';
}

/** A list of openids, or the name of a kept one. */
export type BatchSource = { readonly openids: readonly string[] } | { readonly list: string };

/** The part of the API that makes codes, lets lists of people draw and shows customers' payments. Every method throws ApiProblem. */
export interface OperationsApi {
  readonly pools: (account: string) => Promise<PoolsAnswer>;
  readonly generateCodes: (
    account: string,
    pool: PoolWish & { readonly prefix: string; readonly count: number },
  ) => Promise<PoolAnswer>;
  readonly importCodes: (
    account: string,
    pool: PoolWish & { readonly encoding: 'utf-8' | 'gbk' },
    file: Blob,
  ) => Promise<PoolAnswer>;
  readonly dropCodes: (account: string, pool: string) => Promise<unknown>;
  readonly lookUpCode: (account: string, pool: string, code: string) => Promise<LookUpAnswer>;
  readonly revealVoucher: (account: string, award: string) => Promise<{ readonly code: string }>;
  readonly batches: (activity: string, after: string | null) => Promise<BatchesAnswer>;
  readonly batchLines: (
    activity: string,
    batch: string,
    page: { readonly after: string | null; readonly only: 'all' | 'faulty' },
  ) => Promise<BatchLinesAnswer>;
  readonly prepareBatch: (activity: string, note: string, source: BatchSource) => Promise<BatchAnswer>;
  readonly confirmBatch: (activity: string, batch: string, people: number) => Promise<BatchAnswer>;
  readonly decideBatch: (list: { activityId: string; id: string }, approve: boolean) => Promise<BatchAnswer>;
  readonly turnBatch: (activity: string, batch: string, to: 'pause' | 'resume' | 'cancel') => Promise<BatchAnswer>;
  readonly shopPayments: (
    wanted: { readonly state: ShopPaymentLine['state'] | null; readonly refunded: boolean },
    after: string | null,
  ) => Promise<ShopPaymentsAnswer>;
  readonly noticeKeys: (merchant: string) => Promise<NoticeKeysAnswer>;
  readonly changeNoticeKeys: (merchant: string, changes: NoticeKeyChanges) => Promise<NoticeKeysAnswer>;
  readonly retryShopPayment: (
    place: Pick<ShopPaymentLine, 'accountId' | 'merchantId' | 'transactionId'>,
  ) => Promise<unknown>;
}

/** Where the whole of a pool is downloaded. */
export function codesFileUrl(account: string, pool: string): string {
  return `/api/console/accounts/${account}/code-pools/${pool}/codes.csv`;
}

/** Where every line of a list that drew is downloaded. */
export function batchFileUrl(activity: string, batch: string): string {
  return `/api/console/activities/${activity}/batches/${batch}/result`;
}

/** Builds it over what asks. */
export function operationsApi(
  ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>,
): OperationsApi {
  const pools = (account: string): string => `/accounts/${account}/code-pools`;
  const pool = (account: string, id: string): string => `${pools(account)}/${encodeURIComponent(id)}`;
  const batches = (activity: string): string => `/activities/${activity}/batches`;
  return {
    pools: (account) => ask('GET', pools(account)),
    generateCodes: (account, wish) => ask('POST', pools(account), wish),
    importCodes: (account, { id, ...more }, file) =>
      ask('POST', `${pool(account, id)}/import?${new URLSearchParams(more).toString()}`, file),
    dropCodes: (account, id) => ask('POST', `${pool(account, id)}/drop`, {}),
    lookUpCode: (account, id, code) => ask('POST', `${pool(account, id)}/look-up`, { code }),
    revealVoucher: (account, award) => ask('POST', `/accounts/${account}/awards/${award}/voucher`, {}),
    batches: (activity, after) =>
      ask('GET', `${batches(activity)}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`),
    batchLines: (activity, batch, { after, only }) => {
      const query = new URLSearchParams({ only, ...(after === null ? {} : { after }) });
      return ask('GET', `${batches(activity)}/${batch}/lines?${query.toString()}`);
    },
    prepareBatch: (activity, note, source) => ask('POST', batches(activity), { note, ...source }),
    confirmBatch: (activity, batch, people) => ask('POST', `${batches(activity)}/${batch}/confirm`, { people }),
    decideBatch: ({ activityId, id }, approve) => ask('POST', `${batches(activityId)}/${id}/decide`, { approve }),
    turnBatch: (activity, batch, to) => ask('POST', `${batches(activity)}/${batch}/turn`, { to }),
    shopPayments: ({ state, refunded }, after) => {
      const given = Object.entries({ state, refunded: refunded ? 'yes' : null, after });
      const query = new URLSearchParams(given.filter((one): one is [string, string] => one[1] !== null));
      return ask('GET', `/shop-payments?${query.toString()}`);
    },
    noticeKeys: (merchant) => ask('GET', `/merchants/${merchant}/notice-keys`),
    changeNoticeKeys: (merchant, changes) => ask('PATCH', `/merchants/${merchant}/notice-keys`, changes),
    retryShopPayment: ({ accountId, merchantId, transactionId }) =>
      ask('POST', `/shop-payments/${accountId}/${merchantId}/${transactionId}/retry`, {}),
  };
}
