import type { Logger } from '../base/logger.ts';
import type { SettleInvitations } from '../flows/invitations/settle-invitations.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 1000;
const GRACE_MS = 6000;

/** Settles each second the invitations whose condition was met. Several processes may run it. */
export class SettleInvitationsJob {
  readonly #loop: PacedLoop;

  constructor(options: {
    readonly settle: SettleInvitations;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { settle, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && (await settle.round()) > 0);
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'invitations-not-settled', work, graceMs: GRACE_MS });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
