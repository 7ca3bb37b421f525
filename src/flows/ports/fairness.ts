import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { RecordedDraw } from '../../rules/replay.ts';

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
  /** SHA-256 of a text, as 64 hex digits. */
  hash(text: string): string;
}

/** An activity whose draws can be proved. */
export interface FairActivity extends FairPlace {
  readonly slug: string;
  readonly name: string;
  readonly seed: SealedSeed;
  readonly publishedAtMs: number;
  /** When the seed was made public; null before. */
  readonly revealedAtMs: number | null;
  readonly stopped: boolean;
  /** Every version of its rule, as stored. They differ in texts and looks alone. */
  readonly rules: ReadonlyMap<number, unknown>;
  /** How many draws its counter has, refused ones left out. */
  readonly draws: number;
}

/** A draw as it is stored, whose person has a name of the database: an openid, or the pseudonym of somebody erased. */
export interface StoredDraw extends Omit<RecordedDraw, 'person'> {
  readonly openid: Openid;
  readonly key: string;
}

export interface FairRecords {
  /** Returns undefined for an activity that is not there or was published without a seed. */
  find(slug: string): Promise<FairActivity | undefined>;
  /**
   * Reads every draw of an activity in the order of their places, some thousand at a time, with the activity as it was at the
   * same moment. Refused ones come behind the draw that they came after. Throws OutsideTrouble when the database is away.
   */
  draws(slug: string): AsyncGenerator<{ readonly activity: FairActivity; readonly draws: readonly StoredDraw[] }>;
  /** Notes that the seed is public from now on, unless it is already. */
  reveal(place: FairPlace, atMs: number): Promise<void>;
}
