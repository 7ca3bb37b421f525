import type { AccountId, ActivityId, Openid, RequestKey } from '../../base/ids.ts';

/** A text that operators have answered, without a draw. */
export interface KeywordReply {
  readonly id: string;
  /** Compared without case and without spaces around them. */
  readonly words: readonly string[];
  readonly match: 'exact' | 'contains';
  readonly reply: string;
  /** An activity the reply ends with a way into. */
  readonly activityId: ActivityId | null;
}

/** What a scan of a code with a scene is answered with. */
export interface SceneAnswer {
  /** Empty for nothing but the activity's link, or the account's welcome. */
  readonly reply: string;
  readonly activityId: ActivityId | null;
}

/** What operators set for a chat, read through a cache of at most one second. Throws OutsideTrouble. */
export interface ChatSettings {
  /** Those switched on, in the operators' order: the first that fits counts. */
  keywordReplies(account: AccountId): Promise<readonly KeywordReply[]>;
  /** Undefined for a scene nobody made here. */
  scene(account: AccountId, scene: string): Promise<SceneAnswer | undefined>;
}

/** Who came by which code. */
export interface SceneVisits {
  /** Counts a visit once, however often it is told. `followed`: they began to follow by it. */
  visited(visit: {
    readonly account: AccountId;
    readonly key: RequestKey;
    readonly scene: string;
    readonly openid: Openid;
    readonly followed: boolean;
    readonly atMs: number;
  }): Promise<void>;
}
