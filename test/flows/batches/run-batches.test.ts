import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { createDrawAside } from '../../../src/flows/chat/draw-aside.ts';
import { createRunBatches } from '../../../src/flows/batches/run-batches.ts';
import type { RunBatches } from '../../../src/flows/batches/run-batches.ts';
import { readLines } from '../../../src/flows/batches/operate-batches.ts';
import type { LiveActivity } from '../../../src/flows/ports/draws.ts';
import type { DrawBatchStore } from '../../../src/flows/ports/draw-batches.ts';
import { createLastMessages } from '../../../src/store/account/last-messages.ts';
import { createPool } from '../../../src/store/database.ts';
import { createDrawBatchStore } from '../../../src/store/draw-batches.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { verifyBooks } from '../../../src/store/verify-books.ts';
import { createLateReplyStore } from '../../../src/store/account/late-replies.ts';
import { NOON_MS, randomId } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { batcherOver, follower, wallClock } from '../../support/draws.ts';
import { publishActivity } from '../../support/live-activity.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const PEOPLE = 60;
const LEASE_OVER_MS = 61_000;

describe('a list of people', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let batches: DrawBatchStore;
  let activity: LiveActivity;
  const log = quietLogger();
  const clock = { nowMs: NOON_MS };
  const now = { ...wallClock, nowMs: () => clock.nowMs };

  before(async () => {
    database = await freshDatabase();
    pool = createPool({ url: database.url, connectionsMax: 12, name: 'batches' }, log);
    batches = createDrawBatchStore(pool);
  });
  after(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    await database.client.query('truncate draw_batch cascade');
    activity = await publishActivity(database.client, {
      trigger: { batch: true },
      prizes: [{ id: 'one-yuan', name: '一元', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 40 }],
    });
    for (let number = 0; number < PEOPLE; number += 1) {
      await database.client.query(
        `insert into follower (account_id, openid, following, seen_at) values ('main', $1, true, $2) on conflict do nothing`,
        [follower(number), new Date(NOON_MS)],
      );
    }
  });

  /** A worker of its own; `around` may break its store. */
  function worker(around: (store: DrawBatchStore) => DrawBatchStore = (store) => store): RunBatches {
    const lateReplies = createLateReplyStore({ pool, nowMs: now.nowMs, logger: log });
    const unused = (): never => {
      throw new Error('this account pays itself');
    };
    const drawAside = createDrawAside({
      batcher: batcherOver(createDrawStore(pool), log, { clock: now }),
      accounts: { account: unused },
      claims: { needed: unused, link: unused },
      lateReplies,
      lastMessages: createLastMessages(pool),
      clock: now,
    });
    const activities = { live: async () => [activity] };
    return createRunBatches({
      batches: around(batches),
      activities,
      drawAside,
      clock: now,
      logger: log,
      chunkLines: 20,
    });
  }
  async function confirmed(): Promise<{ account: LiveActivity['accountId']; id: string }> {
    const key = { account: activity.accountId, id: randomId() };
    const lines = readLines(Array.from({ length: PEOPLE }, (_, index) => follower(index)));
    await batches.prepare({ key, activity: activity.id, note: '', lines, operator: 'op', nowMs: clock.nowMs });
    const change = { from: ['prepared'], to: 'running', nowMs: clock.nowMs, confirmedBy: 'op' } as const;
    assert.equal(await batches.move(key, change), true);
    return key;
  }
  async function runToEnd(key: Awaited<ReturnType<typeof confirmed>>, workers: readonly RunBatches[]): Promise<void> {
    for (let round = 0; round < 40; round += 1) {
      clock.nowMs += LEASE_OVER_MS;
      await Promise.all(workers.map((one) => one.round().catch(() => false)));
      if ((await batches.find(key))?.state === 'finished') return;
    }
    throw new Error('the list was not finished after 40 rounds');
  }
  async function drawsOf() {
    const found = await database.client.query<{ draws: number; people: number; won: number; told: number }>(
      `select count(*)::int as draws, count(distinct openid)::int as people, count(*) filter (where outcome = 'won')::int as won,
        (select count(*)::int from late_reply join draw as one using (account_id, request_key)
          where one.activity_id = $1) as told from draw where activity_id = $1`,
      [activity.id],
    );
    return found.rows[0];
  }

  it('draws once each, and tells the winners', async () => {
    const key = await confirmed();
    await runToEnd(key, [worker()]);
    assert.deepEqual(await drawsOf(), { draws: PEOPLE, people: PEOPLE, won: 40, told: 40 });
    assert.deepEqual((await batches.find(key))?.outcomes, { won: 40, lost: 20, refused: 0 });
  });

  it('loses and repeats nothing when its worker dies after the draws and before it wrote that down', async () => {
    const key = await confirmed();
    let deaths = 0;
    const dying = worker((store) => ({
      ...store,
      settle: (batch, settled) => {
        deaths += 1;
        return deaths % 2 === 1 ? Promise.reject(new Error('killed')) : store.settle(batch, settled);
      },
    }));
    // It has the first turn for itself; which of the two has the others is anybody's luck.
    await dying.round().catch(() => false);
    assert.equal(deaths, 1);
    await runToEnd(key, [dying, worker()]);
    assert.deepEqual(await drawsOf(), { draws: PEOPLE, people: PEOPLE, won: 40, told: 40 });
    assert.deepEqual((await batches.find(key))?.outcomes, { won: 40, lost: 20, refused: 0 });
    const books = await verifyBooks(pool);
    assert.deepEqual(books.differences, []);
  });

  it('twin: with a key of each try’s own people draw again', async () => {
    const key = await confirmed();
    const forgetful = worker((store) => ({ ...store, settle: () => Promise.reject(new Error('killed')) }));
    clock.nowMs += LEASE_OVER_MS;
    await forgetful.round().catch(() => false);
    const again = await batches.nextLines(key, 20);
    assert.equal(again.length, 20, 'nothing but the key keeps these from drawing again');
    const before = await drawsOf();
    const batcher = batcherOver(createDrawStore(pool), log, { clock: now });
    for (const { openid } of again) {
      const own = `b:${randomBytes(8).toString('hex')}:${openid}` as Parameters<typeof batcher.draw>[0]['key'];
      await batcher.draw({ activity, openid, key: own, render: (text) => text });
    }
    assert.equal((await drawsOf())?.draws, (before?.draws ?? 0) + 20);
  });

  it('rests while it is paused, and goes on where it was', async () => {
    const key = await confirmed();
    clock.nowMs += LEASE_OVER_MS;
    await worker().round();
    assert.equal(await batches.move(key, { from: ['running'], to: 'paused', nowMs: clock.nowMs }), true);
    clock.nowMs += LEASE_OVER_MS;
    assert.equal(await worker().round(), false);
    assert.equal((await batches.find(key))?.open, 40);
    assert.equal(await batches.move(key, { from: ['paused'], to: 'running', nowMs: clock.nowMs }), true);
    await runToEnd(key, [worker()]);
    assert.equal((await drawsOf())?.draws, PEOPLE);
  });

  it('reads lines one by one, with what is wrong with each', () => {
    assert.deepEqual(
      readLines([' oA1 ', 'oA1', 'not one', '', 'oB2']).map(({ openid, fault }) => [openid, fault]),
      [
        ['oA1', null],
        ['oA1', 'duplicate'],
        [null, 'malformed'],
        [null, 'malformed'],
        ['oB2', null],
      ],
    );
  });
});
