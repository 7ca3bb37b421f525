import type pg from 'pg';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import type { Reissue, ReissueSelection, ReissueStore } from '../../src/flows/ports/reissues.ts';
import { createPool } from '../../src/store/database.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { buildActivity, NOON_MS, randomId } from './builders.ts';
import type { BuiltActivity, BuiltWin } from './builders.ts';
import { freshDatabase } from './database.ts';
import { quietLogger } from './quiet-logger.ts';
import { rewritten, textOf } from './rewritten-query.ts';
import type { Statements } from './rewritten-query.ts';

export const HOUR = 3_600_000;
/** Lets everyone decide. */
export const anyone = (): void => {};

type Decided = Awaited<ReturnType<ReissueStore['decide']>>;

/** A database with a store of re-issues, in which zhang asks an hour after noon and li decides an hour later. */
export interface ReissueWorld {
  readonly client: pg.Client;
  readonly pool: pg.Pool;
  readonly store: ReissueStore;
  request(activity: BuiltActivity, changes?: Partial<ReissueSelection>): Promise<Reissue>;
  approve(id: string, given?: Partial<{ store: ReissueStore; operatorId: string; nowMs: number }>): Promise<Decided>;
  /** Asks for everything of the activity and approves it. */
  reissue(activity: BuiltActivity): Promise<Decided>;
  /** An activity whose returned packets may be issued again. */
  reissuingActivity(): Promise<BuiltActivity>;
  /** Every difference `verifyBooks` finds in the activity, one text each. */
  differences(activity: BuiltActivity): Promise<readonly string[]>;
  /** The award's numbers, lowest series first. */
  payouts(win: BuiltWin): Promise<readonly Record<string, unknown>[]>;
  awardState(win: BuiltWin): Promise<string>;
  /** The award's book entries as `kind credit>debit`, in order. */
  entries(win: BuiltWin): Promise<readonly string[]>;
  /** Writes an attempt that began and was answered at one moment; without an outcome it has no answer. */
  attempt(
    win: Pick<BuiltWin, 'accountId' | 'orderNumber'>,
    number: number,
    given: { readonly kind: 'send' | 'query'; readonly outcome: object | null; readonly atMs: number },
  ): Promise<void>;
  close(): Promise<void>;
}

/** What the activity's awards that ended within an hour of noon are selected by. */
export function everythingOf(activity: BuiltActivity, changes: Partial<ReissueSelection> = {}): ReissueSelection {
  const merchantId = activity.account.merchant.id;
  const period = { fromMs: NOON_MS - HOUR, untilMs: NOON_MS + HOUR };
  return { merchantId, ...period, reason: null, activityId: activity.id, ...changes };
}

export async function openReissueWorld(): Promise<ReissueWorld> {
  const database = await freshDatabase();
  const { client } = database;
  const pool = createPool({ url: database.url, connectionsMax: 6, name: 'test' }, quietLogger());
  const store = createReissueStore({ pool, payoutsMax: REISSUE_MAX });
  const rows = async (sql: string, values: readonly unknown[]) => (await client.query(sql, [...values])).rows;
  const world: ReissueWorld = {
    client,
    pool,
    store,
    request: (activity, changes) =>
      store.request({
        id: randomId(),
        selection: everythingOf(activity, changes),
        why: '余额空了一夜',
        operatorId: 'zhang',
        nowMs: NOON_MS + HOUR,
      }),
    approve: (id, { store: over = store, operatorId = 'li', nowMs = NOON_MS + 2 * HOUR } = {}) =>
      over.decide({ id, decision: 'approved', operatorId, nowMs, orderPrefix: 'test' }, anyone),
    reissue: async (activity) => world.approve((await world.request(activity)).id),
    async reissuingActivity() {
      const activity = await buildActivity(client);
      await client.query('update rule_version set rule = rule || $2 where activity_id = $1', [
        activity.id,
        JSON.stringify({ returned: { money: 'returned', reissue: true } }),
      ]);
      return activity;
    },
    async differences({ id }) {
      const found = (await verifyBooks(pool)).differences.filter((item) => item.activityId === id);
      return found.map((item) => `${item.check} ${item.subject}: ${item.expected} <> ${item.found}`);
    },
    payouts: ({ accountId, awardId }) =>
      rows(
        'select order_number, state, series, class, due_at, request from payout where account_id = $1 and award_id = $2 order by series',
        [accountId, awardId],
      ),
    awardState: async ({ awardId }) => (await rows('select state from award where id = $1', [awardId]))[0]?.state,
    entries: async ({ awardId }) =>
      (
        await rows(
          `select kind || ' ' || credit || '>' || debit as line from book_entry where award_id = $1 order by id`,
          [awardId],
        )
      ).map((row) => row.line),
    async attempt({ accountId, orderNumber }, number, { kind, outcome, atMs }) {
      await client.query(
        `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome)
         values ($1, $2, $3, $4, '', $5, case when $6::jsonb is null then null else $5::timestamptz end, $6)`,
        [accountId, orderNumber, number, kind, new Date(atMs), outcome],
      );
    },
    async close() {
      await pool.end();
      await database.close();
    },
  };
  return world;
}

/** What a statement passes through on its way to the database: its text and how to run it, changed or not. */
export type Watch = (text: string, run: (text: string) => Promise<unknown>) => Promise<unknown>;

/** A pool whose connections pass every statement through `watch`. */
export function watchedPool(pool: pg.Pool, watch: Watch): pg.Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name !== 'connect') return bound(target, name);
      return async () => {
        const client = await target.connect();
        return new Proxy(client, {
          get(inner, part) {
            if (part !== 'query') return bound(inner, part);
            return (query: Statements, values?: unknown[]) =>
              watch(textOf(query), async (changed) => inner.query(rewritten(query, () => changed) as string, values));
          },
        });
      };
    },
  });
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}
