import type { Logger } from '../base/logger.ts';
import type { RunIssues } from '../flows/issues/run-issues.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 250;
const GRACE_MS = 6000;
const FORGET_EVERY_MS = 3_600_000;

/** Gives the lines of confirmed batches their awards, a chunk at a time. Several processes may run it. */
export class RunIssuesJob {
  readonly #loop: PacedLoop;
  #forgotAtMs = -Infinity;

  constructor(options: {
    readonly runIssues: RunIssues;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { runIssues, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && (await runIssues.round()));
      if (clock.nowMs() - this.#forgotAtMs < FORGET_EVERY_MS) return;
      await runIssues.forgetOld();
      this.#forgotAtMs = clock.nowMs();
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'issues-not-run', work, graceMs: GRACE_MS });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
