import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { FollowerRecords } from '../ports/follower-records.ts';
import type { FollowerBook } from '../ports/followers.ts';
import type { PayeeLinks, UnlinkedPerson, UnlinkedPlace } from '../ports/payee-links.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** Finds the payees of winners who have not said where their red packets go. */
export interface FindPayees {
  /**
   * Looks at the next payouts without a payee and returns where to go on, null for the first again. Throws
   * OutsideTrouble when the database cannot answer.
   */
  round(after: UnlinkedPlace | null): Promise<UnlinkedPlace | null>;
}

const PAYOUTS_MAX = 500;
/** What one call takes (https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo.html). */
const PEOPLE_A_CALL = 100;
const ASK_AGAIN_MS = 24 * 3_600_000;
// An account without the right to ask, as most subscription accounts are, need not hear of it all day.
const REFUSED_MS = 3_600_000;
const REMEMBERED_MAX = 20_000;

/**
 * Links whom a union id tells. WeChat is asked for the union id of people of the chat account, once a day and a hundred
 * in a call, where the paying account knows any union ids at all.
 */
export function createFindPayees(options: {
  readonly links: Pick<PayeeLinks, 'sweep' | 'linkByUnionId'>;
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly records: Pick<FollowerRecords, 'records'>;
  readonly followers: Pick<FollowerBook, 'unionIdSeen'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  readonly most?: number;
}): FindPayees {
  const { links, clock, logger, most = PAYOUTS_MAX } = options;
  /** Until when somebody, or nobody of an account, is asked about. */
  const quietUntilMs = new Map<string, number>();
  const isQuiet = (name: string): boolean => (quietUntilMs.get(name) ?? 0) > clock.nowMs();
  const quieten = (name: string, forMs: number): void => {
    const oldest = quietUntilMs.size >= REMEMBERED_MAX ? quietUntilMs.keys().next().value : undefined;
    if (oldest !== undefined) quietUntilMs.delete(oldest);
    quietUntilMs.set(name, clock.nowMs() + forMs);
  };

  async function ask(account: AccountId, people: readonly UnlinkedPerson[]): Promise<number> {
    const asked = people.filter(({ openid }) => !isQuiet(`${account} ${openid}`)).slice(0, PEOPLE_A_CALL);
    if (asked.length === 0 || isQuiet(account)) return 0;
    try {
      const linked = await askAndLink(options, account, asked);
      for (const { openid } of asked) quieten(`${account} ${openid}`, ASK_AGAIN_MS);
      return linked;
    } catch (error) {
      if (!(error instanceof OutsideTrouble) && !(error instanceof WrongRequest)) throw error;
      logger.warn({ account, code: error.code, error: error.message }, 'union-ids-not-told');
      quieten(account, REFUSED_MS);
      return 0;
    }
  }

  return {
    async round(after) {
      const { linked, unknown, next } = await links.sweep({ after, most, nowMs: clock.nowMs() });
      let more = 0;
      for (const [account, people] of Map.groupBy(unknown, (person) => person.account))
        more += await ask(account, people);
      if (linked + more > 0) logger.info({ payees: linked + more }, 'payees-found');
      return next;
    },
  };
}

/** Returns how many of these people of one account have a payee now. */
async function askAndLink(
  { links, accounts, records, followers, clock }: Parameters<typeof createFindPayees>[0],
  accountId: AccountId,
  people: readonly UnlinkedPerson[],
): Promise<number> {
  const account = await accounts.account(accountId);
  if (account === undefined) return 0;
  const told = await records.records(
    account,
    people.map(({ openid }) => openid),
  );
  const unionIds = new Map(told.map(({ openid, unionId }) => [openid, unionId]));
  let linked = 0;
  for (const { payeeAccount, ...person } of people) {
    const unionId = unionIds.get(person.openid) ?? null;
    if (unionId === null) continue;
    await followers.unionIdSeen(person, { unionId, atMs: clock.nowMs() });
    if ((await links.linkByUnionId(person, payeeAccount, clock.nowMs())) !== undefined) linked += 1;
  }
  return linked;
}
