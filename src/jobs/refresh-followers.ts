import type { Logger } from '../base/logger.ts';
import { PEOPLE_A_CALL } from '../flows/people/refresh-followers.ts';
import type { RefreshFollowers } from '../flows/people/refresh-followers.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

const MINUTE_MS = 60_000;

/**
 * Asks WeChat about followers at an even pace, all day long where an account has many of them. Any number of processes
 * may do it: each account is in the hands of one.
 */
export class RefreshFollowersJob {
  readonly #loop: PacedLoop;

  constructor(options: {
    readonly refresh: RefreshFollowers;
    readonly clock: Clock;
    readonly logger: Logger;
    /** Most people asked about in a minute by this process, 1 to 60,000. */
    readonly peoplePerMinute: number;
  }) {
    const { refresh, clock, logger, peoplePerMinute } = options;
    const everyMs = Math.ceil((PEOPLE_A_CALL * MINUTE_MS) / peoplePerMinute);
    const work = async (): Promise<void> => {
      await refresh.round();
    };
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'followers-not-refreshed', work });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
