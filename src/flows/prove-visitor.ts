import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { largestAmountFen } from '../rules/prize-schema.ts';
import { winnablePrizes } from '../rules/winnable-prizes.ts';
import type { AccountDirectory } from './ports/accounts.ts';
import type { FollowerRecords } from './ports/follower-records.ts';
import type { FollowerBook, PersonKey } from './ports/followers.ts';
import type { Clock } from './ports/time-and-luck.ts';

/**
 * Makes sure that somebody on a page is there. WeChat marks the people it makes up for snapshot pages, but the mark is
 * reported missing at times
 * (https://developers.weixin.qq.com/community/develop/doc/00048c10410368a8e13e4f59151c00), and a red packet sent to
 * such an openid is lost or somebody else's. Nobody made up follows the account or ever sent it anything.
 */
export interface ProveVisitor {
  /**
   * Returns once the openid reached us by a push of WeChat's, or WeChat says that it follows. Throws WrongRequest
   * `follow-needed` (403) for everybody else, and OutsideTrouble `visitor-unproven` while nobody can tell: ask again.
   */
  prove(person: PersonKey): Promise<void>;
}

export interface ProveVisitorOptions {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly followers: Pick<FollowerBook, 'knownFromPush'>;
  readonly records: Pick<FollowerRecords, 'record'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What was found out, for a while. */
interface Finding {
  readonly proven: boolean;
  readonly untilMs: number;
}

const PROVEN_MS = 10 * 60_000;
// Whoever follows now wants to draw at once; whoever taps without following shall not cost a call a tap.
const UNPROVEN_MS = 3000;
const REMEMBERED_MAX = 20_000;
const ASKING_MAX = 200;

/** Remembers whom it proved for 10 minutes, of at most 20,000 people, and asks once for those who ask together. */
export function createProveVisitor(options: ProveVisitorOptions): ProveVisitor {
  const { clock } = options;
  const findings = new Map<string, Finding>();
  const asking = new Map<string, Promise<boolean>>();
  const findOut = async (name: string, person: PersonKey): Promise<boolean> => {
    const proven = await isKnown(options, person);
    const oldest = findings.size >= REMEMBERED_MAX ? findings.keys().next().value : undefined;
    if (oldest !== undefined) findings.delete(oldest);
    // Deleted first, so that it counts as the newest.
    findings.delete(name);
    findings.set(name, { proven, untilMs: clock.nowMs() + (proven ? PROVEN_MS : UNPROVEN_MS) });
    return proven;
  };
  const askOnce = (name: string, person: PersonKey): Promise<boolean> => {
    const running = asking.get(name);
    if (running !== undefined) return running;
    if (asking.size >= ASKING_MAX) throw unproven('too many people are being looked up');
    const fresh = findOut(name, person).finally(() => asking.delete(name));
    asking.set(name, fresh);
    return fresh;
  };
  return {
    async prove(person) {
      const name = `${person.account} ${person.openid}`;
      const found = findings.get(name);
      const proven = found && found.untilMs > clock.nowMs() ? found.proven : await askOnce(name, person);
      if (!proven) throw new WrongRequest('follow-needed', '请先关注公众号，再回到这里抽奖', { status: 403 });
    },
  };
}

async function isKnown(options: ProveVisitorOptions, person: PersonKey): Promise<boolean> {
  if (await options.followers.knownFromPush(person)) return true;
  const account = await options.accounts.account(person.account);
  if (account === undefined) throw new WrongRequest('account-unknown', 'there is no such account', { status: 404 });
  try {
    return (await options.records.record(account, person.openid))?.subscribed === true;
  } catch (error) {
    // A refusal that fits no caller's fault says nothing about the person either.
    if (error instanceof OutsideTrouble || error instanceof WrongRequest) throw unproven(error.message, error);
    throw error;
  }
}

function unproven(reason: string, cause?: Error): OutsideTrouble {
  return new OutsideTrouble('visitor-unproven', `nobody can tell whether this person follows: ${reason}`, { cause });
}

/** Returns the most one draw can bring, in fen: the largest red packet that the rule hands out at all. */
export function largestAwardFen(rule: ActivityRule): number {
  return Math.max(0, ...winnablePrizes(rule).map(largestAmountFen));
}
