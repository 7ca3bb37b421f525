import type { Logger } from '../base/logger.ts';
import type { FindPayees } from '../flows/payees/find-payees.ts';
import type { UnlinkedPlace } from '../flows/ports/payee-links.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 10_000;

/**
 * Looks every ten seconds for payees of the next payouts that have none, from the first again after the last. Several
 * processes may run it: linking the same two again changes nothing.
 */
export class LinkPayees {
  readonly #loop: PacedLoop;
  #after: UnlinkedPlace | null = null;

  constructor(options: {
    readonly findPayees: FindPayees;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly everyMs?: number;
  }) {
    const { findPayees, clock, logger, everyMs = EVERY_MS } = options;
    const work = async (): Promise<void> => {
      this.#after = await findPayees.round(this.#after);
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'payees-not-looked-for', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
