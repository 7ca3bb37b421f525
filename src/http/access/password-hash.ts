import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { assert } from '../../base/errors.ts';
import type { PasswordHasher } from '../../flows/ports/operator-access.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** How much work a hash is: https://www.rfc-editor.org/rfc/rfc7914#section-2 */
interface ScryptCost {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** 32 MB and about a quarter of a second; OWASP counts it as strong as 128 MB in one pass. */
const USUAL_COST: ScryptCost = { cost: 32_768, blockSize: 8, parallelization: 3 };

/** Hashes passwords by scrypt; each hash carries its parameters and salt, so that they may grow. */
export function createPasswordHasher(cost: ScryptCost = USUAL_COST): PasswordHasher {
  const nobodys = write(cost, randomBytes(SALT_BYTES), randomBytes(KEY_BYTES));
  return {
    hash: async (password) => {
      const salt = randomBytes(SALT_BYTES);
      return write(cost, salt, await derive(password, salt, cost));
    },
    verify: async (password, stored) => {
      const { salt, key, ...used } = read(stored ?? nobodys);
      const same = timingSafeEqual(await derive(password, salt, used), key);
      return same && stored !== null;
    },
  };
}

function derive(password: string, salt: Buffer, { cost, blockSize, parallelization }: ScryptCost): Promise<Buffer> {
  const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    // One person's keyboard may write é as one character and another's as two.
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function write({ cost, blockSize, parallelization }: ScryptCost, salt: Buffer, key: Buffer): string {
  const parts = [cost, blockSize, parallelization, salt.toString('base64url'), key.toString('base64url')];
  return `scrypt$${parts.join('$')}`;
}

function read(stored: string): ScryptCost & { readonly salt: Buffer; readonly key: Buffer } {
  const [kind, cost, blockSize, parallelization, salt, key] = stored.split('$');
  assert(kind === 'scrypt' && salt !== undefined && key !== undefined, 'a password is hashed by scrypt');
  return {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}
