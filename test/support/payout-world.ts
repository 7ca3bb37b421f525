import type pg from 'pg';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { ClaimedPayout, PayoutStore, QueryOutcome, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { createPool } from '../../src/store/database.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import type { BuiltWin } from './builders.ts';
import { NOON_MS, randomId } from './builders.ts';
import { freshDatabase } from './database.ts';
import { quietLogger } from './quiet-logger.ts';

export const LEASE_MS = 25_000;

/** A database, a pool and a payout store whose time is whatever the test says. */
export interface PayoutWorld {
  readonly client: pg.Client;
  readonly url: string;
  readonly pool: pg.Pool;
  readonly store: PayoutStore;
  /** Every difference `verifyBooks` finds, one text each. */
  differences(): Promise<readonly string[]>;
  /** Columns of a payout as they stand. */
  payout(win: BuiltWin): Promise<Record<string, unknown>>;
  /** Kinds of the award's book entries, in order. */
  bookings(win: BuiltWin): Promise<readonly string[]>;
  awardState(win: BuiltWin): Promise<string>;
  close(): Promise<void>;
}

export async function openPayoutWorld(): Promise<PayoutWorld> {
  const database = await freshDatabase();
  const { client, url } = database;
  const pool = createPool({ url, connectionsMax: 12, name: 'test' }, quietLogger());
  const key = (win: BuiltWin) => [win.accountId, win.orderNumber];
  return {
    client,
    url,
    pool,
    store: createPayoutStore({ pool, rules: createPayoutRules() }),
    async differences() {
      const { differences } = await verifyBooks(pool);
      return differences.map((item) => `${item.check} ${item.subject}: ${item.expected} <> ${item.found}`);
    },
    async payout(win) {
      const found = await client.query('select * from payout where account_id = $1 and order_number = $2', key(win));
      return found.rows[0] as Record<string, unknown>;
    },
    async bookings(win) {
      const found = await client.query<{ kind: string }>(
        'select kind from book_entry where account_id = $1 and award_id = $2 order by id',
        [win.accountId, win.awardId],
      );
      return found.rows.map((row) => row.kind);
    },
    async awardState(win) {
      const found = await client.query<{ state: string }>('select state from award where account_id = $1 and id = $2', [
        win.accountId,
        win.awardId,
      ]);
      return found.rows[0]?.state ?? 'none';
    },
    async close() {
      await pool.end();
      await database.close();
    },
  };
}

/** Claims as a worker that holds nothing would, with a lease of its own, and returns what it got. */
export async function claim(
  store: PayoutStore,
  atMs: number = NOON_MS,
  changes: Partial<Parameters<PayoutStore['claim']>[0]> = {},
): Promise<readonly ClaimedPayout[]> {
  const input = { nowMs: atMs, leaseMs: LEASE_MS, leaseToken: randomId(), held: new Map(), ...changes };
  return (await store.claim(input)).payouts;
}

/** Claims the one payout that is due. */
export async function claimOne(store: PayoutStore, atMs: number = NOON_MS): Promise<ClaimedPayout> {
  const claimed = await claim(store, atMs);
  const only = claimed[0];
  if (only === undefined || claimed.length > 1) throw new Error(`${claimed.length} payouts were due`);
  return only;
}

export function begin(
  store: PayoutStore,
  payout: ClaimedPayout,
  call: 'send' | 'query',
  atMs: number,
): Promise<number | null> {
  return store.beginAttempt({ payout, call, nowMs: atMs, leaseMs: LEASE_MS });
}

/** Makes a whole call at one moment: begins it and records its answer. */
export async function call(
  store: PayoutStore,
  payout: ClaimedPayout,
  outcome: SendOutcome | QueryOutcome,
  atMs: number,
): Promise<ReturnType<PayoutStore['recordAnswer']>> {
  const query = outcome.kind === 'found' || outcome.kind === 'not-found';
  const number = await begin(store, payout, query ? 'query' : 'send', atMs);
  if (number === null) throw new Error('the call must not be made');
  return store.recordAnswer({ payout, number, outcome, raw: '<xml/>', nowMs: atMs });
}
