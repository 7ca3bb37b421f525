import type { Logger } from '../base/logger.ts';
import type { RequestTurns } from './request-turns.ts';

/** About a third of a second of draws of one process on one core: whoever comes later would be answered late. */
const RUNNING_MAX = 1000;
/** Requests that wait so long to be begun come faster than they can be answered. */
const DELAY_MAX_MS = 400;
const TOLD_EVERY_MS = 1000;

/**
 * How many deliveries this process works on, and whether a new message can still be settled soon. One that cannot is
 * turned away before anything is decided or written for it: that must cost a fraction of a draw, or a crowd slows
 * everybody down.
 */
export class RunningDeliveries {
  readonly #options: {
    readonly runningMax: number;
    readonly turns: Pick<RequestTurns, 'delayMs'>;
    readonly logger: Logger;
  };
  #running = 0;
  #turnedAway = 0;

  constructor(options: {
    readonly turns: Pick<RequestTurns, 'delayMs'>;
    readonly logger: Logger;
    readonly runningMax?: number;
  }) {
    this.#options = { runningMax: RUNNING_MAX, ...options };
  }

  isFull(): boolean {
    const { runningMax, turns } = this.#options;
    return this.#running >= runningMax || turns.delayMs > DELAY_MAX_MS;
  }

  enter(): void {
    this.#running += 1;
  }

  leave(): void {
    this.#running -= 1;
  }

  /** Notes it in one line a second, however many there are. */
  noteTurnedAway(): void {
    this.#turnedAway += 1;
    if (this.#turnedAway > 1) return;
    setTimeout(() => {
      const { logger, turns } = this.#options;
      const delayMs = Math.round(turns.delayMs);
      logger.warn({ messages: this.#turnedAway, running: this.#running, delayMs }, 'messages-turned-away');
      this.#turnedAway = 0;
    }, TOLD_EVERY_MS).unref();
  }
}
