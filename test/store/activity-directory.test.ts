import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { AccountId } from '../../src/base/ids.ts';
import type { ActivityDirectory, LiveActivity } from '../../src/flows/ports/draws.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createPool } from '../../src/store/database.ts';
import { openDoor } from '../support/breakable-door.ts';
import type { BreakableDoor } from '../support/breakable-door.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const MAIN = 'main' as AccountId;
const log = quietLogger();
let database: TestDatabase;
let door: BreakableDoor;
let pool: pg.Pool;
let first: LiveActivity;
let nowMs = 0;
let queries = 0;
let parsed = 0;

before(async () => {
  database = await freshDatabase();
  door = await openDoor(database.url);
  pool = createPool({ url: door.url, connectionsMax: 4, name: 'test' }, log);
  first = await publishActivity(database.client);
});

after(async () => {
  await pool.end();
  await door.close();
  await database.close();
});

function directory(): ActivityDirectory {
  nowMs = 1_000_000;
  queries = 0;
  parsed = 0;
  const counting = new Proxy(pool, {
    get(target, name) {
      if (name === 'query') queries += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return createActivityDirectory({
    pool: counting,
    clock: { nowMs: () => nowMs },
    logger: log,
    parseRule: (stored) => {
      parsed += 1;
      return activityRuleSchema.parse(stored);
    },
  });
}

test('a thousand callers at once cost one look at the database and one parse a version', async () => {
  const found = directory();
  const answers = await Promise.all(Array.from({ length: 1000 }, () => found.live(MAIN)));
  assert.deepEqual(answers[999], [first]);
  assert.deepEqual(await found.bySlug(first.slug), first);
  nowMs += 999;
  await found.live(MAIN);
  assert.deepEqual([queries, parsed], [2, 1]);
  nowMs += 1;
  await found.live(MAIN);
  assert.deepEqual([queries, parsed], [3, 1]);
  assert.deepEqual(await found.live('other' as AccountId), []);
  assert.equal(await found.bySlug('nothing'), undefined);
});

test('a publication, a pause and a stop are seen a second later', async () => {
  const found = directory();
  await found.live(MAIN);
  const second = await publishActivity(database.client);
  assert.equal(await found.bySlug(second.slug), undefined);
  nowMs += 1000;
  assert.deepEqual(await found.bySlug(second.slug), second);
  await database.client.query("update activity set state = 'paused' where id = $1", [second.id]);
  nowMs += 1000;
  assert.deepEqual(await found.bySlug(second.slug), { ...second, paused: true });
  await database.client.query("update activity set state = 'stopped' where id = $1", [second.id]);
  nowMs += 1000;
  assert.equal(await found.bySlug(second.slug), undefined);
});

test('a rule this build cannot read is told once and takes no other activity down', async () => {
  const odd = await publishActivity(database.client);
  await database.client.query(`update rule_version set rule = '{"of": "the future"}' where activity_id = $1`, [odd.id]);
  const found = directory();
  log.lines.length = 0;
  assert.deepEqual(await found.live(MAIN), [first]);
  nowMs += 5000;
  assert.deepEqual(await found.live(MAIN), [first]);
  assert.equal(log.lines.filter((line) => line.event === 'rule-not-readable').length, 1);
  await database.client.query("update activity set state = 'stopped' where id = $1", [odd.id]);
});

test('while the database is away what was known is served for 10 s, then callers are told', async () => {
  const found = directory();
  await found.live(MAIN);
  const none = directory();
  await door.closedWhile(async () => {
    await assert.rejects(none.live(MAIN), OutsideTrouble);
    nowMs += 10_000;
    const startedAt = performance.now();
    assert.deepEqual(await found.live(MAIN), [first]);
    assert.ok(performance.now() - startedAt < 1000);
    nowMs += 1;
    await assert.rejects(found.live(MAIN), OutsideTrouble);
  });
  assert.deepEqual(await found.live(MAIN), [first]);
});
