import { parse } from 'node:querystring';
import { WrongRequest } from '../base/errors.ts';
import { accountId } from '../base/ids.ts';
import type { Account, AccountDirectory } from '../flows/ports/accounts.ts';
import type { CallbackQuery } from '../flows/ports/messages.ts';

/** Returns the account that an address names, whatever stands there. Throws WrongRequest `account-not-found` (404). */
export async function accountNamed(name: string, accounts: Pick<AccountDirectory, 'account'>): Promise<Account> {
  // The same rule as accountId's; its RangeError would be our bug here, not the caller's.
  const known = /^[a-z0-9][a-z0-9-]{0,31}$/.test(name);
  const account = known ? await accounts.account(accountId(name)) : undefined;
  if (account === undefined) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  return account;
}

/** Reads what stands behind the question mark. Not by Koa, which remembers each in a dictionary and takes longer. */
export function deliveryQuery(query: string): CallbackQuery {
  return parse(query);
}
