import { WrongRequest } from '../base/errors.ts';
import type { Cursor } from '../flows/ports/console-reads.ts';

/** Beyond it the database writes dates in another form. */
const YEAR_10000_MS = 253_402_300_800_000;

/** Writes a place in a list as a word for `after`; what is inside is nobody's business but ours. */
export function writeCursor(cursor: Cursor | null): string | null {
  return cursor === null ? null : Buffer.from(JSON.stringify([cursor.atMs, cursor.key])).toString('base64url');
}

/** Reads `after` back. Throws WrongRequest `cursor-invalid` for anything `writeCursor` did not make. */
export function readCursor(word: string | undefined, key: RegExp): Cursor | null {
  if (word === undefined) return null;
  try {
    const read: unknown = JSON.parse(Buffer.from(word, 'base64url').toString());
    if (Array.isArray(read) && read.length === 2) {
      const [atMs, name] = read as readonly unknown[];
      const inTime = typeof atMs === 'number' && atMs >= 0 && atMs < YEAR_10000_MS;
      if (inTime && typeof name === 'string' && key.test(name)) return { atMs, key: name };
    }
  } catch {
    // Told below, like any other word that is none of ours.
  }
  throw new WrongRequest('cursor-invalid', '`after` takes the `next` of an earlier page, unchanged');
}
