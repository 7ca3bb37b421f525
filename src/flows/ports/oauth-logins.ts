import type { AccountId, Openid } from '../../base/ids.ts';

/** What became of a code that came back from WeChat's authorization page. */
export type LoginRecord =
  | { readonly kind: 'pending' }
  | { readonly kind: 'person'; readonly openid: Openid }
  /** WeChat made somebody up; who is not worth keeping. */
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'refused'; readonly code: string };

/** A callback: the code WeChat gave and the state this browser was sent away with. */
export interface LoginKey {
  readonly account: AccountId;
  readonly code: string;
  readonly state: string;
}

/**
 * Which codes were spent, so that one is exchanged once however often and at however many processes its callback
 * arrives. Holds hashes of codes and states, for an hour. Throws OutsideTrouble when the database cannot answer.
 */
export interface OauthLogins {
  /** `ours`: nobody had this code, the caller exchanges it. `foreign`: the state was spent on another code. */
  claim(key: LoginKey & { readonly atMs: number }): Promise<{ readonly kind: 'ours' | 'foreign' } | LoginRecord>;
  find(key: LoginKey): Promise<LoginRecord | undefined>;
  settle(key: LoginKey, record: LoginRecord): Promise<void>;
  /** Gives a claim back when WeChat did not answer, so that a reload may try the code again. */
  release(key: LoginKey): Promise<void>;
}
