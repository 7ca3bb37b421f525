import { parse } from 'node:querystring';
import { accountId } from '../base/ids.ts';
import type { Account, AccountDirectory } from '../flows/ports/accounts.ts';
import type { CallbackQuery } from '../flows/ports/messages.ts';

/** How much of a delivery is read, and how long. */
export const DELIVERY_BODY = { bytesMax: 65_536, deadlineMs: 3000 } as const;

/** Returns the account that an address names, whatever stands there. */
export async function accountNamed(
  name: string,
  accounts: Pick<AccountDirectory, 'account'>,
): Promise<Account | undefined> {
  // The same rule as accountId's; its RangeError would be our bug here, not the caller's.
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(name) ? accounts.account(accountId(name)) : undefined;
}

/** Reads what stands behind the question mark. Not by Koa, which remembers each in a dictionary and takes longer. */
export function deliveryQuery(query: string): CallbackQuery {
  return parse(query);
}
