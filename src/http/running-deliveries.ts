import type { Logger } from '../base/logger.ts';
import type { OpenedMessage } from '../flows/ports/messages.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';

/** About a third of a second of draws of one process on one core: whoever comes later would be answered late. */
const RUNNING_MAX = 1000;
/** WeChat sends a message again after 5 s (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). */
const FIRST_WITHIN_MS = 4000;
const TOLD_EVERY_MS = 1000;

/**
 * How many deliveries this process works on. Beyond the bound a new message is turned away at the door, before anything
 * is asked or written for it: turning away must cost a fraction of a draw, or a crowd slows everybody down. Repeats are let in,
 * because their message may be decided, and so are events, which nobody would send again.
 */
export class RunningDeliveries {
  readonly #options: { readonly runningMax: number; readonly clock: Pick<Clock, 'nowMs'>; readonly logger: Logger };
  #running = 0;
  #turnedAway = 0;

  constructor(options: {
    readonly clock: Pick<Clock, 'nowMs'>;
    readonly logger: Logger;
    readonly runningMax?: number;
  }) {
    this.#options = { runningMax: RUNNING_MAX, ...options };
  }

  /** Lets a delivery in, which then has to leave; false when there are too many. */
  enter({ message, mayReply }: Pick<OpenedMessage, 'message' | 'mayReply'>): boolean {
    const { runningMax, clock } = this.#options;
    const isNew = clock.nowMs() - message.createTimeSeconds * 1000 < FIRST_WITHIN_MS;
    if (this.#running >= runningMax && isNew && mayReply && message.kind !== 'event') {
      this.#noteTurnedAway();
      return false;
    }
    this.#running += 1;
    return true;
  }

  leave(): void {
    this.#running -= 1;
  }

  /** One line a second, however many there are. */
  #noteTurnedAway(): void {
    this.#turnedAway += 1;
    if (this.#turnedAway > 1) return;
    setTimeout(() => {
      this.#options.logger.warn({ messages: this.#turnedAway, running: this.#running }, 'messages-turned-away');
      this.#turnedAway = 0;
    }, TOLD_EVERY_MS).unref();
  }
}
