import type { Logger } from '../base/logger.ts';
import type { TellLateReplies } from '../flows/chat/tell-late-replies.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;

/** Looks for late replies each second and once an hour forgets what is over. Several processes may run it. */
export class LateReplyTeller {
  readonly #loop: PacedLoop;
  #forgotAtMs = -Infinity;

  constructor(options: {
    readonly teller: TellLateReplies;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { teller, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && (await teller.tellDue()) > 0);
      if (clock.nowMs() - this.#forgotAtMs < FORGET_EVERY_MS) return;
      await teller.forgetOld();
      this.#forgotAtMs = clock.nowMs();
    };
    // A message under way has 5 s; whoever is cut off leaves it unclear.
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'late-replies-not-looked-at', work, graceMs: 6000 });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
