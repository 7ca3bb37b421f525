import type { Account } from './accounts.ts';

/** What a page hands to `wx.config`; `timestamp` in seconds. */
export interface PageSignature {
  readonly appId: string;
  readonly timestamp: number;
  readonly nonceStr: string;
  readonly signature: string;
}

/** Signs pages for the JS-SDK. */
export interface PageSigner {
  /**
   * Signs exactly the address that the page shows; what follows `#` is left out. Throws WrongRequest `page-not-ours`
   * for foreign addresses, OutsideTrouble when WeChat gives no ticket.
   */
  sign(account: Account, pageUrl: string): Promise<PageSignature>;
}
