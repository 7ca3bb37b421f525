import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { createPool } from '../../src/store/database.ts';
import { createQueueFigures } from '../../src/store/read-models/queue-metrics.ts';
import { openDoor } from '../support/breakable-door.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
let pool: pg.Pool;
let activity: BuiltActivity;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  activity = await buildActivity(database.client);
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query(`
    delete from payout; delete from alarm; delete from merchant where id <> 'main';
    update merchant set state = 'open', stopped_reason = null, certificate_not_after = null;`);
});

const DAY_MS = 86_400_000;
const NONE = { waiting: 0, unknown: 0, parked: 0, dead: 0, sent: 0 };
const read = () => createQueueFigures({ pool, nowMs: () => NOON_MS })();
const sql = (text: string, values: readonly unknown[] = []) => database.client.query(text, [...values]);

/** Writes a payout in a state, due after so many ms, or at rest. */
async function payout(state: string, dueInMs: number | null, nextCall = 'send'): Promise<void> {
  const win = await buildWin(database.client, activity);
  await sql('update payout set state = $2, due_at = $3, next_call = $4 where order_number = $1', [
    win.orderNumber,
    state,
    dueInMs === null ? null : new Date(NOON_MS + dueInMs),
    nextCall,
  ]);
}

test('payouts are counted by state and by whether their time has come, settled ones not at all', async () => {
  for (const dueInMs of [-1000, 0, 1000]) await payout('waiting', dueInMs);
  await payout('unknown', -1);
  await payout('sent', 5000, 'query');
  await payout('sent', -5000, 'query');
  await payout('parked', null);
  await payout('dead', null);
  await payout('received', null);
  await payout('returned', null);
  const [main] = (await read()).merchants;
  assert.deepEqual(main?.payouts, { waiting: 3, unknown: 1, sent: 2, parked: 1, dead: 1 });
  assert.equal(main?.due, 4);
});

test('a dead number whose award has a later one is nobody’s matter any more', async () => {
  await payout('dead', null);
  await sql(`
    insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, series, created_at, updated_at)
    select account_id, 'later', award_id, activity_id, merchant_id, openid, amount_fen, 'waiting', 1, created_at, updated_at from payout`);
  assert.deepEqual((await read()).merchants[0]?.payouts, { ...NONE, waiting: 1 });
});

test('stops, open alarms and certificates are read along, for every merchant', async () => {
  await buildMerchant(database.client, { id: 'second', mchId: '1900000110' });
  await sql(`update merchant set state = 'stopped', stopped_reason = 'NOTENOUGH' where id = 'second'`);
  await sql(`update merchant set certificate_not_after = $1 where id = 'main'`, [new Date(NOON_MS + 2.5 * DAY_MS)]);
  await sql(
    `insert into alarm (kind, subject, message, raised_at, cleared_at)
     values ('contradiction', 'a', '', $1, null), ('contradiction', 'b', '', $1, null), ('books-differ', 'c', '', $1, $1)`,
    [new Date(NOON_MS)],
  );
  const figures = await read();
  assert.deepEqual(
    figures.merchants.map(({ merchantId, stopped, certificateDaysLeft }) => [merchantId, stopped, certificateDaysLeft]),
    [
      ['main', false, 2.5],
      ['second', true, null],
    ],
  );
  assert.deepEqual(figures.alarms, { contradiction: 2 });
});

test('an installation that was never opened sends, and a stopped one does not', async () => {
  assert.equal((await read()).sendingStopped, false);
  await sql(
    `insert into installation (order_prefix, secrets_check, created_at, sending_stopped_at, sending_stopped_reason)
     values ('test', '', $1, $1, 'by hand')`,
    [new Date(NOON_MS)],
  );
  assert.equal((await read()).sendingStopped, true);
  await sql('update installation set sending_stopped_at = null, sending_stopped_reason = null');
  assert.equal((await read()).sendingStopped, false);
});

test('a database without merchants has no figures of any', async () => {
  const empty = await freshDatabase();
  const emptyPool = createPool({ url: empty.url, connectionsMax: 1, name: 'test' }, quietLogger());
  try {
    const figures = await createQueueFigures({ pool: emptyPool, nowMs: () => NOON_MS })();
    assert.deepEqual(figures, { countedMax: 20_000, sendingStopped: false, merchants: [], alarms: {} });
  } finally {
    await emptyPool.end();
    await empty.close();
  }
});

test('the database is asked once in five seconds, however many ask and whether at once', async () => {
  let asked = 0;
  let tickMs = 0;
  // Each statement takes a connection; the test's own go over another client.
  const count = (): void => void (asked += 1);
  pool.on('acquire', count);
  const figures = createQueueFigures({ pool, nowMs: () => NOON_MS, tickMs: () => tickMs });
  await Promise.all(Array.from({ length: 8 }, () => figures()));
  tickMs = 4999;
  await figures();
  assert.equal(asked, 1);
  await payout('parked', null);
  tickMs = 5000;
  assert.equal((await figures()).merchants[0]?.payouts.parked, 1);
  assert.equal(asked, 2);
  pool.off('acquire', count);
});

test('a database that is away is outside trouble, and is asked again by the next scrape', async (context) => {
  const door = await openDoor(database.url);
  const doorPool = createPool({ url: door.url, connectionsMax: 1, name: 'test' }, quietLogger());
  context.after(async () => {
    await doorPool.end();
    await door.close();
  });
  const figures = createQueueFigures({ pool: doorPool, nowMs: () => NOON_MS });
  await door.closedWhile(async () => {
    await assert.rejects(figures(), (error) => error instanceof OutsideTrouble);
  });
  assert.equal((await figures()).merchants.length, 1);
});

test('a queue of any length costs a scrape the same: counting ends at 20,000', async () => {
  const account = await buildAccount(database.client);
  await sql(
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, next_call, due_at, created_at, updated_at)
     select $1, 'n' || number, 'a' || number, $2, $3, 'o', 100, case when number % 2 = 0 then 'waiting' else 'sent' end,
       case when number % 2 = 0 then 'send' else 'query' end, $4, $4, $4 from generate_series(1, 60000) as number`,
    [account.id, activity.id, account.merchant.id, new Date(NOON_MS)],
  );
  await sql('analyze payout');
  const [main] = (await read()).merchants;
  assert.deepEqual(main?.payouts, { ...NONE, waiting: 20_000, sent: 20_000 });
  assert.equal(main?.due, 20_000);
});
