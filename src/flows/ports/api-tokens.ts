import type { Operator } from './operators.ts';

/** A token as owners see it: what it opens is not among it. */
export interface ApiTokenLine {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly madeBy: string;
  readonly madeByName: string;
  readonly createdAtMs: number;
  /** Null for one that does not end by itself. */
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly lastAddress: string | null;
  readonly revokedAtMs: number | null;
}

/** What a token that may be used stands for: the operator who made it, as they are now. */
export interface TokenHolder {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly operator: Operator;
  readonly expiresAtMs: number | null;
}

/** Where tokens are kept, by their hashes. Every method throws OutsideTrouble when the database cannot answer. */
export interface ApiTokenStore {
  /** Those in use first, the latest of each first; at most 200. */
  list(): Promise<readonly ApiTokenLine[]>;
  /** Returns the token, which cannot be shown again. Throws WrongRequest `api-tokens-many` (409) at 100 in use. */
  make(input: {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly madeBy: string;
    readonly expiresAtMs: number | null;
    readonly nowMs: number;
  }): Promise<{ readonly token: string }>;
  /** False when there is no such token in use. */
  revoke(id: string, nowMs: number): Promise<boolean>;
  /** Undefined for a token that is unknown, revoked, over, or whose maker may not log in any more; otherwise it counts as used. */
  find(token: string, use: { readonly nowMs: number; readonly address: string }): Promise<TokenHolder | undefined>;
}
