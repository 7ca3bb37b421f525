import { ApiFault } from './api-call.ts';

/** What an account is; `verified` costs its owner a yearly check. A test account has nearly everything. */
export type AccountKind =
  'service-verified' | 'service-unverified' | 'subscription-verified' | 'subscription-unverified' | 'test';

const verified: readonly AccountKind[] = ['service-verified', 'subscription-verified', 'test'];
const service: readonly AccountKind[] = ['service-verified', 'test'];
const menus: readonly AccountKind[] = [...verified, 'service-unverified'];

/** Who may call what, by the beginning of the path; the first that fits counts, and what is not listed everybody may. */
const table: readonly (readonly [prefix: string, kinds: readonly AccountKind[]])[] = [
  ['/cgi-bin/message/template/', service],
  ['/cgi-bin/message/subscribe/', service],
  ['/cgi-bin/template/', service],
  ['/cgi-bin/qrcode/', service],
  ['/cgi-bin/menu/', menus],
  ['/cgi-bin/get_current_selfmenu_info', menus],
  ['/cgi-bin/message/custom/', verified],
  ['/cgi-bin/user/', verified],
  ['/cgi-bin/tags/', verified],
  ['/cgi-bin/media/', verified],
  ['/cgi-bin/material/', verified],
];

/** What one account is entitled to: https://developers.weixin.qq.com/doc/service/guide/product/auth.html */
export class Rights {
  kind: AccountKind = 'service-verified';
  /** What becomes of \u escapes: most calls refuse them, menus were seen to show them as they stand. */
  escapes: 'refused' | 'literal' = 'refused';
  /** Paths that are refused whatever the account is. */
  readonly refused = new Set<string>();

  check(path: string): void {
    const kinds = table.find(([prefix]) => path.startsWith(prefix))?.[1];
    if (this.refused.has(path) || kinds?.includes(this.kind) === false) throw new ApiFault(48001, 'api unauthorized');
  }

  /** Web authorization; government and media accounts, which may too, are not played. */
  mayAuthorizePeople(): boolean {
    return service.includes(this.kind);
  }
}
