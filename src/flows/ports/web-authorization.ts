import type { Openid } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

/** Who came back from WeChat's authorization page. */
export interface AuthorizedPerson {
  readonly openid: Openid;
  /**
   * True on a snapshot page: WeChat made this person up. Such a person must leave no row, no draw and no packet
   * (https://developers.weixin.qq.com/community/develop/doc/000c2c34068880629ced91a2f56001).
   */
  readonly snapshotUser: boolean;
  /** Null unless the account is bound to an open-platform account. */
  readonly unionId: string | null;
}

/** Web authorization of an Official Account. */
export interface WebAuthorization {
  /** Returns the address to send the browser to. Throws WrongRequest unless `state` is 1-128 letters and digits. */
  authorizeUrl(
    account: Account,
    options: { redirectUri: string; scope: 'snsapi_base' | 'snsapi_userinfo'; state: string },
  ): string;
  /**
   * Spends a code, which works once within 5 minutes. Throws WrongRequest `oauth-code-invalid` or `oauth-code-used`
   * (start over, or use the session there is), OutsideTrouble when WeChat cannot answer.
   */
  exchangeCode(account: Account, code: string): Promise<AuthorizedPerson>;
}
