import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { AccountSettings } from '../ports/account-settings.ts';
import type { Account, AccountDirectory } from '../ports/accounts.ts';
import { accountNotFound } from './operate-accounts.ts';

export interface AccountSources {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly settings: Pick<AccountSettings, 'find'>;
}

/**
 * Returns an account with its keys. Throws WrongRequest `account-not-found` (404), or `account-not-ready` (409) for one
 * that was added this very second or whose keys do not open.
 */
export async function openedAccount({ accounts, settings }: AccountSources, id: AccountId): Promise<Account> {
  const account = await accounts.account(id);
  if (account !== undefined) return account;
  if ((await settings.find(id)) === undefined) throw accountNotFound(id);
  const message = `the account ${id} was added this very second, or its keys do not open: try again, or enter them again`;
  throw new WrongRequest('account-not-ready', message, { status: 409 });
}
