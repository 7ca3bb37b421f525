import type { MerchantId } from '../../base/ids.ts';
import type { Account, AccountDirectory } from '../ports/accounts.ts';

/** Returns the accounts whose packets a merchant pays, those that pay through another one among them; by their ids. */
export async function accountsOf(
  accounts: Pick<AccountDirectory, 'accounts'>,
  merchant: MerchantId,
): Promise<readonly Account[]> {
  const all = await accounts.accounts();
  const own = all.filter(({ merchantId }) => merchantId === merchant);
  const through = all.filter(({ paysThrough }) => own.some(({ id }) => id === paysThrough));
  return [...new Set([...own, ...through])];
}
