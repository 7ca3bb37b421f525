import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';

/** What an activity's draws take their luck from, fixed and committed to when it was published. docs/fairness.md has the protocol. */
export interface FairDraws {
  /** SHA-256 of the seed's 32 bytes, as 64 hex digits: published before the first draw. */
  readonly commitment: string;
  /** What a person is called in the record: 32 hex digits that tell nobody who it is. The same after an erasure. */
  personOf(openid: Openid): string;
  /** The bits that a person's n-th draw takes its luck from (n from 1), as 64 hex digits. */
  bitsOf(person: string, number: number): string;
}

/** Whose draws they are. */
export interface FairPlace {
  readonly account: AccountId;
  readonly activity: ActivityId;
}

/** A new seed: what is published of it, and itself, sealed for the database. */
export interface SealedSeed {
  readonly commitment: string;
  readonly sealed: string;
}

/** Makes seeds and opens them again. */
export interface FairSeeds {
  make(place: FairPlace): SealedSeed;
  /** Throws OutsideTrouble `secret-does-not-open`; OurBug when the seed is not the one that was committed to. */
  open(place: FairPlace, seed: SealedSeed): FairDraws;
  /** Returns the seed itself, as 64 hex digits, to be revealed. Throws as `open` does. */
  reveal(place: FairPlace, seed: SealedSeed): string;
}
