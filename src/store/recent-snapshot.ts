import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

interface RecentSnapshotOptions<Value> {
  /** Reads everything anew. Throws OutsideTrouble when the database cannot answer. */
  readonly read: () => Promise<Value>;
  /** Ms that never go back. */
  readonly nowMs: () => number;
  readonly logger: Logger;
  /** What the log calls it when an old one is served. */
  readonly stale: string;
  /** How long what was read is served while nothing newer can be had. */
  readonly staleMaxMs: number;
}

const FRESH_MS = 1000;
/** How long a caller waits for a database that used to answer before it takes what was known; replies have 5 s in all. */
const PATIENCE_MS = 300;

/**
 * Keeps what many ask for and few change: at most a second old, one small reading a second whatever the number of
 * askers, and served older for a while when the database is away.
 */
export class RecentSnapshot<Value> {
  readonly #options: RecentSnapshotOptions<Value>;
  #latest: { readonly atMs: number; readonly value: Value } | null = null;
  #reading: { readonly sinceMs: number; readonly value: Promise<Value> } | null = null;
  #told = false;

  constructor(options: RecentSnapshotOptions<Value>) {
    this.#options = options;
  }

  /** Throws OutsideTrouble when nothing recent enough is known. */
  async current(): Promise<Value> {
    const { nowMs, logger, stale, staleMaxMs } = this.#options;
    const before = this.#latest;
    const ageMs = before === null ? Infinity : nowMs() - before.atMs;
    if (before !== null && ageMs < FRESH_MS) return before.value;
    const reading = this.#refresh();
    if (before === null || ageMs > staleMaxMs) return reading.value;
    try {
      return await within(reading.value, PATIENCE_MS - (nowMs() - reading.sinceMs));
    } catch (error) {
      if (!(error instanceof OutsideTrouble)) throw error;
      // Once for each time the database is away, not for each asker.
      if (!this.#told) logger.warn({ ageMs: Math.round(ageMs), error: error.message }, stale);
      this.#told = true;
      return before.value;
    }
  }

  /** Joins the reading under way. Who comes when it has lasted a while does not wait all over again. */
  #refresh(): { readonly sinceMs: number; readonly value: Promise<Value> } {
    this.#reading ??= {
      sinceMs: this.#options.nowMs(),
      value: this.#read().finally(() => (this.#reading = null)),
    };
    return this.#reading;
  }

  async #read(): Promise<Value> {
    // From before the question, because what is written while it is answered may be missing from it.
    const atMs = this.#options.nowMs();
    const value = await this.#options.read();
    this.#latest = { atMs, value };
    this.#told = false;
    return value;
  }
}

function within<Result>(work: Promise<Result>, patienceMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new OutsideTrouble('database-slow', 'the database did not answer in time')),
      Math.max(0, patienceMs),
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
