import { createHash } from 'node:crypto';

// An event's key may be a whole URL, but an index row in Postgres has room for about 2700 bytes.
const PART_LENGTH_MAX = 200;

/** One part of a request key: the text itself, or its digest when it is long. */
export function keyPart(value: string): string {
  if (value.length <= PART_LENGTH_MAX) return value;
  return `#${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}
