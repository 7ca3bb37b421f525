import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';

export interface PacedLoopOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the log calls a round that failed. */
  readonly failed: string;
  /** From the end of a round to the next. */
  readonly everyMs: number;
  /** One round; it should end soon after the signal. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  /** How long stop() waits for a round under way. */
  readonly graceMs?: number;
}

const TROUBLE_FIRST_MS = 2000;
const TROUBLE_MAX_MS = 60_000;
const GRACE_MS = 1000;

/**
 * Does a job's rounds one after the other at its own pace, by its clock alone. A round that fails is tried again after
 * 2 s, 4 s and so on up to a minute, whatever the pace: a warning when something outside failed, else an error.
 */
export class PacedLoop {
  readonly #options: PacedLoopOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(options: PacedLoopOptions) {
    this.#options = options;
  }

  /** Begins with a round at once; throws nothing, now or later. */
  start(): void {
    this.#running = this.#run();
  }

  /** Begins no more rounds and waits a moment for the one under way, never for an answer from outside. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const { clock, graceMs = GRACE_MS } = this.#options;
    const done = new AbortController();
    await Promise.race([this.#running, clock.sleep(graceMs, done.signal)]);
    done.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const pauseMs = await this.#round(signal);
      await this.#options.clock.sleep(pauseMs, signal);
    }
  }

  /** Returns how long to wait before the next one. */
  async #round(signal: AbortSignal): Promise<number> {
    const { work, logger, failed, everyMs } = this.#options;
    try {
      await work(signal);
      this.#failures = 0;
      return everyMs;
    } catch (error) {
      this.#failures += 1;
      const pauseMs = Math.min(TROUBLE_FIRST_MS * 2 ** (this.#failures - 1), TROUBLE_MAX_MS);
      const fields = { error: String(error), failures: this.#failures, pauseMs };
      if (error instanceof OutsideTrouble) logger.warn(fields, failed);
      else logger.error(fields, failed);
      return pauseMs;
    }
  }
}
