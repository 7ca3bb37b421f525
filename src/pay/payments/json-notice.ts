import { createDecipheriv, createPublicKey, verify } from 'node:crypto';
import { WrongRequest } from '../../base/errors.ts';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { NoticeDelivery, PaymentNotice } from '../../flows/ports/payments.ts';
import { faulty, readAmount, readPaidOrder, readTransactionId, refuseOtherMerchant } from './paid-order.ts';

/** Older than this, or further ahead, a signature is not believed (the official SDKs' bound). */
const AGE_MAX_MS = 5 * 60_000;
const TAG_BYTES = 16;

/**
 * Opens a version 3 notice: signature over time, nonce and body by WeChat Pay's key, then the sealed resource
 * (https://pay.weixin.qq.com/doc/v3/merchant/4012791861). Throws as PaymentDoor says.
 */
export function openJsonNotice(delivery: NoticeDelivery): PaymentNotice {
  const { merchant, keys, body } = delivery;
  if (keys.apiV3Key === null || Object.keys(keys.verifiers).length === 0) {
    const message = 'set the APIv3 key and WeChat Pay’s public key (or platform certificate) of this merchant';
    throw new WrongRequest('notice-not-configured', message, { status: 409 });
  }
  checkSignature(delivery);
  const notice = readObject(body.toString('utf8'), 'body');
  const plain = openResource(objectAt(notice, 'resource'), keys.apiV3Key);
  switch (textAt(notice, 'event_type')) {
    case 'TRANSACTION.SUCCESS':
      return openPayment(plain, merchant);
    case 'REFUND.SUCCESS':
      return openRefund(plain, merchant);
    default:
      return { kind: 'other', what: `event_type ${textAt(notice, 'event_type') ?? ''}`.slice(0, 64) };
  }
}

function checkSignature({ keys, headers, body, nowMs }: NoticeDelivery): void {
  const seconds = headers['wechatpay-timestamp'] ?? '';
  const pem = ownAt(keys.verifiers, headers['wechatpay-serial'] ?? '');
  const signature = Buffer.from(headers['wechatpay-signature'] ?? '', 'base64');
  const text = Buffer.concat([
    Buffer.from(`${seconds}\n${headers['wechatpay-nonce'] ?? ''}\n`),
    body,
    Buffer.from('\n'),
  ]);
  if (typeof pem !== 'string' || !verify('sha256', text, createPublicKey(pem), signature)) {
    const message = 'not signed by a key of WeChat Pay that is set for this merchant';
    throw new WrongRequest('sign-invalid', message, { status: 401 });
  }
  const ageMs = nowMs - Number(seconds) * 1000;
  if (!(Math.abs(ageMs) <= AGE_MAX_MS)) {
    throw new WrongRequest('notice-too-old', 'the signature is more than 5 minutes away from now', { status: 401 });
  }
}

function openResource(resource: JsonObject, apiV3Key: string): JsonObject {
  if (textAt(resource, 'algorithm') !== 'AEAD_AES_256_GCM')
    throw faulty('resource.algorithm', 'AEAD_AES_256_GCM is needed');
  const sealed = Buffer.from(textAt(resource, 'ciphertext') ?? '', 'base64');
  try {
    const nonce = Buffer.from(textAt(resource, 'nonce') ?? '', 'utf8');
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(apiV3Key, 'utf8'), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(textAt(resource, 'associated_data') ?? '', 'utf8'));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    return readObject(plain.toString('utf8'), 'resource');
  } catch (cause) {
    if (cause instanceof WrongRequest) throw cause;
    throw faulty('resource.ciphertext', 'does not open by the APIv3 key', cause);
  }
}

function openPayment(plain: JsonObject, merchant: Merchant): PaymentNotice {
  if (textAt(plain, 'trade_state') !== 'SUCCESS')
    return { kind: 'other', what: `trade_state ${textAt(plain, 'trade_state') ?? ''}`.slice(0, 64) };
  const amount = objectAt(plain, 'amount');
  const payer = objectAt(plain, 'payer');
  const provider = merchant.subMchId !== null;
  const order = readPaidOrder(
    {
      ...merchantTexts(plain),
      appId: textAt(plain, provider ? 'sp_appid' : 'appid'),
      transactionId: textAt(plain, 'transaction_id'),
      tradeNumber: textAt(plain, 'out_trade_no'),
      openid: textAt(payer, provider ? 'sp_openid' : 'openid'),
      amountFen: numberAt(amount, 'total'),
      currency: textAt(amount, 'currency'),
      paidAtMs: Date.parse(textAt(plain, 'success_time') ?? ''),
    },
    merchant,
  );
  return { kind: 'paid', order };
}

function openRefund(plain: JsonObject, merchant: Merchant): PaymentNotice {
  refuseOtherMerchant(merchantTexts(plain), merchant);
  const refundId = textAt(plain, 'refund_id') ?? '';
  if (!/^[0-9A-Za-z]{1,32}$/.test(refundId)) throw faulty('refund_id', 'is missing or has another form');
  const atMs = Date.parse(textAt(plain, 'success_time') ?? '');
  return {
    kind: 'refund',
    refund: {
      transactionId: readTransactionId(textAt(plain, 'transaction_id')),
      refundId,
      amountFen: readAmount(numberAt(objectAt(plain, 'amount'), 'refund')),
      atMs: Number.isFinite(atMs) ? atMs : 0,
    },
  };
}

function merchantTexts(plain: JsonObject): { mchId: string | undefined; subMchId: string | undefined } {
  return { mchId: textAt(plain, 'mchid') ?? textAt(plain, 'sp_mchid'), subMchId: textAt(plain, 'sub_mchid') };
}

type JsonObject = Readonly<Record<string, unknown>>;

function readObject(text: string, place: string): JsonObject {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw faulty(place, 'is not JSON', cause);
  }
  if (read === null || typeof read !== 'object' || Array.isArray(read)) throw faulty(place, 'an object is needed');
  return read as JsonObject;
}

function ownAt(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function textAt(object: JsonObject, name: string): string | undefined {
  const value = ownAt(object, name);
  return typeof value === 'string' ? value : undefined;
}

function numberAt(object: JsonObject, name: string): string | undefined {
  const value = ownAt(object, name);
  return typeof value === 'number' ? String(value) : undefined;
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = ownAt(object, name);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw faulty(name, 'an object is needed');
  return value as JsonObject;
}
