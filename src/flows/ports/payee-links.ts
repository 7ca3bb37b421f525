import type { Fen } from '../../base/fen.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from './followers.ts';

/** How a link came about: by the one-time link of a reply, or because WeChat says both openids are one person. */
export type LinkedBy = 'link' | 'union-id';

/** What waits until somebody says to whom it goes. */
export interface UnlinkedAwards {
  readonly packets: number;
  readonly amountFen: Fen;
  /** Of the latest one; null when there is none. */
  readonly activityName: string | null;
}

/**
 * Whom people of a chat account are paid as under the account that pays. A pair is linked once and for good, and no
 * payee stands for two people of one account. Times are Unix ms of the one clock. Each throws OutsideTrouble when the
 * database cannot answer.
 */
export interface PayeeLinks {
  /** Returns the openid a person is paid under at this account, or undefined while nobody knows. */
  payeeOf(person: PersonKey, payeeAccount: AccountId): Promise<Openid | undefined>;
  /**
   * Links a person with a payee and makes everything that waited for it due, in one transaction. Linking the same two
   * again changes nothing. Throws WrongRequest `payee-taken` (409) when either is linked with somebody else already.
   */
  link(input: {
    readonly person: PersonKey;
    readonly payee: PersonKey;
    readonly by: LinkedBy;
    readonly nowMs: number;
  }): Promise<void>;
  /** Links a person whom the paying account knows under the same union id; undefined when it knows none. */
  linkByUnionId(person: PersonKey, payeeAccount: AccountId, nowMs: number): Promise<Openid | undefined>;
  unlinkedAwards(person: PersonKey): Promise<UnlinkedAwards>;
  /**
   * Looks at the next payouts without a payee after `after`, at most `most`, and links whom a union id tells. Returns
   * whose union id nobody knows yet although the paying account knows some, and where to go on: null after the last one.
   */
  sweep(input: { readonly after: UnlinkedPlace | null; readonly most: number; readonly nowMs: number }): Promise<{
    readonly linked: number;
    readonly unknown: readonly UnlinkedPerson[];
    readonly next: UnlinkedPlace | null;
  }>;
}

/** A winner without a payee under the account that pays. */
export interface UnlinkedPerson extends PersonKey {
  readonly payeeAccount: AccountId;
}

/** A payout without a payee, as the place where a sweep goes on. */
export interface UnlinkedPlace {
  readonly accountId: AccountId;
  readonly awardId: string;
}

/** Seals what an address must not show; `open` throws for anything it did not seal for this purpose. */
export interface TokenSeal {
  seal(purpose: string, text: string): string;
  open(purpose: string, sealed: string): string;
}
