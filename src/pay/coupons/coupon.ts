import { readXml, xmlText } from '../../base/xml.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { CouponRequest, SendOutcome } from '../../flows/ports/payouts.ts';
import { isRefusal } from '../red-packet-answer.ts';
import { signedXml } from '../red-packet-request.ts';
import type { SigningMaterial } from '../red-packet-request.ts';
import { signFields } from '../sign.ts';

/** Each field of a coupon that WeChat Pay would refuse. */
export function couponFaults(request: CouponRequest): readonly string[] {
  const wanted: readonly (readonly [keyof CouponRequest, RegExp])[] = [
    ['orderNumber', /^[0-9A-Za-z]{1,32}$/],
    ['appId', /^[0-9A-Za-z_-]{1,32}$/],
    ['mchId', /^[0-9]{1,32}$/],
    ['openid', /^[0-9A-Za-z_-]{1,64}$/],
    ['stockId', /^[0-9A-Za-z]{1,64}$/],
  ];
  return wanted.filter(([name, allowed]) => !allowed.test(String(request[name]))).map(([name]) => name);
}

/** Writes the body of send_coupon, version 2 (https://api.mch.weixin.qq.com/mmpaymkttransfers/send_coupon), signed. */
export function couponXml(request: CouponRequest, { apiKey, nonce }: SigningMaterial): string {
  return signedXml(
    {
      appid: request.appId,
      coupon_stock_id: request.stockId,
      mch_id: request.mchId,
      nonce_str: nonce,
      openid: request.openid,
      openid_count: '1',
      partner_trade_no: request.orderNumber,
    },
    apiKey,
  );
}

/**
 * Reads its answer. Given needs both codes and the coupon's own SUCCESS, one success counted, a coupon's number, and merchant,
 * account, person and stock ours; a signature that is there must fit. Refused needs a code of the packets' table, or the
 * coupon's own FAILED with none given. All else is `unknown`: it may have been given.
 */
export function readCouponAnswer(body: string, request: CouponRequest, apiKey: string): SendOutcome {
  let root: XmlElement;
  try {
    root = readXml(body);
  } catch (error) {
    return unknown('answer-unreadable', String(error));
  }
  const fields = new Map(Object.keys(root).map((name) => [name, xmlText(root, name)?.trim()]));
  const mixed = [...fields].find(([, value]) => value === undefined);
  if (mixed !== undefined) return unknown('answer-partial', `${mixed[0]} is not one text`);
  const get = (name: string): string => fields.get(name) ?? '';
  if (get('sign') !== '' && get('sign') !== signatureOf(fields, apiKey))
    return unknown('answer-not-ours', 'the signature is not ours');
  const code = get('err_code');
  const message = get('ret_msg') || get('err_code_des') || get('return_msg');
  if (get('return_code') !== 'SUCCESS') return unknown(code || 'return-code-fail', message);
  const foreign = foreignField(get, request);
  if (foreign !== undefined) return unknown('answer-not-ours', `${foreign} is not what was sent`);
  if (get('result_code') === 'FAIL' && isRefusal(code)) return { kind: 'refused', code, message };
  const [given, failed] = [get('success_count'), get('failed_count')];
  if (get('ret_code') === 'FAILED' && given !== '1' && failed === '1')
    return { kind: 'refused', code: 'SEND_FAILED', message };
  if (get('result_code') !== 'SUCCESS' || get('ret_code') !== 'SUCCESS' || given !== '1')
    return unknown(code || 'no-clear-result', message);
  const missing = [...ECHOED, 'coupon_id'].find((name) => get(name) === '');
  if (missing !== undefined) return unknown('answer-partial', `success without ${missing}`);
  return { kind: 'paid', railNumber: get('coupon_id') };
}

const ECHOED = ['appid', 'mch_id', 'openid', 'coupon_stock_id'] as const;

function foreignField(get: (name: string) => string, request: CouponRequest): string | undefined {
  const { appId: appid, mchId: mch_id, openid, stockId: coupon_stock_id } = request;
  const ours = { appid, mch_id, openid, coupon_stock_id };
  return ECHOED.find((name) => get(name) !== '' && get(name) !== ours[name]);
}

function signatureOf(fields: ReadonlyMap<string, string | undefined>, apiKey: string): string {
  const signed = [...fields].filter(([name]) => name !== 'sign');
  return signFields(Object.fromEntries(signed.map(([name, value]) => [name, value ?? ''])), apiKey);
}

function unknown(code: string, message: string): SendOutcome {
  return { kind: 'unknown', code, message };
}
