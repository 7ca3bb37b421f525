import type { Account } from './accounts.ts';
import type { AuthorizedPerson } from './web-authorization.ts';

/** What a person showed on the consent page of `snsapi_userinfo`; the only place where a nickname is told. */
export interface WebProfile {
  readonly nickname: string;
  /** Null when the person has none. The address dies when the person changes the picture. */
  readonly pictureUrl: string | null;
}

/** A person's own token, which has nothing to do with the account's. A secret. */
export interface WebGrant {
  readonly accessToken: string;
  /** Ms it still lives, 2 hours at first. */
  readonly livesMs: number;
  /** Good for 30 days. */
  readonly refreshToken: string;
  readonly mayReadProfile: boolean;
}

/** Web authorization with a profile. */
export interface WebProfiles {
  /**
   * Spends a code like `WebAuthorization.exchangeCode`, whose errors it throws. A snapshot user's grant reads nothing.
   */
  exchange(account: Account, code: string): Promise<{ readonly person: AuthorizedPerson; readonly grant: WebGrant }>;
  /** Returns null when the grant does not cover it or is over: send the person through authorization again. */
  profile(account: Account, person: AuthorizedPerson, grant: WebGrant): Promise<WebProfile | null>;
  /** Returns null when the refresh token is over. */
  refresh(account: Account, person: AuthorizedPerson, grant: WebGrant): Promise<WebGrant | null>;
}
