import type { Logger } from '../base/logger.ts';
import type { RunBatches } from '../flows/batches/run-batches.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 250;
const GRACE_MS = 6000;
const FORGET_EVERY_MS = 3_600_000;

/** Lets the people of confirmed lists draw, a chunk at a time. Several processes may run it. */
export class RunDrawBatches {
  readonly #loop: PacedLoop;
  #forgotAtMs = -Infinity;

  constructor(options: {
    readonly runBatches: RunBatches;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { runBatches, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && (await runBatches.round()));
      if (clock.nowMs() - this.#forgotAtMs < FORGET_EVERY_MS) return;
      await runBatches.forgetOld();
      this.#forgotAtMs = clock.nowMs();
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'draw-batches-not-run', work, graceMs: GRACE_MS });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
