import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { fen } from '../../src/base/fen.ts';
import type { Openid } from '../../src/base/ids.ts';
import { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import { createErasePerson } from '../../src/flows/people/erase-person.ts';
import type { ErasureState } from '../../src/flows/ports/erasures.ts';
import type { DrawResult, DrawStore, LiveActivity } from '../../src/flows/ports/draws.ts';
import type { PersonKey } from '../../src/flows/ports/followers.ts';
import type { Pseudonyms } from '../../src/flows/ports/pseudonyms.ts';
import { createErasureStore } from '../../src/store/account/erasure-store.ts';
import { createFollowerBook } from '../../src/store/account/follower-book.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { NOON_MS, somebody } from './builders.ts';
import { realLuck, wallClock } from './draws.ts';
import { publishActivity } from './live-activity.ts';
import { call, claim, openPayoutWorld } from './payout-world.ts';
import type { PayoutWorld } from './payout-world.ts';
import { quietLogger } from './quiet-logger.ts';

export const DAY_MS = 86_400_000;

/** People who draw, are paid and are erased, by a clock in the test's hand. */
export interface ErasureWorld extends PayoutWorld {
  readonly pseudonyms: Pseudonyms;
  readonly clock: { nowMs: number };
  readonly draws: DrawStore;
  activity(changes?: Partial<ActivityRuleInput>): Promise<LiveActivity>;
  person(activity: LiveActivity): PersonKey;
  /** Draws by a message; the reply is rendered as WeChat's is, with the openid in it. */
  draw(activity: LiveActivity, openid: Openid, messageId: string, store?: DrawStore): Promise<DrawResult>;
  /** Sends everything due and lets it be opened. */
  payAll(): Promise<void>;
  erase(person: PersonKey): Promise<ErasureState>;
  /** Goes on until nothing more happens now. */
  goOn(person: PersonKey): Promise<ErasureState>;
  follow(person: PersonKey, atMs?: number): Promise<void>;
  /** Every column of every table that has the text in a row, as `table.column`. */
  mentions(text: string): Promise<readonly string[]>;
}

export async function openErasureWorld(): Promise<ErasureWorld> {
  const world = await openPayoutWorld();
  const { client, pool } = world;
  const pseudonyms = createPseudonyms(randomBytes(32));
  const clock = { nowMs: NOON_MS };
  const now = { ...wallClock, nowMs: () => clock.nowMs };
  const draws = createDrawStore(pool, pseudonyms);
  const erasures = createErasureStore(pool, pseudonyms);
  const erasing = createErasePerson({ erasures, clock: now, logger: quietLogger(), stepsMax: 1000 });
  return {
    ...world,
    pseudonyms,
    clock,
    draws,
    activity: (changes) => publishActivity(client, changes),
    person: (activity) => ({ account: activity.accountId, openid: somebody() }),
    draw: (activity, openid, messageId, store = draws) => {
      const batcher = new DrawBatcher({
        store,
        clock: now,
        luck: realLuck,
        logger: quietLogger(),
        orderPrefix: 'test',
      });
      const key = `m:${messageId}:${openid}` as Parameters<DrawBatcher['draw']>[0]['key'];
      return batcher.draw({
        activity,
        openid,
        key,
        render: (text) => `<xml><ToUserName>${openid}</ToUserName>${text}</xml>`,
      });
    },
    payAll: () => payAll(world, clock),
    erase: (person) => erasing.erase(person, { reason: 'request', requestedBy: 'test' }),
    goOn: (person) => erasing.goOn(person),
    follow: async (person, atMs = clock.nowMs) => {
      await createFollowerBook(pool, pseudonyms).followed(person, { atMs, scene: 'shop' });
    },
    mentions: (text) => mentionsOf(client, text),
  };
}

async function payAll({ store, client }: PayoutWorld, clock: { nowMs: number }): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    clock.nowMs += 1000;
    const claimed = await claim(store, clock.nowMs);
    for (const payout of claimed) {
      clock.nowMs = Math.max(clock.nowMs, payout.callAtMs);
      await call(store, payout, { kind: 'paid', railNumber: '1' }, clock.nowMs);
    }
    if (claimed.length === 0) break;
  }
  // The queries of the coming days say that everything was opened.
  await client.query(`update payout set due_at = $1 where state = 'sent'`, [new Date(clock.nowMs)]);
  for (let round = 0; round < 200; round += 1) {
    clock.nowMs += 1000;
    const claimed = await claim(store, clock.nowMs);
    for (const payout of claimed) {
      clock.nowMs = Math.max(clock.nowMs, payout.callAtMs);
      const opened = {
        kind: 'found',
        status: 'RECEIVED',
        reason: '',
        returnedFen: fen(0),
        openedAtMs: clock.nowMs,
      } as const;
      await call(store, payout, opened, clock.nowMs);
    }
    if (claimed.length === 0) return;
  }
  throw new Error('payouts were still due after 200 rounds');
}

/** Looks into everything that can hold text: the list of columns is the database's own. */
export async function mentionsOf(client: pg.ClientBase, text: string): Promise<readonly string[]> {
  const columns = await client.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'character varying', 'ARRAY', 'bytea')
     order by 1, 2`,
  );
  const found: string[] = [];
  for (const { table, column } of columns.rows) {
    const rows = await client.query(`select 1 from ${table} where strpos(${column}::text, $1) > 0 limit 1`, [text]);
    if (rows.rows.length > 0) found.push(`${table}.${column}`);
  }
  return found;
}
