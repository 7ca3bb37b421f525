import type { Account } from './accounts.ts';

export interface CallbackReport {
  readonly dns: readonly { readonly ip: string; readonly operator: string }[];
  /** Loss from 0 to 1. */
  readonly ping: readonly {
    readonly ip: string;
    readonly operator: string;
    readonly loss: number;
    readonly tookMs: number;
  }[];
}

/** What WeChat says of itself and of our use of it. Each throws OutsideTrouble when WeChat cannot answer. */
export interface PlatformFacts {
  /** Addresses and CIDR ranges that pushes come from; they change, so ask daily and never rely on them alone. */
  callbackAddresses(account: Account): Promise<readonly string[]>;
  apiAddresses(account: Account): Promise<readonly string[]>;
  /** Has WeChat look at the callback's address. */
  checkCallback(account: Account): Promise<CallbackReport>;
  /** Calls of one path, such as `/cgi-bin/user/get`, today. */
  quota(
    account: Account,
    path: string,
  ): Promise<{ readonly perDay: number; readonly used: number; readonly left: number }>;
  /** Begins one path's count anew: 10 clearings a month, all kinds together. */
  clearQuota(account: Account, path: string): Promise<void>;
  clearAllQuotas(account: Account): Promise<void>;
  /** What became of the call that a refusal's `rid` names; null when WeChat does not know it. */
  lookUpCall(
    account: Account,
    rid: string,
  ): Promise<{ readonly atMs: number; readonly url: string; readonly answer: string } | null>;
}
