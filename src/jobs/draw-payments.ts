import type { Logger } from '../base/logger.ts';
import type { DrawPayments } from '../flows/payments/draw-payments.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 500;
const FORGET_EVERY_MS = 3_600_000;

/** Goes on with payments that are due, twice a second, and forgets old ones once an hour. Several processes may run it. */
export class DrawPaymentsJob {
  readonly #loop: PacedLoop;
  #forgotAtMs = -Infinity;

  constructor(options: {
    readonly drawPayments: DrawPayments;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { drawPayments, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && (await drawPayments.drawDue(signal)) > 0);
      if (signal.aborted || clock.nowMs() - this.#forgotAtMs < FORGET_EVERY_MS) return;
      await drawPayments.forgetOld();
      this.#forgotAtMs = clock.nowMs();
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'payments-not-drawn', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
