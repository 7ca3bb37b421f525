import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { AlarmStore } from '../../src/flows/ports/alarms.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createPool } from '../../src/store/database.ts';
import { openDoor } from '../support/breakable-door.ts';
import { NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
/** Two pools, as two processes have them. */
let pools: readonly [pg.Pool, pg.Pool];
let one: AlarmStore;
let other: AlarmStore;
before(async () => {
  database = await freshDatabase();
  const open = () => createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  pools = [open(), open()];
  [one, other] = [createAlarmStore(pools[0]), createAlarmStore(pools[1])];
});
after(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.close();
});
beforeEach(async () => {
  await database.client.query('delete from alarm');
});

const stopped = { kind: 'merchant-stopped', subject: 'main', message: 'NOTENOUGH' } as const;
const take = (store: AlarmStore, nowMs: number) => store.takeUntold({ nowMs, againAtMs: nowMs + 60_000 });

/** Raises so many alarms, each about another order. */
async function raiseSome(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await one.raise({ kind: 'contradiction', subject: `order-${index}`, message: 'm' }, NOON_MS + index);
  }
}

test('an alarm stays open once however often and by however many it is raised', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other).raise(stopped, NOON_MS + index)),
  );
  assert.equal(answers.filter(Boolean).length, 1);
  assert.equal((await one.open()).length, 1);
  assert.equal(await one.raise({ ...stopped, message: 'another reason' }, NOON_MS + 9), false);
  assert.equal((await other.open())[0]?.message, 'NOTENOUGH');
});

test('kinds and subjects stand apart, and open alarms come oldest first', async () => {
  await one.raise({ ...stopped, subject: 'second' }, NOON_MS + 1000);
  await one.raise(stopped, NOON_MS);
  await one.raise({ kind: 'sending-stopped', subject: '', message: 'by hand' }, NOON_MS + 500);
  const open = await one.open();
  assert.deepEqual(
    open.map(({ kind, subject, raisedAtMs }) => [kind, subject, raisedAtMs - NOON_MS]),
    [
      ['merchant-stopped', 'main', 0],
      ['sending-stopped', '', 500],
      ['merchant-stopped', 'second', 1000],
    ],
  );
  assert.ok(open.every(({ id }) => Number.isSafeInteger(id)));
});

test('a cleared alarm is gone, is cleared once, and may be raised anew', async () => {
  await one.raise(stopped, NOON_MS);
  assert.deepEqual(
    await Promise.all([one.clear(stopped, NOON_MS + 1), other.clear(stopped, NOON_MS + 1)]).then(count),
    1,
  );
  assert.deepEqual(await one.open(), []);
  assert.equal(await one.clear(stopped, NOON_MS + 2), false);
  assert.equal(await one.raise(stopped, NOON_MS + 3), true);
  assert.equal((await one.open())[0]?.raisedAtMs, NOON_MS + 3);
});

test('an alarm is known to have been raised since, open or not', async () => {
  await one.raise(stopped, NOON_MS);
  await one.clear(stopped, NOON_MS + 1);
  assert.equal(await other.wasRaised(stopped, NOON_MS), true);
  assert.equal(await other.wasRaised(stopped, NOON_MS + 1), false);
  assert.equal(await other.wasRaised({ ...stopped, subject: 'second' }, NOON_MS), false);
});

function count(answers: readonly boolean[]): number {
  return answers.filter(Boolean).length;
}

test('an alarm is due to be told from the moment it is raised, and not before', async () => {
  await one.raise(stopped, NOON_MS);
  assert.deepEqual(await take(one, NOON_MS - 1), []);
  const [taken] = await take(one, NOON_MS);
  assert.deepEqual({ ...taken, id: 0 }, { id: 0, ...stopped, raisedAtMs: NOON_MS, tries: 1 });
});

test('at most ten are taken at once, those raised first, and nobody else takes them meanwhile', async () => {
  await raiseSome(13);
  const first = await take(one, NOON_MS + 100);
  assert.deepEqual(
    first.map(({ subject }) => subject),
    Array.from({ length: 10 }, (_, index) => `order-${index}`),
  );
  assert.equal((await take(other, NOON_MS + 100)).length, 3);
  assert.equal((await take(other, NOON_MS + 59_000)).length, 0);
  assert.equal((await take(other, NOON_MS + 61_000)).length, 10);
});

test('two processes that take at the same moment never get the same alarm', async () => {
  for (let round = 0; round < 10; round += 1) {
    await database.client.query('delete from alarm');
    await raiseSome(12);
    const taken = await Promise.all([one, other, one, other].map((store) => take(store, NOON_MS + 100)));
    const ids = taken.flat().map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, `round ${round}: ${ids.join(' ')}`);
    assert.equal(ids.length, 12);
  }
});

test('a row another one holds is passed over, not waited for', async () => {
  await raiseSome(2);
  await database.client.query('begin');
  await database.client.query(`select 1 from alarm where subject = 'order-0' for update`);
  const taken = await take(one, NOON_MS + 100);
  await database.client.query('commit');
  assert.deepEqual(
    taken.map(({ subject }) => subject),
    ['order-1'],
  );
});

test('what was told is not taken again, what was not told is tried when it is said, or never', async () => {
  await raiseSome(3);
  const [told, later, never] = await take(one, NOON_MS + 100);
  assert.ok(told && later && never);
  await one.told(told.id, NOON_MS + 200);
  await one.notTold(told.id, NOON_MS + 200);
  await one.notTold(later.id, NOON_MS + 5000);
  await one.notTold(never.id, null);
  assert.deepEqual(await take(one, NOON_MS + 4999), []);
  const again = await take(one, NOON_MS + 5000);
  assert.deepEqual(
    again.map(({ id, tries }) => [id, tries]),
    [[later.id, 2]],
  );
  assert.deepEqual(await take(one, NOON_MS + 10_000_000), [{ ...again[0], tries: 3 }]);
});

test('an alarm that ended before anybody was told is told to nobody', async () => {
  await one.raise(stopped, NOON_MS);
  await one.clear(stopped, NOON_MS + 1);
  assert.deepEqual(await take(one, NOON_MS + 10), []);
});

test('a database that is away is outside trouble', async (context) => {
  const door = await openDoor(database.url);
  const pool = createPool({ url: door.url, connectionsMax: 1, name: 'test' }, quietLogger());
  context.after(async () => {
    await pool.end();
    await door.close();
  });
  const store = createAlarmStore(pool);
  await door.closedWhile(async () => {
    await assert.rejects(store.open(), (error) => error instanceof OutsideTrouble);
  });
  assert.deepEqual(await store.open(), []);
});
