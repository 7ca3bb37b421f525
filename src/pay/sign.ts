import { createHash } from 'node:crypto';

/** The fields of a call by WeChat Pay's own names, as they stand in the XML: raw, unescaped text. */
export type PayFields = Readonly<Record<string, string>>;

/**
 * Signs fields as WeChat Pay v2 does: non-empty fields but `sign`, sorted by name in ASCII order, joined raw as
 * `k=v` with `&`, then `&key=`, MD5 over UTF-8, 32 upper-case hex digits. Red packets take no other algorithm and no
 * `sign_type` field (https://pay.weixin.qq.com/doc/v2/merchant/4011974053).
 */
export function signFields(fields: PayFields, apiKey: string): string {
  return createHash('md5').update(signedText(fields, apiKey), 'utf8').digest('hex').toUpperCase();
}

/** Returns what is hashed, the key at its end: what WeChat Pay sends us may be signed by another algorithm over it. */
export function signedText(fields: PayFields, apiKey: string): string {
  const text = Object.entries(fields)
    .filter(([name, value]) => value !== '' && name !== 'sign')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return `${text}&key=${apiKey}`;
}
