import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { assert, OutsideTrouble } from '../base/errors.ts';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals secrets for the database and opens them again. Both throw nothing that contains a secret. */
export interface SecretBox {
  /** `purpose` names the place, such as `account.app_secret:main`; what is sealed for one place opens in no other. */
  seal(purpose: string, secret: string): string;
  /** Throws OutsideTrouble `secret-does-not-open` under another key, for another purpose or after a change. */
  open(purpose: string, sealed: string): string;
}

/**
 * Takes SECRETS_KEY (32 bytes) and returns a box that seals with AES-256-GCM (NIST SP 800-38D), a random nonce each,
 * the purpose authenticated beside it. The text reads `v1.<nonce>.<tag>.<ciphertext>`, each part base64url.
 */
export function createSecretBox(key: Buffer): SecretBox {
  assert(key.length === 32, 'the secrets key has 32 bytes');
  return {
    seal(purpose, secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(purpose));
      const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [VERSION, ...[nonce, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))].join('.');
    },
    open(purpose, sealed) {
      const [version, nonce, tag, ciphertext, ...more] = sealed.split('.');
      if (
        version !== VERSION ||
        nonce === undefined ||
        tag === undefined ||
        ciphertext === undefined ||
        more.length > 0
      ) {
        throw doesNotOpen(purpose, 'it is not in a format this version knows');
      }
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(purpose));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString(
          'utf8',
        );
      } catch (cause) {
        throw doesNotOpen(purpose, 'it was sealed under another SECRETS_KEY, for another place, or was changed', cause);
      }
    },
  };
}

function doesNotOpen(purpose: string, reason: string, cause?: unknown): OutsideTrouble {
  return new OutsideTrouble('secret-does-not-open', `the secret ${purpose} does not open: ${reason}`, { cause });
}
