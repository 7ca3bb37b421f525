import type { Account, Merchant } from './accounts.ts';

/** Something that was asked and could not be had: what it said. */
export interface Unanswered {
  readonly kind: 'failed';
  readonly message: string;
}

/** What the outside said to a query of the pay host about an order that does not exist. */
export type PayQueryAnswer =
  { readonly kind: 'not-found' } | { readonly kind: 'answered'; readonly code: string; readonly message: string };

/** What WeChat's API said when it was asked for a token. */
export type TokenAnswer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly errcode: number; readonly errmsg: string }
  | Unanswered;

/** What the doctor looks at. None of these throws, changes anything or takes longer than some seconds. */
export interface DoctorProbes {
  database(): Promise<
    { readonly kind: 'ok'; readonly behind: readonly string[]; readonly aheadMs: number } | Unanswered
  >;
  redis(): Promise<{ readonly kind: 'ok' } | Unanswered>;
  /** Fetches the callback under PUBLIC_URL as WeChat does when it is entered: `ok` when it echoed what only we can. */
  callback(account: Account): Promise<{ readonly kind: 'ok' } | Unanswered>;
  /** What the pay host's clock says, by its answer's Date, and from which address of ours it was asked. */
  payHost(): Promise<{ readonly kind: 'ok'; readonly aheadMs: number; readonly address: string } | Unanswered>;
  payQuery(merchant: Merchant, appId: string): Promise<PayQueryAnswer>;
  token(account: Account): Promise<TokenAnswer>;
  /** Whom a certificate names, when it ends, and whether its key fits. */
  certificate(
    merchant: Merchant,
  ): { readonly kind: 'ok'; readonly names: string; readonly serial: string; readonly notAfterMs: number } | Unanswered;
}
