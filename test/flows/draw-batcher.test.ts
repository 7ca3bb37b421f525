import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import type { DrawInput } from '../../src/flows/draw-batcher.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, countDraws, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { meetingDrawStores } from '../support/meeting-draw-stores.ts';
import { quietLogger } from '../support/quiet-logger.ts';

describe('the draw batcher on a real database', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let second: pg.Pool;
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    pool = createPool({ url: database.url, connectionsMax: 10, name: 'test-draws' }, log);
    second = createPool({ url: database.url, connectionsMax: 10, name: 'test-draws-2' }, log);
  });
  beforeEach(async () => {
    await database.client.query(
      `alter table book_entry disable trigger user;
       truncate book_entry, payout, award, draw, participant, activity_day, prize_counter, activity_counter, rule_version, activity cascade;
       alter table book_entry enable trigger user;`,
    );
  });
  after(async () => {
    await Promise.all([pool.end(), second.end()]);
    await database.close();
  });

  function wish(activity: LiveActivity, person: number, key: string | number): DrawInput {
    return { activity, openid: follower(person), key: messageKey(key), render: (text) => text };
  }

  /** Many people through several batchers, each standing for a process, all let go at once. */
  async function race(batchers: readonly DrawBatcher[], activity: LiveActivity, people: number): Promise<void> {
    const gate = Promise.withResolvers<void>();
    const runs = Array.from({ length: people }, async (_, index) => {
      await gate.promise;
      const batcher = batchers[index % batchers.length];
      assert.ok(batcher);
      return batcher.draw(wish(activity, index, index));
    });
    gate.resolve();
    await Promise.allSettled(runs);
  }

  it('gives exactly 10 prizes to 200 people who draw at once in two processes', async () => {
    const activity = await publishActivity(database.client);
    await race([batcherOver(createDrawStore(pool)), batcherOver(createDrawStore(second))], activity, 200);
    assert.deepEqual(await countDraws(database.client), {
      draws: 200,
      won: 10,
      awards: 10,
      spentFen: 1000,
      drawn: 10,
      payouts: 10,
      reservedFen: 1000,
    });
  });

  it('twin: without the lock the same race gives more than 10 awards', async () => {
    const activity = await publishActivity(database.client);
    await database.client.query('alter table prize_counter drop constraint prize_never_over_stock');
    try {
      // They meet when both have read the counters: otherwise one may be done before the other begins.
      const stores = meetingDrawStores([pool, second], { locked: false });
      await race(
        stores.map((store) => batcherOver(store)),
        activity,
        200,
      );
      const { awards } = await countDraws(database.client);
      assert.ok(awards > 10, `expected the unlocked twin to overspend, it gave ${awards}`);
    } finally {
      await database.client.query(
        'alter table prize_counter add constraint prize_never_over_stock check (drawn >= 0) not valid',
      );
    }
  });

  it('gives one message sent 20 times at once one draw and one reply', async () => {
    const activity = await publishActivity(database.client);
    const batchers = [batcherOver(createDrawStore(pool)), batcherOver(createDrawStore(second))];
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const batcher = batchers[index % 2];
        assert.ok(batcher);
        return batcher.draw({ ...wish(activity, 1, 'same'), render: () => `reply ${index}` });
      }),
    );
    assert.equal(new Set(replies.map((result) => result.reply)).size, 1);
    assert.equal((await countDraws(database.client)).draws, 1);
  });

  it('answers the same 50 messages in opposite order in two processes once each, without deadlock', async () => {
    const activities = [await publishActivity(database.client), await publishActivity(database.client)];
    const [one, two] = [batcherOver(createDrawStore(pool)), batcherOver(createDrawStore(second))];
    const wishes = Array.from({ length: 50 }, (_, index) => {
      const activity = activities[index % 2];
      assert.ok(activity);
      return wish(activity, index, index);
    });
    const started = Date.now();
    const [forward, backward] = await Promise.all([
      Promise.all(wishes.map((each) => one.draw(each))),
      Promise.all(wishes.toReversed().map((each) => two.draw(each))),
    ]);
    assert.deepEqual(
      forward.map((result) => result.reply),
      backward.toReversed().map((result) => result.reply),
    );
    assert.equal((await countDraws(database.client)).draws, 50);
    assert.ok(Date.now() - started < 3000);
  });

  it('fails only the bad one among 199 good draws: a NUL, a lone surrogate, a rule that throws', async () => {
    const activity = await publishActivity(database.client, { budgetFen: 100_000_00 });
    const bad: Record<string, () => string> = {
      nul: () => 'a\u0000b',
      surrogate: () => 'a\ud83d',
      throwing: () => {
        throw new RangeError('a rule that throws');
      },
    };
    for (const [name, render] of Object.entries(bad)) {
      const batcher = batcherOver(createDrawStore(pool));
      const results = await Promise.allSettled(
        Array.from({ length: 200 }, (_, index) =>
          batcher.draw({
            ...wish(activity, index, `${name}-${index}`),
            render: index === 77 ? render : (text) => text,
          }),
        ),
      );
      assert.deepEqual(
        results.flatMap((result, index) => (result.status === 'rejected' ? [index] : [])),
        [77],
        name,
      );
    }
    assert.equal((await countDraws(database.client)).draws, 597);
  });

  it('commits 50 people who come at once together, the first included', async () => {
    const activity = await publishActivity(database.client, { budgetFen: 100_000_00 });
    const batcher = batcherOver(createDrawStore(pool));
    await Promise.all(Array.from({ length: 50 }, (_, index) => batcher.draw(wish(activity, index, index))));
    const found = await database.client.query('select count(distinct xmin::text)::int as transactions from draw');
    assert.equal(found.rows[0].transactions, 1);
  });

  it('reads no other draws than those asked for, also while the tables have no statistics', async () => {
    const fresh = await freshDatabase();
    const own = createPool({ url: fresh.url, connectionsMax: 1, name: 'test-fresh' }, log);
    try {
      const activity = await publishActivity(fresh.client, { budgetFen: 100_000_00 });
      const batcher = batcherOver(createDrawStore(own));
      for (let batch = 0; batch < 10; batch += 1) {
        const people = Array.from({ length: 200 }, (_, index) => batch * 200 + index);
        await Promise.all(people.map((person) => batcher.draw(wish(activity, person, person))));
      }
      await own.query('select pg_stat_force_next_flush()');
      const found = await fresh.client.query(
        `select sum(idx_tup_fetch + seq_tup_read)::int as read from pg_stat_user_tables where relname in ('draw', 'participant')`,
      );
      // Every message and person is new, so there is hardly a row to find; a search over the list read 6,200.
      assert.ok(found.rows[0].read < 1000, `${found.rows[0].read} rows were read`);
    } finally {
      await own.end();
      await fresh.close();
    }
  });

  it('delays no other activity while one is locked', async () => {
    const [locked, free] = [await publishActivity(database.client), await publishActivity(database.client)];
    const batcher = batcherOver(createDrawStore(pool));
    await database.client.query('begin');
    await database.client.query('select 1 from activity_counter where activity_id = $1 for update', [locked.id]);
    const waiting = batcher.draw(wish(locked, 1, 'locked'));
    const started = Date.now();
    await batcher.draw(wish(free, 1, 'free'));
    const tookMs = Date.now() - started;
    await database.client.query('rollback');
    await waiting;
    assert.ok(tookMs < 3000, `the free activity took ${tookMs} ms`);
  });

  it('tries again when its connections are killed, and draws once', async () => {
    const activity = await publishActivity(database.client);
    const batcher = batcherOver(createDrawStore(pool));
    await batcher.draw(wish(activity, 1, 'warm'));
    const runs = Array.from({ length: 50 }, (_, index) => batcher.draw(wish(activity, index, `kill-${index}`)));
    await database.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-draws'`,
    );
    await Promise.all(runs);
    assert.equal((await countDraws(database.client)).draws, 51);
  });

  it('never takes one person past a limit over two processes', async () => {
    const activity = await publishActivity(database.client, { limits: { drawsPerPersonPerDay: 3 } });
    const batchers = [batcherOver(createDrawStore(pool)), batcherOver(createDrawStore(second))];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const batcher = batchers[index % 2];
        assert.ok(batcher);
        return batcher.draw(wish(activity, 1, `limit-${index}`));
      }),
    );
    assert.equal((await countDraws(database.client)).won, 3);
  });

  it('says busy at once when too much waits, and has done nothing', async () => {
    const activity = await publishActivity(database.client);
    const batcher = batcherOver(createDrawStore(pool));
    const runs = Array.from({ length: 4100 }, (_, index) => batcher.draw(wish(activity, index, `busy-${index}`)));
    const results = await Promise.allSettled(runs);
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(refused.length, 100);
    assert.equal((await countDraws(database.client)).draws, 4000);
  });

  it('says busy at once while an activity’s oldest draw waits too long, and admits again once it is through', async () => {
    const [stuck, free] = [await publishActivity(database.client), await publishActivity(database.client)];
    const batcher = batcherOver(createDrawStore(pool), log, { admitMs: 200 });
    await database.client.query('begin');
    await database.client.query('select 1 from activity_counter where activity_id = $1 for update', [stuck.id]);
    const first = batcher.draw(wish(stuck, 1, 'first'));
    await sleep(250);
    const startedMs = performance.now();
    await assert.rejects(batcher.draw(wish(stuck, 2, 'second')), { code: 'busy' });
    assert.ok(performance.now() - startedMs < 2000);
    const repeat = batcher.draw(wish(stuck, 1, 'first'));
    await batcher.draw(wish(free, 1, 'free'));
    await database.client.query('rollback');
    assert.equal((await repeat).reply, (await first).reply);
    await batcher.draw(wish(stuck, 2, 'third'));
    assert.equal((await countDraws(database.client)).draws, 3);
  });
});
