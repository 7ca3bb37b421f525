import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { hasLostItsPlans, keptStatement, KeptStatements } from '../../src/store/kept-statement.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
let pool: pg.Pool;
let people = 0;

before(async () => {
  database = await freshDatabase();
});

beforeEach(() => {
  pool = createPool({ url: database.url, connectionsMax: 1, name: 'kept' }, quietLogger());
});

afterEach(() => pool.end());

after(() => database.close());

async function drawer() {
  const activity = await publishActivity(database.client, { limits: {} });
  const log = quietLogger();
  const batcher = batcherOver(createDrawStore(pool), log);
  const draw = () => {
    people += 1;
    return batcher.draw({ activity, openid: follower(people), key: messageKey(people), render: (text) => text });
  };
  return { draw, log, activity };
}

const planOf = async (statement: string): Promise<string> => {
  const found = await pool.query<{ 'QUERY PLAN': string }>(`explain ${statement}`);
  return found.rows.map((row) => row['QUERY PLAN']).join('\n');
};

test('a plan from when the tables had a row finds people and counters by their index still', async () => {
  const { draw, activity } = await drawer();
  await draw();
  // That there is next to nothing is what a planner would go by.
  await database.client.query('analyze');
  await draw();
  const here = `'main', '${activity.id}'`;
  for (const [statement, index] of [
    [`execute draw_people (${here}, '{x}')`, /participant_pk/],
    [`execute draw_lock (${here})`, /activity_counter_pk/],
    [`execute draw_prizes (${here})`, /prize_counter_pk/],
    [`execute draw_today (${here}, '2026-11-21', 'main')`, /activity_day_pk/],
    [`execute draw_counted (${here}, 1, 1, 1)`, /activity_counter_pk/],
    [`execute draw_prizes_drawn (${here}, '[]')`, /prize_counter_pk/],
  ] as const) {
    const plan = await planOf(statement);
    assert.match(plan, index);
    assert.doesNotMatch(plan, /Seq Scan/);
  }
  // The same statement planned for the tables as they are reads all of one: that is what must not be kept.
  await pool.query('set enable_seqscan = on');
  const fresh = `select from participant where account_id = 'main' and activity_id = '${activity.id}' and openid = 'x'`;
  assert.match(await planOf(fresh), /Seq Scan/);
});

test('a draw is decided although a migration has just changed what a kept statement returns', async () => {
  const { draw, log } = await drawer();
  await draw();
  await database.client.query('alter table participant alter column draws type bigint');
  assert.equal((await draw()).won, true);
  await database.client.query('alter table participant alter column draws type integer');
  assert.equal((await draw()).won, true);
  const retried = log.lines.filter(({ event }) => event === 'draw-batch-tried-again');
  assert.equal(retried.length, 2);
});

test('a connection that has lost its statements is not used again', async () => {
  const { draw } = await drawer();
  await draw();
  const first = await pool.query('select pg_backend_pid() as pid');
  await pool.query('deallocate all');
  assert.equal((await draw()).won, true);
  const second = await pool.query('select pg_backend_pid() as pid');
  assert.notEqual(second.rows[0].pid, first.rows[0].pid);
});

test('a connection on which not all of them could be made is in nobody’s way', async () => {
  const { draw } = await drawer();
  await database.client.query('alter table participant rename to elsewhere');
  await assert.rejects(draw(), { code: '42P01' });
  await database.client.query('alter table elsewhere rename to participant');
  assert.equal((await draw()).won, true);
});

test('statements are made once on a connection, whoever speaks through it', async () => {
  const one = keptStatement('one', [], 'select 1 as n');
  const twice = keptStatement('twice', ['integer'], 'select 2 * $1 as n');
  const kept = new KeptStatements([one, twice]);
  const client = await pool.connect();
  try {
    await kept.prepareOn(client);
    await kept.prepareOn(new Proxy(client, {}));
    assert.deepEqual((await client.query(one.run())).rows, [{ n: 1 }]);
    assert.deepEqual((await client.query(twice.run(21))).rows, [{ n: 42 }]);
  } finally {
    client.release();
  }
});

test('only what a new connection mends counts as lost', () => {
  const failure = (code: string, message: string) => Object.assign(new Error(message), { code });
  assert.ok(hasLostItsPlans(failure('26000', 'prepared statement "draw_lock" does not exist')));
  assert.ok(hasLostItsPlans(failure('42P05', 'prepared statement "draw_lock" already exists')));
  assert.ok(hasLostItsPlans(failure('0A000', 'cached plan must not change result type')));
  assert.ok(!hasLostItsPlans(failure('0A000', 'it is not supported')));
  assert.ok(!hasLostItsPlans(new Error('cached plan')));
  assert.ok(!hasLostItsPlans('26000'));
});
