/**
 * What processes share beside the database: quick, forgetful and never needed for a right draw or payout. When it is
 * away each operation has a stated answer, so that the service goes on.
 */
export interface SharedMemory {
  /** Returns true the first time a nonce is seen within `ttlMs`. Away: remembers within this process only. */
  takeNonce(nonce: string, ttlMs: number): Promise<boolean>;
  /** Takes one token from a bucket that refills steadily. Away: a bucket of this process. */
  takeFromBucket(
    bucket: string,
    rate: { readonly capacity: number; readonly perSecond: number },
  ): Promise<BucketAnswer>;
  /** Takes or renews a lease for an owner; false when someone else has it. Away: among this process only. */
  holdLease(lease: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Gives a lease back if it is still the owner's. */
  releaseLease(lease: string, owner: string): Promise<void>;
  /** Returns a stored token with the ms it still lives, or null. */
  readToken(name: string): Promise<{ readonly token: string; readonly livesMs: number } | null>;
  /**
   * Stores a token if the stored one still is `expected` (null: none). Returns false when someone else was quicker.
   */
  swapToken(
    name: string,
    expected: string | null,
    next: { readonly token: string; readonly ttlMs: number },
  ): Promise<boolean>;
  /** Counts up and returns the new count, 1 at first; forgotten `ttlMs` after the first. Away: of this process only. */
  countUp(name: string, ttlMs: number): Promise<number>;
  /** `degraded` while this process works without the shared part. */
  health(): 'ok' | 'degraded';
}

export interface BucketAnswer {
  readonly allowed: boolean;
  /** 0 when allowed. */
  readonly retryAfterMs: number;
}
