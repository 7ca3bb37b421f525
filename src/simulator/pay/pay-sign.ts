import { createHash } from 'node:crypto';

/**
 * Version 2 signature: the non-empty fields except `sign`, sorted by name, joined raw as k=v, then the key;
 * MD5 in upper-case hex. https://pay.weixin.qq.com/doc/v2/merchant/4011985891
 */
export function payV2Sign(fields: Iterable<readonly [string, string]>, apiKey: string): string {
  const signed = [...fields]
    .filter(([name, value]) => name !== 'sign' && value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return createHash('md5').update(`${signed}&key=${apiKey}`, 'utf8').digest('hex').toUpperCase();
}
