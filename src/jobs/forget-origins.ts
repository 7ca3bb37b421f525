import type { Logger } from '../base/logger.ts';
import type { DrawOrigins } from '../flows/ports/draw-origins.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

// A rule looks back a day at most; processes' clocks differ by less than the rest.
const KEPT_MS = 25 * 3_600_000;
const EVERY_MS = 60_000;
const ROWS_A_STEP = 5000;

/** Forgets where draws came from as soon as no rule can ask any more. Any number of processes may do it. */
export class ForgetOrigins {
  readonly #loop: PacedLoop;

  constructor(options: { readonly origins: DrawOrigins; readonly clock: Clock; readonly logger: Logger }) {
    const { origins, clock, logger } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      // Ends, because what is old only becomes less while it goes on.
      const beforeMs = clock.nowMs() - KEPT_MS;
      while (!signal.aborted && (await origins.forgetBefore(beforeMs, ROWS_A_STEP)) === ROWS_A_STEP);
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs: EVERY_MS, failed: 'draw-origins-not-forgotten', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
