import type { AccountId, Openid } from '../../base/ids.ts';
import type { FollowerRecord, StrangerRecord } from './follower-records.ts';

/** A round over everyone who follows an account, in the hands of one process. */
export interface RefreshRound {
  readonly account: AccountId;
  /** Whoever was asked about since has been done in this round. */
  readonly beganAtMs: number;
}

/** What WeChat said of some people of an account. */
export interface ToldOfFollowers {
  readonly account: AccountId;
  readonly told: readonly (FollowerRecord | StrangerRecord)[];
  /** Unix ms before the call. */
  readonly askedAtMs: number;
  /** Who followed before this and was never heard of is not written down; null for everyone. */
  readonly keepFromMs: number | null;
}

/**
 * Who has been asked about when, so that a round goes on after a restart and only one process makes it. Each throws
 * OutsideTrouble when the database cannot answer.
 */
export interface FollowerRefreshes {
  /**
   * Returns the round to go on with: one of this holder's, one that is due, or one whose holder was not heard of for a
   * minute. Null when there is none. An account is due for the first time ten minutes after it was first seen.
   */
  take(holder: string, nowMs: number): Promise<RefreshRound | null>;
  /** Those of these people who have not been asked about in this round. */
  notAsked(round: RefreshRound, people: readonly Openid[]): Promise<readonly Openid[]>;
  /** Followers we know who have not been asked about in this round. */
  leftOver(round: RefreshRound, most: number): Promise<readonly Openid[]>;
  /** What happened before a person was erased is not written down. */
  note(told: ToldOfFollowers): Promise<void>;
  /** WeChat would not tell of them: they are left out until the next round. */
  leaveOut(round: RefreshRound, people: readonly Openid[], nowMs: number): Promise<void>;
  /** The round is over, and the next one is due a day after it began. */
  finish(round: RefreshRound, nowMs: number): Promise<void>;
  /** The round rests until a time and then goes on; `reason` is for operators. */
  rest(round: RefreshRound, untilMs: number, reason: string): Promise<void>;
}
