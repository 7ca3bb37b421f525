import { createHash, createHmac } from 'node:crypto';

/**
 * Version 2 signature: the non-empty fields except `sign`, sorted by name, joined raw as k=v, then the key;
 * MD5 or, where the order was made so, HMAC-SHA256 in upper-case hex. https://pay.weixin.qq.com/doc/v2/merchant/4011985891
 */
export function payV2Sign(
  fields: Iterable<readonly [string, string]>,
  apiKey: string,
  algorithm: 'MD5' | 'HMAC-SHA256' = 'MD5',
): string {
  const signed = [...fields]
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const hash = algorithm === 'MD5' ? createHash('md5') : createHmac('sha256', apiKey);
  return hash.update(`${signed}&key=${apiKey}`, 'utf8').digest('hex').toUpperCase();
}
