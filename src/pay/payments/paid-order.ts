import { WrongRequest } from '../../base/errors.ts';
import { FEN_MAX, fen } from '../../base/fen.ts';
import type { Fen } from '../../base/fen.ts';
import { openid } from '../../base/ids.ts';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { PaidOrder } from '../../flows/ports/payments.ts';

/** The facts of a payment as texts, by our names; undefined where the other side told nothing. */
export type OrderTexts = { readonly [Name in keyof Omit<PaidOrder, 'amountFen' | 'paidAtMs'>]: string | undefined } & {
  readonly amountFen: string | undefined;
  readonly currency: string | undefined;
  /** Unix ms, NaN for what is no time. */
  readonly paidAtMs: number;
};

const TRANSACTION = /^[0-9A-Za-z]{1,32}$/;
const APP_ID = /^[0-9A-Za-z_-]{1,32}$/;
const TRADE_NUMBER = /^[0-9A-Za-z_|*@-]{1,32}$/;

/**
 * Reads the facts of a payment of this merchant. What is absent is wrong, not passed over. Throws WrongRequest
 * `notice-faulty` (400), naming the field, or `wrong-merchant` (403).
 */
export function readPaidOrder(texts: OrderTexts, merchant: Pick<Merchant, 'mchId' | 'subMchId'>): PaidOrder {
  refuseOtherMerchant(texts, merchant);
  if (texts.currency !== 'CNY') throw faulty('currency', 'CNY is needed');
  if (!Number.isFinite(texts.paidAtMs) || texts.paidAtMs <= 0) throw faulty('paidAt', 'not a time');
  return {
    mchId: merchant.mchId,
    subMchId: merchant.subMchId,
    appId: fitting('appId', texts.appId, APP_ID),
    transactionId: readTransactionId(texts.transactionId),
    tradeNumber: fitting('tradeNumber', texts.tradeNumber, TRADE_NUMBER),
    openid: openid(fitting('openid', texts.openid, /^[A-Za-z0-9_-]{1,64}$/)),
    amountFen: readAmount(texts.amountFen),
    paidAtMs: texts.paidAtMs,
  };
}

/** Throws WrongRequest `notice-faulty` unless it is one of WeChat Pay's numbers. */
export function readTransactionId(value: string | null | undefined): string {
  return fitting('transactionId', value, TRANSACTION);
}

/** Throws WrongRequest `notice-faulty` unless it can be an app id. */
export function readAppId(value: string | null | undefined): string {
  return fitting('appId', value, APP_ID);
}

/** Reads a positive whole number of fen. Throws WrongRequest `notice-faulty`. */
export function readAmount(value: string | undefined): Fen {
  const amount = /^[1-9][0-9]{0,15}$/.test(value ?? '') ? Number(value) : Number.NaN;
  if (!(amount <= FEN_MAX)) throw faulty('amountFen', 'a positive whole number of fen is needed');
  return fen(amount);
}

/** Throws WrongRequest `wrong-merchant` (403). */
export function refuseOtherMerchant(
  texts: Pick<OrderTexts, 'mchId' | 'subMchId'>,
  { mchId, subMchId }: Pick<Merchant, 'mchId' | 'subMchId'>,
): void {
  // Without a sub-merchant the field is absent or empty.
  const sub = texts.subMchId === undefined || texts.subMchId === '' ? null : texts.subMchId;
  if (texts.mchId === mchId && sub === subMchId) return;
  throw new WrongRequest('wrong-merchant', 'the notice is for another merchant', { status: 403 });
}

/** A notice that cannot be understood, at its field. */
export function faulty(field: string, message: string, cause?: unknown): WrongRequest {
  return new WrongRequest('notice-faulty', `${field}: ${message}`, { cause });
}

function fitting(field: string, value: string | null | undefined, form: RegExp): string {
  if (value !== null && value !== undefined && form.test(value)) return value;
  throw faulty(field, 'is missing or has another form');
}
