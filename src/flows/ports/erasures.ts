import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from './followers.ts';

/** `request`: an operator was asked. `withdrawn`: WeChat told so. `retention`: not seen for the account's time. */
export type ErasureReason = 'request' | 'withdrawn' | 'retention';

/**
 * `waiting`: profile and follower data are gone, the openid stays until the last payout has ended. `finished`: nothing
 * holds the openid; money records and limits stand under its pseudonym.
 */
export type ErasureState = 'waiting' | 'finished';

/** Who wants an erasure, and why. */
export interface ErasureWish {
  readonly reason: ErasureReason;
  readonly requestedBy: string;
}

/** The erasure of what is known of a person. */
export interface ErasePerson {
  /** Begins an erasure, or goes on with the one there is. Never loses a money record. */
  erase(person: PersonKey, why: ErasureWish): Promise<ErasureState>;
}

/** An erasure as it stands. */
export interface Erasure extends ErasureWish {
  readonly state: ErasureState;
  readonly requestedAtMs: number;
  readonly finishedAtMs: number | null;
}

/**
 * Erasures, step by step: each step is one transaction of bounded size, and a process that dies between two of them
 * leaves nothing that the next one does not go on with. Each throws OutsideTrouble when the database cannot do it now.
 */
export interface ErasureStore {
  /**
   * Notes the erasure and removes at once what no payout and no limit needs: follower, profile, union id, log-ins and
   * replies still owed. One that is finished begins anew; of one under way the reason stays.
   */
  begin(person: PersonKey, why: ErasureWish & { readonly nowMs: number }): Promise<void>;
  /**
   * Does the next step of an erasure that was begun and says whether there is another one. `waiting`: a payout of the
   * person has not ended, or today's packets still count for the day's limit; it is due again within the hour.
   */
  advance(person: PersonKey, nowMs: number): Promise<ErasureState | 'more'>;
  /** Takes at most `most` that are due; nobody else gets them for the next minutes. */
  takeDue(nowMs: number, most: number): Promise<readonly PersonKey[]>;
  find(person: PersonKey): Promise<Erasure | null>;
}

/** Where people are found that somebody may have to forget. */
export type PeopleSource = 'draw' | 'follower' | 'web_profile' | 'scene_visit';

/** A person with when anything was heard of them last. */
export interface SeenPerson {
  readonly openid: Openid;
  readonly lastSeenAtMs: number;
}

/** Who is known, for the retention setting. Throws OutsideTrouble when the database cannot answer. */
export interface KnownPeople {
  /**
   * Looks at the next `most` people of one source after an openid, in the order of openids, and returns those of them
   * who were last seen before a time and whose payouts have all ended. `next` is where to go on, null at the end.
   */
  notSeenSince(input: {
    readonly account: AccountId;
    readonly source: PeopleSource;
    readonly after: string;
    readonly beforeMs: number;
    readonly most: number;
  }): Promise<{ readonly people: readonly SeenPerson[]; readonly next: string | null }>;
}
