/** Why a payout rests until somebody says whose red packet it is. */
export const PAYEE_UNKNOWN = 'payee-unknown';

/**
 * Returns the SQL of the lock (of a transaction) between draws of a person and the writing of that person's payee:
 * draws take it shared, whoever links takes it alone. A row cannot be locked before there is one. Two people whose hash
 * is the same wait for each other and nothing more.
 */
export function payeeLock(account: string, openid: string): string {
  return `hashtextextended('payee ' || ${account} || ' ' || ${openid}, 0)`;
}
