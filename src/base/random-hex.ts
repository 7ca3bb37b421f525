import { randomFillSync } from 'node:crypto';

// The system is asked once for many: one call costs as much as some hundred of these.
const POOL_BYTES = 4096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Returns fresh random bytes of the system's generator as lower-case hex. Takes 1 to 64 bytes. */
export function randomHex(bytes: number): string {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 64) throw new RangeError('randomHex gives 1 to 64 bytes');
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  const hex = pool.toString('hex', start, used);
  // Nobody who reads the process's memory later learns what was handed out.
  pool.fill(0, start, used);
  return hex;
}
