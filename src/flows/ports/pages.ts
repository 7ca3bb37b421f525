import type { AccountId, Openid, PrizeId } from '../../base/ids.ts';
import type { Fen } from '../../base/fen.ts';
import type { ParticipantFacts } from '../../rules/facts.ts';
import type { LiveActivity } from './draws.ts';

/** The last draw of a person in an activity that was not refused. */
export interface PersonsLastDraw {
  readonly outcome: 'won' | 'lost';
  readonly prizeId: PrizeId | null;
  /** What was won; 0 for a prize that is not money and for nothing. */
  readonly amountFen: Fen;
  readonly atMs: number;
}

/** Where a person stands in an activity, read at one moment. */
export interface PersonStanding {
  /** Null for someone who never took part. */
  readonly person: ParticipantFacts | null;
  readonly last: PersonsLastDraw | null;
  /** How many of each prize were drawn by everyone. */
  readonly drawn: ReadonlyMap<PrizeId, number>;
}

/**
 * What a person is told about an award. preparing: goes out in a moment. waits: not before another Beijing day, because
 * a daily limit is reached. paused: the merchant, or all sending, is stopped until someone resumes it. checking: sent, but
 * WeChat Pay has not said clearly whether it was paid. link-needed: won in an account that cannot pay, by somebody who
 * has not said yet where it goes. sent: in the chat, unopened.
 * collect: a transfer that waits for the winner to take it. in-mini-program: a packet that waits there. coupon: among the
 * winner's coupons. looked-at: an operator must decide.
 * given: a prize that is not money.
 */
export type AwardProgress =
  | 'preparing'
  | 'waits'
  | 'paused'
  | 'checking'
  | 'link-needed'
  | 'sent'
  | 'collect'
  | 'in-mini-program'
  | 'opened'
  | 'coupon'
  | 'returned'
  | 'looked-at'
  | 'given';

/** What a phone hands to WeChat to collect a transfer. */
export interface CollectAward {
  readonly mchId: string;
  readonly appId: string;
  readonly packageInfo: string;
  /** Until when about, Unix ms. */
  readonly untilMs: number;
}

export interface MyAward {
  readonly activityName: string;
  readonly prizeName: string;
  /** The voucher that was handed out; absent or null for any other prize. For nobody else's eyes. */
  readonly voucher?: string | null;
  readonly amountFen: Fen;
  readonly progress: AwardProgress;
  /** How the winner takes it, in the page of awards; present with `collect` only. For nobody else's eyes. */
  readonly collect?: CollectAward;
  /** When it goes out by itself, Unix ms; null unless it `waits`. */
  readonly waitsUntilMs: number | null;
  readonly wonAtMs: number;
}

/** A win as everyone may know of it: whose it is must be masked before it is shown. */
export interface RecentWin {
  readonly openid: Openid;
  readonly prizeId: PrizeId;
  readonly amountFen: Fen;
  readonly atMs: number;
}

/** What the pages read. Throws OutsideTrouble when the database cannot answer. */
export interface PageReads {
  /** Returns the activity at this address if it was published once and is stopped now. */
  stopped(slug: string): Promise<LiveActivity | undefined>;
  /** Of nobody, a null openid, only what everyone drew is known. */
  standing(activity: LiveActivity, openid: Openid | null): Promise<PersonStanding>;
  /**
   * Returns at most `most` awards of a person, newest first: those won under this account, and those won in accounts
   * that pay the person through this one.
   */
  awards(input: { account: AccountId; openid: Openid; most: number; nowMs: number }): Promise<readonly MyAward[]>;
  /** Returns at most `most` wins of an activity, newest first. */
  recentWins(activity: LiveActivity, most: number): Promise<readonly RecentWin[]>;
  /** Returns what the newest working code says by which people follow the account for this activity; null without one. */
  followCode(activity: LiveActivity, nowMs: number): Promise<string | null>;
}
