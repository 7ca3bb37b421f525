import type pg from 'pg';
import { assert, OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { AccountId, MerchantId } from '../../base/ids.ts';
import type {
  AccountChanges,
  AccountSettings,
  AccountView,
  LockedAccount,
  LockedAccounts,
  NewAccount,
} from '../../flows/ports/account-settings.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import type { SecretBox } from '../sealed-secret.ts';
import { inTransaction } from '../transaction.ts';
import { readWordsInUse } from './words-in-use.ts';

const VIEW = `
  select id, app_id as "appId", original_id as "originalId", kind, message_mode as "messageMode",
    token_endpoint as "tokenEndpoint", merchant_id as "merchantId", pays_through as "paysThrough",
    welcome_text as "welcomeText", fallback_text as "fallbackText", my_awards_keyword as "myAwardsKeyword",
    retention_days as "retentionDays", customer_messages as "customerMessages", revision,
    previous_aes_key_sealed is not null as "previousKeyKept",
    (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
    (extract(epoch from updated_at) * 1000)::float8 as "updatedAtMs"
  from account`;

const UNSETTLED = `
  select count(*)::int as unsettled from payout
  where coalesce(payee_account_id, account_id) = $1 and state in ('waiting', 'unknown', 'sent', 'parked')`;

/** Awards of this account that wait until their winner says who is paid: only while it pays through another. */
const RESTING = `
  select count(*)::int as resting from payout
  where account_id = $1 and payee_account_id is not null and openid = '' and state = 'waiting'`;

const COLUMNS = {
  appId: 'app_id',
  originalId: 'original_id',
  kind: 'kind',
  messageMode: 'message_mode',
  tokenEndpoint: 'token_endpoint',
  merchantId: 'merchant_id',
  paysThrough: 'pays_through',
  welcomeText: 'welcome_text',
  fallbackText: 'fallback_text',
  myAwardsKeyword: 'my_awards_keyword',
  retentionDays: 'retention_days',
  customerMessages: 'customer_messages',
  appSecret: 'app_secret_sealed',
  token: 'token_sealed',
  encodingAesKey: 'aes_key_sealed',
} as const satisfies Record<keyof AccountChanges, string>;

/** What each secret is sealed for, the account's id after it. */
const PURPOSES: Readonly<Partial<Record<string, string>>> = {
  appSecret: 'account.app_secret',
  token: 'account.token',
  encodingAesKey: 'account.aes_key',
};

/** Accounts in Postgres as operators see and change them; the directory serves them to everything else. */
export function createAccountSettings({
  pool,
  box,
}: {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
}): AccountSettings {
  return {
    find: (id) => explained(() => readAccount(pool, id)),
    create: (input, check) =>
      explained(() =>
        inTransaction(pool, async (client) => {
          check(await lockAccounts(client));
          await insert(client, box, input);
          return writtenAccount(client, input.id);
        }),
      ),
    change: (place, decide) =>
      explained(() =>
        inTransaction(pool, async (client) => {
          const changes = decide(await lockAccount(client, place.id));
          if (Object.keys(changes).length > 0) await update(client, box, { ...place, changes });
          return writtenAccount(client, place.id);
        }),
      ),
  };
}

/** All of them, because who pays through whom is decided between two; there are few, and they change rarely. */
async function lockAccounts(client: pg.PoolClient): Promise<LockedAccounts> {
  const accounts = await client.query<AccountView>(`${VIEW} order by id for no key update`);
  const merchants = await client.query<{ id: MerchantId }>('select id from merchant order by id');
  return { accounts: accounts.rows, merchants: merchants.rows.map(({ id }) => id) };
}

async function lockAccount(client: pg.PoolClient, id: AccountId): Promise<LockedAccount> {
  const locked = await lockAccounts(client);
  const account = locked.accounts.find((one) => one.id === id);
  const words = await readWordsInUse(client, id);
  if (account === undefined || words === undefined) {
    throw new WrongRequest('account-not-found', `there is no account ${id}`, { status: 404 });
  }
  const unsettled = await client.query<{ unsettled: number }>(UNSETTLED, [id]);
  const resting = await client.query<{ resting: number }>(RESTING, [id]);
  return {
    ...locked,
    account,
    words,
    unsettledPayouts: unsettled.rows[0]?.unsettled ?? 0,
    restingPayouts: resting.rows[0]?.resting ?? 0,
  };
}

async function readAccount(database: Pick<pg.ClientBase, 'query'>, id: AccountId): Promise<AccountView | undefined> {
  return (await database.query<AccountView>(`${VIEW} where id = $1`, [id])).rows[0];
}

async function writtenAccount(client: pg.PoolClient, id: AccountId): Promise<AccountView> {
  const account = await readAccount(client, id);
  assert(account !== undefined, 'a written account can be read');
  return account;
}

async function insert(
  client: pg.PoolClient,
  box: SecretBox,
  { id, account, nowMs }: { readonly id: AccountId; readonly account: NewAccount; readonly nowMs: number },
): Promise<void> {
  const { names, values } = columnsOf(box, id, account);
  await client.query(
    `insert into account (id, created_at, updated_at, ${names.join(', ')})
       values ($1, $2, $2, ${names.map((_, index) => `$${index + 3}`).join(', ')})`,
    [id, new Date(nowMs), ...values],
  );
}

async function update(
  client: pg.PoolClient,
  box: SecretBox,
  { id, changes, nowMs }: { readonly id: AccountId; readonly changes: AccountChanges; readonly nowMs: number },
): Promise<void> {
  if (changes.encodingAesKey !== undefined) await keepPreviousKey(client, box, { id, next: changes.encodingAesKey });
  const { names, values } = columnsOf(box, id, changes);
  await client.query(
    `update account set revision = revision + 1, updated_at = $2, ${names.map((name, index) => `${name} = $${index + 3}`).join(', ')}
       where id = $1`,
    [id, new Date(nowMs), ...values],
  );
}

/** Messages sealed under the key before are still on their way; the same key entered again replaces nothing. */
async function keepPreviousKey(
  client: pg.PoolClient,
  box: SecretBox,
  { id, next }: { readonly id: AccountId; readonly next: string },
): Promise<void> {
  const found = await client.query<{ sealed: string }>('select aes_key_sealed as sealed from account where id = $1', [
    id,
  ]);
  const before = opened(box, id, found.rows[0]?.sealed ?? '');
  if (before === next) return;
  await client.query('update account set previous_aes_key_sealed = $2 where id = $1', [
    id,
    before === null ? null : found.rows[0]?.sealed,
  ]);
}

/** Null for a key that does not open any more, which is when somebody enters another. */
function opened(box: SecretBox, id: AccountId, sealed: string): string | null {
  try {
    return box.open(`account.aes_key:${id}`, sealed);
  } catch (error) {
    if (error instanceof OutsideTrouble) return null;
    throw error;
  }
}

function columnsOf(box: SecretBox, id: AccountId, changes: AccountChanges): { names: string[]; values: unknown[] } {
  const entries = Object.entries(changes);
  return {
    names: entries.map(([name]) => COLUMNS[name as keyof AccountChanges]),
    values: entries.map(([name, value]) => {
      const purpose = PURPOSES[name];
      return purpose === undefined ? value : box.seal(`${purpose}:${id}`, String(value));
    }),
  };
}

/** Constraints that say what is taken, with the code and the field to say it by. */
const TAKEN: Readonly<Record<string, readonly [code: string, path: string, message: string]>> = {
  account_pk: ['account-taken', 'id', 'there is an account of this id already'],
  account_app_id_once: ['app-id-taken', 'appId', 'another account has this app id'],
  account_original_id_once: ['original-id-taken', 'originalId', 'another account has this original id'],
};

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
    const taken = TAKEN[constraint];
    if (taken === undefined) throw asOutsideTrouble(error);
    const [code, path, message] = taken;
    throw new WrongRequest(code, message, { status: 409, faults: [{ path, message }], cause: error });
  }
}
