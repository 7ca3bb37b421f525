import type { PersonKey } from './followers.ts';

/** `request`: an operator was asked. `withdrawn`: WeChat told so. `retention`: not seen for the account's time. */
export type ErasureReason = 'request' | 'withdrawn' | 'retention';

/**
 * `waiting`: profile and follower data are gone, the openid stays until the last payout has ended. `finished`: nothing
 * holds the openid; money records and limits stand under its pseudonym.
 */
export type ErasureState = 'waiting' | 'finished';

/** The erasure of what is known of a person. */
export interface ErasePerson {
  /** Begins an erasure, or goes on with the one there is. Never loses a money record. */
  erase(
    person: PersonKey,
    why: { readonly reason: ErasureReason; readonly requestedBy: string },
  ): Promise<ErasureState>;
}
