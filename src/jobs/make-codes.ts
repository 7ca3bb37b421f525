import type { Logger } from '../base/logger.ts';
import type { MakeCodes } from '../flows/codes/make-codes.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 1000;

/** Generates the codes that operators ordered, part by part, and clears away what was dropped. */
export class MakeCodesJob {
  readonly #loop: PacedLoop;

  constructor(options: { readonly codes: MakeCodes; readonly clock: Clock; readonly logger: Logger }) {
    const { codes, clock, logger } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      // Ends, because a pool has a bound and only grows while it is made.
      while (!signal.aborted && (await codes.round(signal)));
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs: EVERY_MS, failed: 'codes-not-made', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
