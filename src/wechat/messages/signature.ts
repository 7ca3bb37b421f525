import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Signs as WeChat does: the lower-case hex SHA-1 of the parts, sorted byte by byte and joined without a separator
 * (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/).
 */
export function sign(parts: readonly string[]): string {
  // Sorting by UTF-16 unit equals sorting by byte here: tokens, numbers and base64 are all ASCII.
  return hash('sha1', [...parts].sort().join(''), 'hex');
}

/** Returns whether `signature` is the parts' signature, in a time that does not depend on where the two differ. */
export function isSignedBy(signature: string, parts: readonly string[]): boolean {
  const expected = Buffer.from(sign(parts));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
