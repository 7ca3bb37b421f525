import type { Logger } from '../base/logger.ts';
import type { ForecastWatch } from '../flows/forecast/watch-forecasts.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 600_000;

/** Holds running activities against their forecasts every ten minutes. */
export class WatchForecasts {
  readonly #loop: PacedLoop;

  constructor(options: { readonly watch: ForecastWatch; readonly clock: Clock; readonly logger: Logger }) {
    const { watch, clock, logger } = options;
    this.#loop = new PacedLoop({
      clock,
      logger,
      everyMs: EVERY_MS,
      failed: 'forecasts-not-watched',
      work: () => watch.look(),
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
