import type { AccountId, MerchantId } from '../../base/ids.ts';
import type { Account } from './accounts.ts';
import type { WordsInUse } from './keyword-replies.ts';

/** What whoever edits texts may set. */
export type AccountTexts = Pick<
  Account,
  'welcomeText' | 'fallbackText' | 'myAwardsKeyword' | 'retentionDays' | 'customerMessages'
>;

/** Which account it is at WeChat, how the two speak, and who pays. */
export type AccountIdentity = Pick<
  Account,
  'appId' | 'originalId' | 'kind' | 'messageMode' | 'tokenEndpoint' | 'merchantId' | 'paysThrough'
>;

export type AccountSecrets = Pick<Account, 'appSecret' | 'token' | 'encodingAesKey'>;

/** An account as operators see it: nothing secret. */
export interface AccountView extends AccountTexts, AccountIdentity {
  readonly id: AccountId;
  /** Goes up by one with every change; a writer says which one it saw. */
  readonly revision: number;
  /** Whether messages under the EncodingAESKey before the present one are still taken. */
  readonly previousKeyKept: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type NewAccount = AccountIdentity & AccountSecrets & Pick<AccountTexts, 'customerMessages'>;
export type AccountChanges = Partial<AccountTexts & AccountIdentity & AccountSecrets>;

/** What a change of an account is decided by, under a lock that no other change passes. */
export interface LockedAccounts {
  /** Every account there is. */
  readonly accounts: readonly AccountView[];
  readonly merchants: readonly MerchantId[];
}

export interface LockedAccount extends LockedAccounts {
  readonly account: AccountView;
  /** Payouts that can only be settled under the present app id. */
  readonly unsettledPayouts: number;
  /** Payouts of this account's winners that nobody knows the payee of. */
  readonly restingPayouts: number;
  readonly words: WordsInUse;
}

/** Where accounts are kept. Each throws OutsideTrouble when the database cannot do it now. */
export interface AccountSettings {
  find(id: AccountId): Promise<AccountView | undefined>;
  /** Lets `check` object (it throws). Throws WrongRequest `account-taken`, `app-id-taken` or `original-id-taken` (409). */
  create(
    input: { readonly id: AccountId; readonly account: NewAccount; readonly nowMs: number },
    check: (locked: LockedAccounts) => void,
  ): Promise<AccountView>;
  /**
   * Asks `decide` what to change (it throws to refuse) and writes it; nothing to change leaves the revision. Another
   * EncodingAESKey keeps the one before. Throws WrongRequest `account-not-found` (404), `app-id-taken` or
   * `original-id-taken` (409).
   */
  change(
    place: { readonly id: AccountId; readonly nowMs: number },
    decide: (locked: LockedAccount) => AccountChanges,
  ): Promise<AccountView>;
}
