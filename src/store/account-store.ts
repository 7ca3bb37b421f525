import type pg from 'pg';
import type { AccountId, MerchantId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Account, AccountDirectory, Merchant, MessageMode } from '../flows/ports/accounts.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { RecentSnapshot } from './recent-snapshot.ts';
import type { SecretBox } from './sealed-secret.ts';

/** Keys and texts change rarely, and without them no follower gets an answer. */
const STALE_MAX_MS = 600_000;

interface AccountRow {
  readonly id: AccountId;
  readonly app_id: string;
  readonly app_secret_sealed: string;
  readonly token_sealed: string;
  readonly aes_key_sealed: string;
  readonly previous_aes_key_sealed: string | null;
  readonly message_mode: MessageMode;
  readonly merchant_id: MerchantId | null;
  readonly fallback_text: string;
  readonly original_id: string | null;
  readonly kind: Account['kind'];
  readonly customer_messages: boolean;
  readonly token_endpoint: Account['tokenEndpoint'];
  readonly welcome_text: string;
  readonly my_awards_keyword: string;
  readonly pays_through: AccountId | null;
  readonly retention_days: number | null;
}

interface MerchantRow {
  readonly id: MerchantId;
  readonly mch_id: string;
  readonly api_key_sealed: string;
  readonly certificate_pem: string;
  readonly private_key_sealed: string;
  readonly send_name: string;
  readonly client_ip: string;
  readonly state: Merchant['state'];
  readonly stopped_reason: string | null;
  readonly sub_mch_id: string | null;
  readonly msg_app_id: string | null;
  readonly consume_mch_id: string | null;
  readonly amount_min_fen: number;
  readonly amount_max_fen: number;
  readonly scenes: readonly string[];
  readonly person_day_packets: number;
  readonly person_day_fen: string;
  readonly day_fen: string;
  readonly spacing_us: number;
  readonly calls_max: number;
  readonly app_ids: readonly string[];
  readonly mini_app_ids: readonly string[];
}

interface Snapshot {
  readonly accounts: ReadonlyMap<AccountId, Account>;
  readonly merchants: ReadonlyMap<MerchantId, Merchant>;
}

/**
 * Accounts and merchants with their secrets opened, read anew when the last reading is a second old, and served up to
 * 10 min old while the database is away. One whose secrets do not open is left out and reported, so that it stops
 * nobody else. Throws OutsideTrouble when nothing is known.
 */
export function createAccountDirectory(options: {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly logger: Logger;
  /** Monotonic ms. */
  readonly nowMs?: () => number;
}): AccountDirectory {
  const { pool, box, logger, nowMs = () => performance.now() } = options;
  const accountOf = openingOnce((row: AccountRow) => openAccount(row, box), logger);
  const merchantOf = openingOnce((row: MerchantRow) => openMerchant(row, box), logger);
  const snapshot = new RecentSnapshot<Snapshot>({
    read: async () => {
      const [accounts, merchants] = await Promise.all([
        pool.query<AccountRow>(SELECT_ACCOUNTS),
        pool.query<MerchantRow>(SELECT_MERCHANTS),
      ]).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return { accounts: accountOf(accounts.rows), merchants: merchantOf(merchants.rows) };
    },
    nowMs,
    logger,
    stale: 'accounts-served-stale',
    staleMaxMs: STALE_MAX_MS,
  });

  return {
    account: async (id) => (await snapshot.current()).accounts.get(id),
    accounts: async () => [...(await snapshot.current()).accounts.values()],
    merchant: async (id) => (await snapshot.current()).merchants.get(id),
  };
}

const SELECT_ACCOUNTS = `
  select id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, previous_aes_key_sealed, message_mode, merchant_id,
    fallback_text, original_id, kind, customer_messages, token_endpoint, welcome_text, my_awards_keyword, pays_through,
    retention_days
  from account order by id`;

const SELECT_MERCHANTS = `
  select id, mch_id, api_key_sealed, certificate_pem, private_key_sealed, send_name, client_ip, state, stopped_reason,
    sub_mch_id, msg_app_id, consume_mch_id, amount_min_fen, amount_max_fen, scenes, person_day_packets, person_day_fen,
    day_fen, spacing_us, calls_max, app_ids, mini_app_ids
  from merchant order by id`;

function openAccount(row: AccountRow, box: SecretBox): Account {
  const previous = row.previous_aes_key_sealed;
  return {
    id: row.id,
    appId: row.app_id,
    appSecret: box.open(`account.app_secret:${row.id}`, row.app_secret_sealed),
    token: box.open(`account.token:${row.id}`, row.token_sealed),
    encodingAesKey: box.open(`account.aes_key:${row.id}`, row.aes_key_sealed),
    previousEncodingAesKey: previous === null ? null : box.open(`account.aes_key:${row.id}`, previous),
    messageMode: row.message_mode,
    merchantId: row.merchant_id,
    fallbackText: row.fallback_text,
    originalId: row.original_id,
    kind: row.kind,
    customerMessages: row.customer_messages,
    tokenEndpoint: row.token_endpoint,
    welcomeText: row.welcome_text,
    myAwardsKeyword: row.my_awards_keyword,
    paysThrough: row.pays_through,
    retentionDays: row.retention_days,
  };
}

function openMerchant(row: MerchantRow, box: SecretBox): Merchant {
  return {
    id: row.id,
    mchId: row.mch_id,
    apiKey: box.open(`merchant.api_key:${row.id}`, row.api_key_sealed),
    certificatePem: row.certificate_pem,
    privateKeyPem: box.open(`merchant.private_key:${row.id}`, row.private_key_sealed),
    sendName: row.send_name,
    clientIp: row.client_ip,
    state: row.state,
    stoppedReason: row.stopped_reason,
    subMchId: row.sub_mch_id,
    msgAppId: row.msg_app_id,
    consumeMchId: row.consume_mch_id,
    boundApps: { accounts: row.app_ids, miniPrograms: row.mini_app_ids },
    limits: {
      amountMinFen: row.amount_min_fen,
      amountMaxFen: row.amount_max_fen,
      scenes: row.scenes,
      personDayPackets: row.person_day_packets,
      personDayFen: Number(row.person_day_fen),
      dayFen: Number(row.day_fen),
      spacingMs: row.spacing_us / 1000,
      callsMax: row.calls_max,
    },
  };
}

/**
 * Opens rows and keeps what it made of each until the row reads differently: nothing is decrypted twice, the same
 * object comes back while nothing changed, and a row that does not open is reported once.
 */
function openingOnce<Row extends { readonly id: string }, Value>(
  open: (row: Row) => Value,
  logger: Logger,
): (rows: readonly Row[]) => ReadonlyMap<Row['id'], Value> {
  let known = new Map<Row['id'], { readonly text: string; readonly value: Value | null }>();
  return (rows) => {
    const next: typeof known = new Map();
    for (const row of rows) {
      const text = JSON.stringify(row);
      const before = known.get(row.id);
      next.set(row.id, before?.text === text ? before : { text, value: tryToOpen(row, open, logger) });
    }
    known = next;
    return new Map([...known].flatMap(([id, { value }]) => (value === null ? [] : [[id, value] as const])));
  };
}

function tryToOpen<Row extends { readonly id: string }, Value>(
  row: Row,
  open: (row: Row) => Value,
  logger: Logger,
): Value | null {
  try {
    return open(row);
  } catch (error) {
    logger.error({ id: row.id, error: String(error) }, 'account-or-merchant-left-out-because-a-secret-does-not-open');
    return null;
  }
}
