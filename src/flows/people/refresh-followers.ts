import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { Openid } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { forgottenBeforeMs } from '../../rules/retention.ts';
import type { Account, AccountDirectory } from '../ports/accounts.ts';
import type { FollowerRecords } from '../ports/follower-records.ts';
import type { FollowerRefreshes, RefreshRound } from '../ports/follower-refreshes.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

/** What one call takes (https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo.html). */
export const PEOPLE_A_CALL = 100;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const AGAIN_MS = 10 * MINUTE_MS;

/** Keeps tags, follows and union ids as WeChat has them, so that nobody waits for WeChat between message and reply. */
export interface RefreshFollowers {
  /**
   * Asks WeChat about at most a hundred people of one account and says how many that were. An account whose right is
   * missing or whose quota is used up rests for a day, other trouble for ten minutes. Throws OutsideTrouble when the
   * database cannot answer.
   */
  round(): Promise<number>;
}

/** One account's list of followers as far as it was read. */
interface Reading {
  readonly beganAtMs: number;
  /** Of the page at hand, still to be asked about. */
  readonly people: Openid[];
  /** Where the next page begins; null for the first one, and behind the last. */
  next: Openid | null;
  begun: boolean;
}

export interface RefreshFollowersOptions {
  readonly refreshes: FollowerRefreshes;
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly records: Pick<FollowerRecords, 'page' | 'records'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

/**
 * Returns the flow behind the daily refresh. WeChat's list of followers comes first, page by page; then those we still
 * take for followers although the list did not name them. Which people of a page are done is asked of the store, so
 * that another process goes on where one died.
 */
export function createRefreshFollowers(options: RefreshFollowersOptions): RefreshFollowers {
  const { refreshes, accounts, clock, luck, logger } = options;
  const asking = new FollowerAsking(options);
  const holder = luck.randomId();
  return {
    async round() {
      const round = await refreshes.take(holder, clock.nowMs());
      if (round === null) return 0;
      const account = await accounts.account(round.account);
      if (account === undefined) {
        await refreshes.rest(round, clock.nowMs() + DAY_MS, 'account-not-found');
        return 0;
      }
      try {
        return await asking.goOn(account, round);
      } catch (error) {
        if (!(error instanceof OutsideTrouble) || error.code.startsWith('database-')) throw error;
        const long = error.code === 'wechat-configuration' || error.code === 'wechat-quota';
        logger.warn({ account: account.id, code: error.code, error: error.message }, 'followers-refresh-rests');
        await refreshes.rest(round, clock.nowMs() + (long ? DAY_MS : AGAIN_MS), error.code);
        return 0;
      }
    },
  };
}

/** Reads accounts' lists of followers bit by bit and asks about the people. */
class FollowerAsking {
  readonly #options: RefreshFollowersOptions;
  readonly #readings = new Map<Account['id'], Reading>();

  constructor(options: RefreshFollowersOptions) {
    this.#options = options;
  }

  /** Asks about the next people, or ends the round when there are none. Returns how many there were. */
  async goOn(account: Account, round: RefreshRound): Promise<number> {
    const { refreshes, clock, logger } = this.#options;
    const people = await this.#nextPeople(account, round);
    if (people.length > 0) {
      await this.#askAbout(account, round, people);
    } else {
      await refreshes.finish(round, clock.nowMs());
      this.#readings.delete(account.id);
      logger.info({ account: account.id, tookMs: clock.nowMs() - round.beganAtMs }, 'followers-refreshed');
    }
    return people.length;
  }

  async #nextPeople(account: Account, round: RefreshRound): Promise<readonly Openid[]> {
    const { records, refreshes } = this.#options;
    const reading = this.#readingOf(round);
    // Ends: each turn reads another page, and the page behind the last one is empty.
    while (reading.people.length === 0 && (!reading.begun || reading.next !== null)) {
      const page = await records.page(account, reading.next);
      reading.people.push(...(await refreshes.notAsked(round, page.openids)));
      reading.begun = true;
      // A page that does not move on would be read for ever.
      reading.next = page.next === reading.next ? null : page.next;
    }
    if (reading.people.length > 0) return reading.people.splice(0, PEOPLE_A_CALL);
    return refreshes.leftOver(round, PEOPLE_A_CALL);
  }

  async #askAbout(account: Account, round: RefreshRound, people: readonly Openid[]): Promise<void> {
    const { records, refreshes, clock, logger } = this.#options;
    const askedAtMs = clock.nowMs();
    try {
      const told = await records.records(account, people);
      const keepFromMs = account.retentionDays === null ? null : forgottenBeforeMs(askedAtMs, account.retentionDays);
      await refreshes.note({ account: account.id, told, askedAtMs, keepFromMs });
    } catch (error) {
      if (!(error instanceof WrongRequest)) {
        this.#readingOf(round).people.unshift(...people);
        throw error;
      }
      logger.warn({ account: account.id, people: people.length, error: error.message }, 'followers-not-told');
      await refreshes.leaveOut(round, people, askedAtMs);
    }
  }

  #readingOf({ account, beganAtMs }: RefreshRound): Reading {
    const known = this.#readings.get(account);
    if (known?.beganAtMs === beganAtMs) return known;
    const reading: Reading = { beganAtMs, people: [], next: null, begun: false };
    this.#readings.set(account, reading);
    return reading;
  }
}
