import { createHmac } from 'node:crypto';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';

/**
 * Takes SECRETS_KEY and returns pseudonyms under a key made from it for this purpose alone: HMAC-SHA-256 (RFC 2104) of
 * account and openid, base64url. Without the key nobody can try openids until one fits.
 */
export function createPseudonyms(secretsKey: Buffer): Pseudonyms {
  const key = createHmac('sha256', secretsKey).update('pseudonyms of erased people').digest();
  return {
    of: ({ account, openid }) => `x:${createHmac('sha256', key).update(`${account}\0${openid}`).digest('base64url')}`,
  };
}
