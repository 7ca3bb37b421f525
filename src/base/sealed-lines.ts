import { createHash } from 'node:crypto';

/** A record of a sealed file: what kind of thing it is, and what is known of it, as JSON. */
export interface SealedRecord {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** What is wrong with a sealed file; `line` counts from 1. */
export interface SealFault {
  readonly line: number;
  readonly what: string;
}

/** What a sealed file holds, if it is as it was written. */
export interface OpenedSeal {
  readonly counts: Readonly<Record<string, number>>;
  /** The seal of the whole file: 64 hex digits, to be kept apart from it. */
  readonly seal: string;
  /** The first hundred. */
  readonly faults: readonly SealFault[];
  readonly faultsInAll: number;
}

const FAULTS_SHOWN = 100;
const END = 'end';

/**
 * Writes records as lines of a SHA-256 hash (FIPS 180-4) and the JSON it is of, so that a changed record is found by its own
 * line. The last line counts the records of each kind and seals all hashes in their order, so that one that is left out,
 * added or moved is found, too.
 */
export async function* sealLines(records: AsyncIterable<SealedRecord>): AsyncGenerator<string, void, undefined> {
  const counts: Record<string, number> = {};
  const all = createHash('sha256');
  for await (const record of records) {
    const text = JSON.stringify(record);
    const hash = hashOf(text);
    all.update(hash);
    counts[record.kind] = (counts[record.kind] ?? 0) + 1;
    yield `${hash} ${text}\n`;
  }
  const last = JSON.stringify({ kind: END, counts, seal: all.digest('hex') });
  yield `${hashOf(last)} ${last}\n`;
}

/**
 * Checks every line of a sealed file. `kept`: the seal that was noted when it was written; without it somebody who changes a
 * record and every hash above it is not found.
 */
export async function openSealed(lines: AsyncIterable<string>, kept: string | null): Promise<OpenedSeal> {
  const counts: Record<string, number> = {};
  const all = createHash('sha256');
  const faults: SealFault[] = [];
  let faultsInAll = 0;
  let end: { readonly line: number; readonly counts: unknown; readonly seal: unknown } | null = null;
  let number = 0;
  const fault = (what: string, line = number): void => {
    faultsInAll += 1;
    if (faults.length < FAULTS_SHOWN) faults.push({ line, what });
  };
  for await (const line of lines) {
    number += 1;
    if (end !== null) fault('stands after the last line');
    const { hash, text, record } = readLine(line);
    if (record === null) {
      fault('is no hash and record');
      continue;
    }
    if (hashOf(text) !== hash) fault(`${nameOf(record)} was changed: it does not come to its hash`);
    if (record.kind === END) {
      end = { line: number, counts: record['counts'], seal: record['seal'] };
      continue;
    }
    all.update(hash);
    counts[record.kind] = (counts[record.kind] ?? 0) + 1;
  }
  const seal = all.digest('hex');
  if (end === null) fault('the last line is missing: the file was cut off', number + 1);
  else {
    if (JSON.stringify(end.counts) !== JSON.stringify(counts)) {
      fault(
        `records were left out or added: ${JSON.stringify(end.counts)} were written, here are ${JSON.stringify(counts)}`,
        end.line,
      );
    }
    if (end.seal !== seal)
      fault('the hashes are not those that were sealed: a line was left out, added, moved or written anew', end.line);
  }
  if (kept !== null && kept !== seal) fault(`the seal is ${seal}, and ${kept} was kept`, end?.line ?? number + 1);
  return { counts, seal, faults, faultsInAll };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface ReadLine {
  readonly hash: string;
  readonly text: string;
  readonly record: SealedRecord | null;
}

function readLine(line: string): ReadLine {
  const [, hash = '', text = ''] = /^([0-9a-f]{64}) (\{.*\})$/.exec(line) ?? [];
  try {
    const read: unknown = JSON.parse(text);
    const known = typeof read === 'object' && read !== null && 'kind' in read && typeof read.kind === 'string';
    return { hash, text, record: known ? (read as SealedRecord) : null };
  } catch {
    return { hash, text, record: null };
  }
}

function nameOf({ kind, id }: SealedRecord): string {
  return typeof id === 'string' || typeof id === 'number' ? `${kind} ${id}` : kind;
}
