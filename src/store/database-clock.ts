import type pg from 'pg';
import type { Logger } from '../base/logger.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';

const ALIGN_EVERY_MS = 60_000;
const SAMPLES = 3;

/**
 * This machine's monotonic clock set to the database's time, so that several processes agree on leases and days even
 * when their own clocks do not. It never jumps with the machine's wall clock.
 */
export class DatabaseClock implements Clock {
  readonly #pool: pg.Pool;
  readonly #logger: Logger;
  #offsetMs = Date.now() - performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { pool: pg.Pool; logger: Logger }) {
    this.#pool = options.pool;
    this.#logger = options.logger;
  }

  nowMs(): number {
    return Math.floor(performance.now() + this.#offsetMs);
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return realSleep(durationMs, signal);
  }

  /** Aligns once and then every minute. Throws when the database cannot be asked the first time. */
  async start(): Promise<void> {
    await this.#align();
    this.#timer = setInterval(() => {
      this.#align().catch((error: Error) => this.#logger.warn({ error: error.message }, 'clock-not-aligned'));
    }, ALIGN_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #align(): Promise<void> {
    let best = { roundTripMs: Infinity, offsetMs: this.#offsetMs };
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const sentMs = performance.now();
      // The one place that reads the database's clock; everything else gets its time from here as a parameter.
      const answer = await this.#pool.query<{ ms: number }>(
        'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
      );
      const gotMs = performance.now();
      const databaseMs = answer.rows[0]?.ms;
      if (databaseMs === undefined || gotMs - sentMs >= best.roundTripMs) continue;
      best = { roundTripMs: gotMs - sentMs, offsetMs: databaseMs - (sentMs + gotMs) / 2 };
    }
    const differenceMs = best.offsetMs - (Date.now() - performance.now());
    if (Math.abs(differenceMs) > 1000) {
      this.#logger.warn({ differenceMs: Math.round(differenceMs) }, 'machine-clock-differs-from-database');
    }
    this.#offsetMs = best.offsetMs;
  }
}

/** Resolves after so many real ms, or at once when the signal aborts. */
export function realSleep(durationMs: number, signal?: AbortSignal): Promise<void> {
  if (durationMs <= 0 || signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    // Rounded up: a timer that fires early would find that its time has not come.
    const timer = setTimeout(end, Math.ceil(durationMs));
    signal?.addEventListener('abort', end, { once: true });
  });
}
