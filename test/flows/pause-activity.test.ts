import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { WrongRequest } from '../../src/base/errors.ts';
import { createOperateActivities } from '../../src/flows/operate-activities.ts';
import type { OperateActivities } from '../../src/flows/operate-activities.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { Operator, RuleDraft } from '../../src/flows/ports/operators.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, realLuck, wallClock } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { withoutDrawLocks } from '../support/rewritten-query.ts';

const anna: Operator = { id: 'op-anna', name: 'anna', role: 'owner' };
const PAUSED = '活动暂停中，请稍后再来，你的机会不会减少';
/** How long a draw that has read the counters waits for a pause that its lock may keep out. */
const MEETING_MS = 300;

describe('an activity that pauses', () => {
  const log = quietLogger();
  let database: TestDatabase;
  let pools: readonly [pg.Pool, pg.Pool];
  let flow: OperateActivities;
  let keys = 0;

  before(async () => {
    database = await freshDatabase();
    const poolOf = (name: string): pg.Pool => createPool({ url: database.url, connectionsMax: 6, name }, log);
    pools = [poolOf('one'), poolOf('two')];
    flow = createOperateActivities({
      activities: createActivityStore(pools[0]),
      clock: wallClock,
      luck: realLuck,
      logger: log,
    });
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
  });

  async function publish(): Promise<LiveActivity> {
    const stock = {
      id: 'one-yuan',
      name: '一元红包',
      kind: 'red-packet',
      amountFen: 100,
      tickets: 1,
      stock: 1000,
    } as const;
    return publishActivity(database.client, { prizes: [stock], limits: {} });
  }

  function drawOf(activity: LiveActivity, pool: pg.Pool) {
    const batcher = batcherOver(createDrawStore(pool), log, { batchMax: 4 });
    return () => {
      keys += 1;
      return batcher.draw({ activity, openid: follower(keys), key: messageKey(keys), render: (text) => text });
    };
  }

  async function drawn(activity: LiveActivity): Promise<number> {
    const found = await database.client.query<{ count: number }>(
      `select count(*)::int as count from draw where activity_id = $1 and outcome <> 'refused'`,
      [activity.id],
    );
    return found.rows[0]?.count ?? 0;
  }

  it('refuses every draw with a text of its own, goes on as often as one likes, and stays listed', async () => {
    const activity = await publish();
    const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
    const directory = createActivityDirectory({ pool: pools[0], clock: wallClock, logger: log, parseRule });
    const draw = drawOf(activity, pools[1]);
    for (let turn = 0; turn < 3; turn += 1) {
      assert.equal((await draw()).won, true);
      assert.equal((await flow.pause(anna, activity.id)).activity.state, 'paused');
      assert.deepEqual(await draw().then(({ won, reply }) => [won, reply]), [false, PAUSED]);
      assert.equal((await flow.resume(anna, activity.id)).activity.state, 'published');
    }
    await flow.pause(anna, activity.id);
    assert.equal((await directory.bySlug(activity.slug))?.paused, true);
    const events = log.lines.map(({ event }) => event).filter((event) => event.startsWith('activity-'));
    assert.deepEqual(events.slice(-2), ['activity-resumed', 'activity-paused']);
  });

  it('does not change its revision, takes new texts without going on, and is stopped for good', async () => {
    const { id } = await publish();
    const before = (await flow.show(id)).activity;
    const paused = (await flow.pause(anna, id)).activity;
    assert.equal(paused.revision, before.revision);
    const texts = { ...(before.draft['texts'] as object), paused: '午休，两点再来' };
    const draft: RuleDraft = { ...before.draft, texts };
    const edited = (await flow.edit(anna, { ...before, draft })).activity;
    const published = (await flow.publish(anna, edited)).activity;
    assert.deepEqual([published.state, published.publishedVersion], ['paused', 2]);
    const counter = 'select open, paused from activity_counter where activity_id = $1';
    assert.deepEqual((await database.client.query(counter, [id])).rows, [{ open: false, paused: true }]);
    assert.equal((await flow.stop(anna, id)).activity.state, 'stopped');
    for (const [turn, code] of [
      ['pause', 'activity-not-published'],
      ['resume', 'activity-not-paused'],
    ] as const) {
      await assert.rejects(flow[turn](anna, id), (error) => error instanceof WrongRequest && error.code === code);
    }
    assert.deepEqual((await database.client.query(counter, [id])).rows, [{ open: false, paused: false }]);
  });

  it('draws nothing once the pause has committed, however many draw on two processes', async () => {
    const activity = await publish();
    const draws = pools.map((pool) => drawOf(activity, pool));
    const gate = Promise.withResolvers<void>();
    const racing = Array.from({ length: 120 }, async (_, index) => {
      await gate.promise;
      return draws[index % 2]?.();
    });
    gate.resolve();
    await racing[0];
    await flow.pause(anna, activity.id);
    const atPause = await drawn(activity);
    const replies = await Promise.all(racing);
    assert.equal(await drawn(activity), atPause);
    assert.ok(atPause > 0 && atPause < 120, `${atPause} draws before the pause`);
    assert.equal(replies.filter((result) => result?.reply === PAUSED).length, 120 - atPause);
  });

  /** One draw that has read the counters meets a pause: did the draw win behind the pause's commit? */
  async function meet(locked: boolean): Promise<{ won: boolean; behindThePause: boolean }> {
    const activity = await publish();
    const read = Promise.withResolvers<void>();
    const paused = Promise.withResolvers<void>();
    let hasPaused = false;
    let behindThePause = false;
    const waiting = reading(pools[1], async (send, text) => {
      const answer = await send(locked ? text : withoutDrawLocks(text));
      if (!text.startsWith('begin')) return answer;
      read.resolve();
      await Promise.race([paused.promise, sleep(MEETING_MS)]);
      behindThePause = hasPaused;
      return answer;
    });
    const drawing = drawOf(activity, waiting)();
    await read.promise;
    await flow.pause(anna, activity.id).then(() => {
      hasPaused = true;
      paused.resolve();
    });
    return { won: (await drawing).won, behindThePause };
  }

  it('waits for a draw that has begun, which a draw without the lock does not', async () => {
    assert.deepEqual(await meet(true), { won: true, behindThePause: false });
    assert.deepEqual(await meet(false), { won: true, behindThePause: true });
  });
});

/** A pool whose connections send through `ask`. */
function reading(
  pool: pg.Pool,
  ask: (send: (text: string) => Promise<unknown>, text: string) => Promise<unknown>,
): pg.Pool {
  return {
    connect: async () => {
      const client = await pool.connect();
      return new Proxy(client, {
        get(target, name) {
          if (name === 'query')
            // What is no text takes in rows, behind what is read here.
            return (query: unknown) =>
              typeof query === 'string' ? ask((sent) => target.query(sent), query) : target.query(query as never);
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  } as pg.Pool;
}
