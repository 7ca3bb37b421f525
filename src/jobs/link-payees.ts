import type { Logger } from '../base/logger.ts';
import type { PayeeLinks, UnlinkedPlace } from '../flows/ports/payee-links.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 30_000;
const PAYOUTS_MAX = 500;

/**
 * Looks every half minute at the next 500 payouts without a payee, from the first again after the last, and links whom
 * WeChat has told us about since they won. Several processes may run it: linking the same two again changes nothing.
 */
export class LinkPayees {
  readonly #loop: PacedLoop;
  #after: UnlinkedPlace | null = null;

  constructor(options: {
    readonly links: Pick<PayeeLinks, 'sweep'>;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
    readonly most?: number;
  }) {
    const { links, clock, logger, everyMs = EVERY_MS, most = PAYOUTS_MAX } = options;
    const work = async (): Promise<void> => {
      const { linked, next } = await links.sweep({ after: this.#after, most, nowMs: clock.nowMs() });
      this.#after = next;
      if (linked > 0) logger.info({ linked }, 'payees-linked-by-union-id');
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'payees-not-looked-at', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
