import type { Logger } from '../../base/logger.ts';
import { forgottenBeforeMs } from '../../rules/retention.ts';
import type { Account, AccountDirectory } from '../ports/accounts.ts';
import type { ErasePerson, KnownPeople, PeopleSource } from '../ports/erasures.ts';
import type { Clock } from '../ports/time-and-luck.ts';

const SOURCES: readonly PeopleSource[] = ['draw', 'follower', 'web_profile', 'scene_visit'];
const PEOPLE_PER_LOOK = 200;

/** Erases whoever was not seen for as long as their account keeps people. */
export interface ForgetUnseen {
  /**
   * Goes through everyone known once and returns how many erasures were begun. May be broken off by the signal and begun
   * anew: whoever was erased is not found again. Throws OutsideTrouble.
   */
  sweep(signal: AbortSignal): Promise<number>;
}

/** Returns the flow behind the retention setting. */
export function createForgetUnseen(options: {
  readonly accounts: Pick<AccountDirectory, 'accounts'>;
  readonly people: KnownPeople;
  readonly erasePerson: ErasePerson;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): ForgetUnseen {
  const { accounts, people, erasePerson, clock, logger } = options;

  async function sweepSource(account: Account['id'], source: PeopleSource, run: Run): Promise<number> {
    let begun = 0;
    let after: string | null = '';
    // Ends, because openids only go up.
    while (after !== null && !run.signal.aborted) {
      const look = { account, source, after, beforeMs: run.beforeMs, most: PEOPLE_PER_LOOK };
      const found = await people.notSeenSince(look);
      for (const { openid } of found.people) {
        if (run.signal.aborted) break;
        await erasePerson.erase({ account, openid }, { reason: 'retention', requestedBy: 'retention' });
        begun += 1;
      }
      after = found.next;
    }
    return begun;
  }

  return {
    async sweep(signal) {
      let all = 0;
      for (const { id, retentionDays } of await accounts.accounts()) {
        if (retentionDays === null) continue;
        const run: Run = { signal, beforeMs: forgottenBeforeMs(clock.nowMs(), retentionDays) };
        let begun = 0;
        for (const source of SOURCES) begun += await sweepSource(id, source, run);
        logger.info({ account: id, retentionDays, people: begun }, 'people-not-seen-are-erased');
        all += begun;
      }
      return all;
    },
  };
}

interface Run {
  readonly signal: AbortSignal;
  readonly beforeMs: number;
}
