import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { WrongRequest } from '../../base/errors.ts';
import { readXml } from '../../base/xml.ts';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { NoticeDelivery, PaymentNotice } from '../../flows/ports/payments.ts';
import { signFields, signedText } from '../sign.ts';
import type { PayFields } from '../sign.ts';
import { faulty, readAmount, readPaidOrder, readTransactionId, refuseOtherMerchant } from './paid-order.ts';
import type { OrderTexts } from './paid-order.ts';

/**
 * Opens a version 2 notice: a payment's by its signature (https://pay.weixin.qq.com/doc/v2/merchant/4011985891), a
 * refund's by what the key decrypts. Throws as PaymentDoor says.
 */
export function openXmlNotice({ merchant, body }: Pick<NoticeDelivery, 'merchant' | 'body'>): PaymentNotice {
  const fields = readPayXml(body);
  if (fields['return_code'] !== 'SUCCESS') return { kind: 'other', what: `return_code ${fields['return_code'] ?? ''}` };
  if (fields['req_info'] !== undefined) return openRefund(fields, merchant);
  if (!signatureFits(fields, merchant.apiKey)) {
    throw new WrongRequest('sign-invalid', 'the signature is not of this merchant’s key', { status: 401 });
  }
  if (fields['result_code'] !== 'SUCCESS') {
    refuseOtherMerchant(merchantTexts(fields), merchant);
    return { kind: 'other', what: `result_code ${fields['result_code'] ?? ''}` };
  }
  return { kind: 'paid', order: readPaidOrder(orderTexts(fields), merchant) };
}

/** Reads a flat document of WeChat Pay's; whatever has children is left out. Throws WrongRequest `xml-malformed`. */
export function readPayXml(body: Buffer | string): PayFields {
  const text = typeof body === 'string' ? body : new TextDecoder('utf-8').decode(body);
  const fields = Object.entries(readXml(text)).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(fields) as PayFields;
}

/** Whether the `sign` among the fields is right: HMAC-SHA256 where it has 64 characters, else MD5. In constant time. */
export function signatureFits(fields: PayFields, apiKey: string): boolean {
  const given = fields['sign'] ?? '';
  const right =
    given.length === 64
      ? createHmac('sha256', apiKey).update(signedText(fields, apiKey), 'utf8').digest('hex').toUpperCase()
      : signFields(fields, apiKey);
  return given.length === right.length && timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(right, 'latin1'));
}

/** The facts of a payment as version 2 names them, in notices and in answers to queries alike. */
export function orderTexts(fields: PayFields): OrderTexts {
  return {
    ...merchantTexts(fields),
    appId: fields['appid'],
    transactionId: fields['transaction_id'],
    tradeNumber: fields['out_trade_no'],
    openid: fields['openid'],
    amountFen: fields['total_fee'],
    currency: fields['fee_type'],
    paidAtMs: beijingMs(fields['time_end']),
  };
}

function merchantTexts(fields: PayFields): Pick<OrderTexts, 'mchId' | 'subMchId'> {
  return { mchId: fields['mch_id'], subMchId: fields['sub_mch_id'] };
}

/** `yyyyMMddHHmmss` of Beijing's wall clock as Unix ms; NaN for anything else. */
function beijingMs(text: string | undefined): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
}

/** Refund notices carry no signature: AES-256-ECB under the MD5 of the key, and the merchant's number beside it. */
function openRefund(outer: PayFields, merchant: Pick<Merchant, 'mchId' | 'subMchId' | 'apiKey'>): PaymentNotice {
  refuseOtherMerchant(merchantTexts(outer), merchant);
  const fields = decryptRefund(outer['req_info'] ?? '', merchant.apiKey);
  if (fields['refund_status'] !== 'SUCCESS')
    return { kind: 'other', what: `refund_status ${fields['refund_status'] ?? ''}` };
  const refundId = fields['refund_id'] ?? '';
  if (!/^[0-9A-Za-z]{1,32}$/.test(refundId)) throw faulty('refund_id', 'is missing or has another form');
  const atMs = Date.parse(`${(fields['success_time'] ?? '').replace(' ', 'T')}+08:00`);
  return {
    kind: 'refund',
    refund: {
      transactionId: readTransactionId(fields['transaction_id']),
      refundId,
      amountFen: readAmount(fields['refund_fee']),
      atMs: Number.isFinite(atMs) ? atMs : 0,
    },
  };
}

function decryptRefund(sealed: string, apiKey: string): PayFields {
  const key = createHash('md5').update(apiKey, 'utf8').digest('hex');
  let text: string;
  try {
    const decipher = createDecipheriv('aes-256-ecb', Buffer.from(key, 'latin1'), null);
    text = Buffer.concat([decipher.update(Buffer.from(sealed, 'base64')), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new WrongRequest('sign-invalid', 'req_info does not open by this merchant’s key', { status: 401, cause });
  }
  return readPayXml(text);
}
