import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { beijingDay } from '../../src/base/beijing-day.ts';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { AlarmStore } from '../../src/flows/ports/alarms.ts';
import type { ReconciliationStore } from '../../src/flows/ports/reconciliation.ts';
import { Reconcile } from '../../src/jobs/reconcile.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createReconciliationStore } from '../../src/store/reconciliation-store.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { handClock } from '../support/hand-clock.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIDNIGHT_MS = NOON_MS + 12 * HOUR;

let database: TestDatabase;
let pool: pg.Pool;
let alarms: AlarmStore;
let reports: ReconciliationStore;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  alarms = createAlarmStore(pool);
  reports = createReconciliationStore(pool);
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query('delete from alarm; delete from reconciliation');
});

type Hook = { after(work: () => Promise<void>): void };

/** A job by a clock in the test's hand, over the real stores or what is given in their place. */
function job(
  context: Hook,
  startMs: number,
  given: Partial<{ makeOnce: ReconciliationStore['makeOnce']; raise: AlarmStore['raise']; hour: number }> = {},
) {
  const clock = handClock(startMs);
  const logger = quietLogger();
  const reconciling = new Reconcile({
    reconciliations: { makeOnce: given.makeOnce ?? ((...input) => reports.makeOnce(...input)) },
    alarms: { ...alarms, ...(given.raise === undefined ? {} : { raise: given.raise }) },
    clock,
    logger,
    ...(given.hour === undefined ? {} : { hour: given.hour }),
  });
  context.after(() => reconciling.stop());
  reconciling.start();
  const logged = (event: string) => logger.lines.filter((line) => line.event === event);
  return { reconciling, clock, logged };
}

const trouble = () => Promise.reject(new OutsideTrouble('database-trouble', 'away'));

test('yesterday is reported on once four has struck, and once only', async (context) => {
  await reports.make(beijingDay(NOON_MS - 24 * HOUR), NOON_MS);
  const { clock, logged } = job(context, MIDNIGHT_MS + 4 * HOUR - 2 * MINUTE);
  await clock.asleep();
  await clock.advance(MINUTE);
  assert.equal(logged('day-reconciled').length, 0);
  await clock.advance(MINUTE);
  assert.equal((await reports.find(beijingDay(NOON_MS)))?.madeAtMs, MIDNIGHT_MS + 4 * HOUR);
  for (let hour = 0; hour < 23; hour += 1) await clock.advance(HOUR);
  assert.equal(logged('day-reconciled').length, 1);
  await clock.advance(HOUR);
  assert.deepEqual(
    logged('day-reconciled').map((line) => line.fields['day']),
    [beijingDay(NOON_MS), beijingDay(NOON_MS + 24 * HOUR)],
  );
});

test('a report that was missed is made as soon as something runs, at the hour that is set', async (context) => {
  const { clock, logged } = job(context, MIDNIGHT_MS + 6 * HOUR, { hour: 7 });
  await clock.asleep();
  assert.equal(logged('day-reconciled')[0]?.fields['day'], beijingDay(NOON_MS - 24 * HOUR));
  await clock.advance(HOUR);
  assert.equal(logged('day-reconciled')[1]?.fields['day'], beijingDay(NOON_MS));
});

test('of two processes one reports', async (context) => {
  const both = [job(context, MIDNIGHT_MS + 5 * HOUR), job(context, MIDNIGHT_MS + 5 * HOUR)];
  for (const { clock } of both) await clock.asleep();
  // The one that found the other at it asked no further: it looks again tomorrow.
  assert.equal(both.flatMap(({ logged }) => logged('day-reconciled')).length, 1);
});

test('books that differ raise one alarm, which the next report replaces and a good one ends', async (context) => {
  const activity = await buildActivity(database.client);
  await buildEndedWins(database.client, activity, 1, { state: 'received' });
  const wins = 'update activity_counter set wins = wins + $2 where activity_id = $1';
  await database.client.query(wins, [activity.id, 1]);
  const { clock, logged } = job(context, MIDNIGHT_MS + 4 * HOUR);
  await clock.asleep();
  const open = async () => (await alarms.open()).map(({ kind, subject }) => `${kind} ${subject}`);
  assert.deepEqual(await open(), [`books-differ ${beijingDay(NOON_MS)}`]);
  assert.match((await alarms.open())[0]?.message ?? '', /^the books differ in \d places, the first: /);
  assert.equal(logged('books-differ')[0]?.level, 'error');
  await clock.advance(24 * HOUR);
  assert.deepEqual(await open(), [`books-differ ${beijingDay(NOON_MS + 24 * HOUR)}`]);
  await database.client.query(wins, [activity.id, -1]);
  await alarms.raise({ kind: 'merchant-stopped', subject: 'main', message: 'm' }, NOON_MS);
  await clock.advance(24 * HOUR);
  assert.deepEqual(await open(), ['merchant-stopped main']);
});

test('a database that is away is asked every ten minutes, and after four hours no more that day', async (context) => {
  const triedAtMs: number[] = [];
  const { clock, logged } = job(context, MIDNIGHT_MS + 4 * HOUR, {
    makeOnce: (_day, nowMs) => {
      triedAtMs.push(nowMs);
      return trouble();
    },
  });
  for (let minute = 0; minute < 20 * 60; minute += 1) await clock.advance(MINUTE);
  assert.equal(triedAtMs.length, 24);
  assert.ok(triedAtMs.every((at, index) => index === 0 || at - (triedAtMs[index - 1] ?? 0) >= 10 * MINUTE));
  assert.equal(logged('day-not-reconciled').length, 24);
  assert.equal(logged('day-never-reconciled').length, 1);
  for (let hour = 0; hour < 5; hour += 1) await clock.advance(HOUR);
  assert.ok(triedAtMs.length > 24, 'the next day is tried again');
});

test('an alarm that cannot be raised is raised when the database is back', async (context) => {
  const activity = await buildActivity(database.client);
  await database.client.query('update activity_counter set wins = wins + 1 where activity_id = $1', [activity.id]);
  let away = true;
  const { clock } = job(context, MIDNIGHT_MS + 4 * HOUR, {
    raise: (alarm, nowMs) => (away ? trouble() : alarms.raise(alarm, nowMs)),
  });
  await clock.asleep();
  assert.deepEqual(await alarms.open(), []);
  away = false;
  await clock.advance(MINUTE);
  assert.equal((await alarms.open()).length, 1);
  await database.client.query('update activity_counter set wins = wins - 1 where activity_id = $1', [activity.id]);
});

test('stop breaks off a report that is being made, without a warning', async (context) => {
  const blocker = await pool.connect();
  await blocker.query('begin; lock table payout in access exclusive mode');
  const { reconciling, logged } = job(context, MIDNIGHT_MS + 4 * HOUR);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const started = performance.now();
  await reconciling.stop();
  assert.ok(performance.now() - started < 10_000);
  await blocker.query('rollback');
  blocker.release();
  assert.equal(logged('day-not-reconciled').length, 0);
  assert.deepEqual(await reports.days(9), []);
});
