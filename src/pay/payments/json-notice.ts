import { WrongRequest } from '../../base/errors.ts';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { NoticeDelivery, PaymentNotice } from '../../flows/ports/payments.ts';
import { asObject, numberAt, ownAt, readJson, textAt } from '../v3/json-object.ts';
import type { JsonObject } from '../v3/json-object.ts';
import { openSealed } from '../v3/sealed.ts';
import { signatureFault } from '../v3/signature.ts';
import { faulty, readAmount, readPaidOrder, readTransactionId, refuseOtherMerchant } from './paid-order.ts';

/**
 * Opens a version 3 notice: signature over time, nonce and body by WeChat Pay's key, then the sealed resource
 * (https://pay.weixin.qq.com/doc/v3/merchant/4012791861). Throws as PaymentDoor says.
 */
export function openJsonNotice(delivery: NoticeDelivery): PaymentNotice {
  const { what, plain } = openSignedNotice(delivery);
  switch (what) {
    case 'TRANSACTION.SUCCESS':
      return openPayment(plain, delivery.merchant);
    case 'REFUND.SUCCESS':
      return openRefund(plain, delivery.merchant);
    default:
      return { kind: 'other', what: `event_type ${what}`.slice(0, 64) };
  }
}

/**
 * Checks a version 3 notice of any kind and returns its event type and what was sealed in it. Throws WrongRequest
 * `notice-not-configured` (409), `sign-invalid` and `notice-too-old` (401), `notice-faulty` (400).
 */
export function openSignedNotice(delivery: Omit<NoticeDelivery, 'merchant'>): {
  readonly what: string;
  readonly plain: JsonObject;
} {
  const { keys, headers, body, nowMs } = delivery;
  if (keys.apiV3Key === null || Object.keys(keys.verifiers).length === 0) {
    const message = 'set the APIv3 key and WeChat Pay’s public key (or platform certificate) of this merchant';
    throw new WrongRequest('notice-not-configured', message, { status: 409 });
  }
  const fault = signatureFault({ headers, body, verifiers: keys.verifiers, nowMs });
  if (fault === 'wrong') {
    const message = 'not signed by a key of WeChat Pay that is set for this merchant';
    throw new WrongRequest('sign-invalid', message, { status: 401 });
  }
  if (fault === 'too-old')
    throw new WrongRequest('notice-too-old', 'the signature is more than 5 minutes away from now', { status: 401 });
  const notice = readObject(body.toString('utf8'), 'body');
  return {
    what: textAt(notice, 'event_type') ?? '',
    plain: openResource(objectAt(notice, 'resource'), keys.apiV3Key),
  };
}

function openResource(resource: JsonObject, apiV3Key: string): JsonObject {
  if (textAt(resource, 'algorithm') !== 'AEAD_AES_256_GCM')
    throw faulty('resource.algorithm', 'AEAD_AES_256_GCM is needed');
  const sealed = {
    ciphertext: textAt(resource, 'ciphertext') ?? '',
    nonce: textAt(resource, 'nonce') ?? '',
    associatedData: textAt(resource, 'associated_data') ?? '',
  };
  let plain: string;
  try {
    plain = openSealed(sealed, apiV3Key);
  } catch (cause) {
    throw faulty('resource.ciphertext', 'does not open by the APIv3 key', cause);
  }
  return readObject(plain, 'resource');
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

function readObject(text: string, place: string): JsonObject {
  const read = readJson(text);
  if (read === undefined) throw faulty(place, 'is not JSON');
  const object = asObject(read);
  if (object === undefined) throw faulty(place, 'an object is needed');
  return object;
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = asObject(ownAt(object, name));
  if (value === undefined) throw faulty(name, 'an object is needed');
  return value;
}
