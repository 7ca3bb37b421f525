import type { AwardId, OrderNumber } from './ids.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
// 62^22 > 2^128, so 22 digits hold every award id.
const DIGITS = 22;

/**
 * Takes an award's random 128-bit id and the installation's prefix (1-4 letters or digits) and returns the order
 * number WeChat Pay knows the payout by: at most 26 of the 28 characters `[0-9A-Za-z]` that mch_billno allows
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). The same award always gives the same number; a restored
 * backup or a second installation under the same merchant cannot repeat one, because nothing of it counts up.
 * Throws RangeError for a prefix that does not fit. `series` above 0 gives the number of a re-issue (one more digit).
 */
export function orderNumber(award: AwardId, prefix: string, series = 0): OrderNumber {
  if (!/^[0-9A-Za-z]{1,4}$/.test(prefix)) throw new RangeError('the order prefix takes 1-4 letters or digits');
  if (!Number.isInteger(series) || series < 0 || series >= ALPHABET.length) throw new RangeError('series is 0-61');
  let rest = BigInt(`0x${award}`);
  let digits = '';
  for (let index = 0; index < DIGITS; index += 1) {
    digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
    rest /= 62n;
  }
  return `${prefix}${digits}${series === 0 ? '' : ALPHABET.charAt(series)}` as OrderNumber;
}
