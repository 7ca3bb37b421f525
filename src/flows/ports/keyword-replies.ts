import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { CodeShape } from '../../rules/code-shape.ts';
import type { KeywordReply } from './chat-settings.ts';

/** A keyword reply as operators see it. */
export interface StoredReply extends KeywordReply {
  readonly enabled: boolean;
  /** Goes up by one with every change but of the order. */
  readonly revision: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a live activity listens to. */
export interface ActivityWords {
  readonly id: ActivityId;
  readonly slug: string;
  readonly name: string;
  readonly publishedAtMs: number;
  readonly rule: Pick<ActivityRule, 'trigger' | 'priority'>;
}

/** Everything an account listens to. */
export interface WordsInUse {
  readonly activities: readonly ActivityWords[];
  /** In the operators' order, those switched off included. */
  readonly replies: readonly StoredReply[];
  readonly myAwardsKeyword: string;
  /** What the one-time codes of its pools look like, by pool. */
  readonly codeShapes: ReadonlyMap<string, CodeShape>;
}

/** One change of an account's keyword replies. */
export type ReplyChange =
  | { readonly kind: 'add' | 'replace'; readonly reply: KeywordReply & { readonly enabled: boolean } }
  | { readonly kind: 'remove'; readonly id: string }
  /** Every id there is, in the new order. */
  | { readonly kind: 'order'; readonly ids: readonly string[] };

/** Where keyword replies are kept. Each throws OutsideTrouble, and WrongRequest `account-not-found` (404). */
export interface KeywordReplies {
  words(account: AccountId): Promise<WordsInUse>;
  /**
   * Under the account's lock: asks `decide` for the change (it throws to refuse), writes it and returns what is in use
   * then. Throws WrongRequest `activity-unknown` (400) for an activity that is not the account's.
   */
  change(
    place: { readonly account: AccountId; readonly nowMs: number },
    decide: (words: WordsInUse) => ReplyChange,
  ): Promise<WordsInUse>;
}
