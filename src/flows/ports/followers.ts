import type { AccountId, Openid } from '../../base/ids.ts';

/** An openid means nothing without its account: the pair is the key everywhere. */
export interface PersonKey {
  readonly account: AccountId;
  readonly openid: Openid;
}

/** What a person showed of themselves by web authorization with a profile. */
export interface SeenProfile {
  readonly nickname: string;
  readonly pictureUrl: string | null;
}

/**
 * Who follows, as pushes and the API told. Events arrive late, twice and out of order: the later time wins. What
 * happened before a person was erased is never written down again. Each throws OutsideTrouble when the database cannot
 * answer.
 */
export interface FollowerBook {
  /**
   * `scene`: of the code they came by, if any. `atMs`: when WeChat says it happened. Returns whether nothing is known of
   * this person having followed before then: somebody who was erased counts as known. Told twice it says the same.
   */
  followed(person: PersonKey, told: { readonly atMs: number; readonly scene: string | null }): Promise<boolean>;
  left(person: PersonKey, atMs: number): Promise<void>;
  unionIdSeen(person: PersonKey, told: { readonly unionId: string; readonly atMs: number }): Promise<void>;
  profileSeen(person: PersonKey, profile: SeenProfile, atMs: number): Promise<void>;
  profileOf(person: PersonKey): Promise<SeenProfile | null>;
  /** Forgets name and picture: the person withdrew them, or changed them. */
  forgetProfile(person: PersonKey): Promise<void>;
  /**
   * Whether this openid ever reached us by a push of WeChat's: a follow, a scan or a message that was drawn for. A person
   * made up for a snapshot page never did.
   */
  knownFromPush(person: PersonKey): Promise<boolean>;
}
