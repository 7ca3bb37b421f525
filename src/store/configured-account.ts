import type pg from 'pg';
import { WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Account, Merchant } from '../flows/ports/accounts.ts';
import type { SecretBox } from './sealed-secret.ts';
import { inTransaction } from './transaction.ts';

/** The account and merchant the environment describes; both are called `main`. */
const ID = 'main';
// Any fixed number that nothing else in the database uses as an advisory lock.
const LOCK = 482_003_118;

export interface ConfiguredAccountOptions {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly account: Pick<Account, 'appId' | 'appSecret' | 'token' | 'encodingAesKey' | 'messageMode'>;
  readonly merchant: Pick<
    Merchant,
    'mchId' | 'apiKey' | 'certificatePem' | 'privateKeyPem' | 'sendName' | 'clientIp'
  > & {
    readonly certificateNotAfterMs: number;
  };
  readonly nowMs: number;
  readonly logger: Logger;
}

/**
 * Makes account and merchant `main` what the configuration says: created at the first start, changed where it differs
 * later, which the log says by field and never by value. A changed EncodingAESKey keeps the one before, because
 * messages sealed under it are still on their way. Throws WrongRequest `identity-in-use` for another AppID or merchant
 * number while payouts are unsettled: they can only be settled under the ones they were sent with.
 */
export async function applyConfiguredAccount(options: ConfiguredAccountOptions): Promise<void> {
  await inTransaction(options.pool, async (client) => {
    // Several processes start at once, so the first one writes and the others find nothing to change.
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await applyMerchant(client, options);
    await applyAccount(client, options);
  });
}

/** One column as it should be: the plain value, and the sealed text when it is a secret. */
interface Column {
  readonly value: string;
  readonly purpose?: string;
}

async function applyMerchant(client: pg.PoolClient, options: ConfiguredAccountOptions): Promise<void> {
  const { merchant } = options;
  const changed = await applyRow(client, options, 'merchant', {
    mch_id: { value: merchant.mchId },
    api_key_sealed: { value: merchant.apiKey, purpose: `merchant.api_key:${ID}` },
    certificate_pem: { value: merchant.certificatePem },
    private_key_sealed: { value: merchant.privateKeyPem, purpose: `merchant.private_key:${ID}` },
    send_name: { value: merchant.sendName },
    client_ip: { value: merchant.clientIp },
    certificate_not_after: { value: new Date(merchant.certificateNotAfterMs).toISOString() },
  });
  if (changed.includes('mch_id')) await refuseWhileUnsettled(client, 'WECHAT_PAY_MCH_ID', 'merchant_id');
}

async function applyAccount(client: pg.PoolClient, options: ConfiguredAccountOptions): Promise<void> {
  const { account } = options;
  const before = await client.query<{ aes_key_sealed: string }>(`select aes_key_sealed from account where id = $1`, [
    ID,
  ]);
  const changed = await applyRow(client, options, 'account', {
    app_id: { value: account.appId },
    app_secret_sealed: { value: account.appSecret, purpose: `account.app_secret:${ID}` },
    token_sealed: { value: account.token, purpose: `account.token:${ID}` },
    aes_key_sealed: { value: account.encodingAesKey, purpose: `account.aes_key:${ID}` },
    message_mode: { value: account.messageMode },
    merchant_id: { value: ID },
  });
  if (changed.includes('aes_key_sealed')) {
    await client.query(`update account set previous_aes_key_sealed = $2 where id = $1`, [
      ID,
      before.rows[0]?.aes_key_sealed,
    ]);
  }
  if (changed.includes('app_id'))
    await refuseWhileUnsettled(client, 'WECHAT_APP_ID', 'coalesce(payee_account_id, account_id)');
}

/** Inserts or updates row `main` and returns the columns that changed (none when it was inserted). */
async function applyRow(
  client: pg.PoolClient,
  options: ConfiguredAccountOptions,
  table: 'account' | 'merchant',
  columns: Readonly<Record<string, Column>>,
): Promise<readonly string[]> {
  const { box, logger, nowMs } = options;
  const names = Object.keys(columns);
  const found = await client.query<Record<string, string | Date | null>>(
    `select ${names.join(', ')} from ${table} where id = $1 for update`,
    [ID],
  );
  const row = found.rows[0];
  const changed = names.filter((name) => row === undefined || !holds(box, row[name] ?? null, columns[name]));
  const values = changed.map((name) => sealed(box, columns[name]));
  if (row === undefined) {
    await client.query(
      `insert into ${table} (${names.join(', ')}, id, created_at, updated_at)
       values (${names.map((_, index) => `$${index + 3}`).join(', ')}, $1, $2, $2)`,
      [ID, new Date(nowMs), ...values],
    );
    logger.info({ table, id: ID }, 'created-from-configuration');
    return [];
  }
  if (changed.length === 0) return [];
  await client.query(
    `update ${table} set ${changed.map((name, index) => `${name} = $${index + 3}`).join(', ')}, updated_at = $2 where id = $1`,
    [ID, new Date(nowMs), ...values],
  );
  logger.warn(
    { table, id: ID, fields: changed.map((name) => name.replace(/_sealed$/, '')) },
    'changed-by-configuration',
  );
  return changed;
}

function holds(box: SecretBox, stored: string | Date | null, column: Column | undefined): boolean {
  if (stored === null || column === undefined) return false;
  if (stored instanceof Date) return stored.toISOString() === column.value;
  return (column.purpose === undefined ? stored : box.open(column.purpose, stored)) === column.value;
}

function sealed(box: SecretBox, column: Column | undefined): string {
  if (column === undefined) return '';
  return column.purpose === undefined ? column.value : box.seal(column.purpose, column.value);
}

async function refuseWhileUnsettled(
  client: pg.PoolClient,
  variable: string,
  column: 'merchant_id' | 'coalesce(payee_account_id, account_id)',
): Promise<void> {
  const found = await client.query<{ unsettled: string }>(
    `select count(*) as unsettled from payout where ${column} = $1 and state in ('waiting', 'unknown', 'sent', 'parked')`,
    [ID],
  );
  const unsettled = Number(found.rows[0]?.unsettled);
  if (unsettled === 0) return;
  throw new WrongRequest(
    'identity-in-use',
    `${variable} was changed, but ${unsettled} payouts are not settled yet and can only be settled under the one before: set it back until they are`,
  );
}
