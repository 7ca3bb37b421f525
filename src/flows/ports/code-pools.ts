import type { AccountId, ActivityId, AwardId, Openid } from '../../base/ids.ts';

/** entry: people enter by its codes; voucher: its codes are prizes. */
export type PoolPurpose = 'entry' | 'voucher';

/** What a publication looks at of a pool. dropped: it is being taken away. */
export interface BoundPool {
  readonly id: string;
  readonly purpose: PoolPurpose;
  readonly state: 'making' | 'ready' | 'dropped';
  readonly size: number;
  /** The one activity that uses it; null until one is published. */
  readonly activityId: ActivityId | null;
}

/** A pool of one-time codes, unique by its id within an account. */
export interface CodePool extends BoundPool {
  readonly name: string;
  readonly origin: 'generated' | 'imported';
  /** What every generated code begins with, folded. */
  readonly prefix: string;
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** How many it will have once it is made; 0 for an imported one. */
  readonly wanted: number;
  readonly used: number;
  readonly madeBy: string;
  readonly madeAtMs: number;
}

export interface PoolKey {
  readonly account: AccountId;
  readonly pool: string;
}

/** A pool that is generated or whose file is being read. */
export interface NewPool extends PoolKey {
  readonly name: string;
  readonly purpose: PoolPurpose;
  readonly origin: CodePool['origin'];
  readonly prefix: string;
  readonly wanted: number;
  readonly lengthMin: number;
  readonly lengthMax: number;
  readonly madeBy: string;
  readonly nowMs: number;
}

/** A pool that is not ready, and when somebody last worked on it. */
export interface UnfinishedPool extends CodePool {
  readonly account: AccountId;
  readonly lookedAtMs: number;
}

/** What became of a code. */
export interface CodeUse {
  readonly activityId: ActivityId;
  /** A pseudonym where the person was erased. */
  readonly openid: Openid;
  readonly awardId: AwardId | null;
  readonly usedAtMs: number;
}

/** Pools of one-time codes. Each method throws OutsideTrouble when the database cannot answer. */
export interface CodePools {
  /** The account's pools, the newest first; those that are being taken away left out. */
  list(account: AccountId): Promise<readonly CodePool[]>;
  find(key: PoolKey): Promise<CodePool | undefined>;
  /** Throws WrongRequest `pool-taken` (409) or `account-not-found` (404). */
  create(pool: NewPool): Promise<void>;
  /**
   * Adds codes to a pool in the making, at the places after `after`, all or none: returns the places whose code the
   * pool has already. Returns null when the pool is not in the making, or not `after` codes large, any more.
   */
  add(
    key: PoolKey,
    codes: readonly string[],
    at: { readonly after: number; readonly nowMs: number },
  ): Promise<readonly number[] | null>;
  /** Declares a pool in the making whole; its codes never change afterwards. */
  finish(key: PoolKey, lengths: { readonly lengthMin: number; readonly lengthMax: number }): Promise<void>;
  /** Takes back a pool that no activity uses; its codes go bit by bit. False when there is none, or one uses it. */
  drop(key: PoolKey): Promise<boolean>;
  /** Removes up to so many codes of a pool that is dropped, and at last the pool. False when nothing is left to do. */
  clear(key: PoolKey, most: number): Promise<boolean>;
  /** Pools that are being made, and such as are being taken away, those that nobody has worked on longest first. */
  unfinished(most: number): Promise<readonly UnfinishedPool[]>;
  /** Whether the pool has the code, and who used it: undefined when it has not, null when nobody has. */
  lookUp(key: PoolKey, code: string): Promise<CodeUse | null | undefined>;
  /** The next codes of a pool by their place, with when each was used. */
  codes(
    key: PoolKey,
    page: { readonly after: number; readonly most: number },
  ): Promise<readonly { readonly place: number; readonly code: string; readonly usedAtMs: number | null }[]>;
  /** The voucher that an award handed out; undefined when it handed out none. */
  voucherOf(account: AccountId, award: AwardId): Promise<string | undefined>;
}
