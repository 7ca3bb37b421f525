import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, MerchantKeys } from './account.ts';
import type { SavedFollowers } from './followers.ts';
import type { JournalLine } from './pay/books.ts';
import type { Certificates } from './tls/certificates.ts';

/** Who the simulator plays: made once, then the same after every restart. */
export type Identities = {
  seed: string;
  account: Account;
  /** App secrets of all accounts played, by app id, the main one included. */
  secrets: Record<string, string>;
  merchant: MerchantKeys;
  certificates: Certificates;
};

export type SavedState = {
  version: 1;
  starts: number;
  savedAtMs: number;
  clockOffsetMs: number;
  identities: Identities;
  followers: SavedFollowers;
};

const writeDelayMs = 200;

/**
 * Keeps the simulator's state in a directory. Money goes to an append-only journal before its answer is sent, so that it
 * survives kill -9; everything else is one JSON file that is replaced as a whole a moment after each change.
 */
export class StateFolder {
  readonly #statePath: string;
  readonly #journalPath: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#statePath = join(dataDir, 'simulator.json');
    this.#journalPath = join(dataDir, 'books.jsonl');
  }

  /** The state of the last run, or nothing on the first. Throws for a file of another version. */
  readState(): SavedState | undefined {
    const text = readIfThere(this.#statePath);
    if (text === undefined) return undefined;
    const state = JSON.parse(text, reviveBuffer) as SavedState;
    if (state.version !== 1) throw new Error(`${this.#statePath} is of version ${String(state.version)}, not 1`);
    return state;
  }

  /** All lines; a last one that was cut off by a crash was never answered and is left out. */
  readJournal(): JournalLine[] {
    const lines = (readIfThere(this.#journalPath) ?? '').split('\n');
    const cutOff = lines.pop() ?? '';
    if (cutOff !== '') writeWhole(this.#journalPath, lines.map((line) => `${line}\n`).join(''));
    return lines.map((line) => JSON.parse(line) as JournalLine);
  }

  appendJournal(line: JournalLine): void {
    appendFileSync(this.#journalPath, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  writeState(state: SavedState): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    writeWhole(this.#statePath, JSON.stringify(state));
  }

  /** Writes once, shortly after the first of many changes. */
  writeSoon(state: () => SavedState): void {
    this.#timer ??= setTimeout(() => this.writeState(state()), writeDelayMs).unref();
  }
}

function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** JSON.stringify writes a Buffer as {type, data}. */
function reviveBuffer(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('data' in value)) return value;
  return value.type === 'Buffer' && Array.isArray(value.data) ? Buffer.from(value.data as number[]) : value;
}
