import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { Openid } from '../../src/base/ids.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { NOON_MS, somebody } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
let pool: pg.Pool;
let messages = 0;
let nowMs = NOON_MS;
const clock: Clock = { nowMs: () => nowMs, sleep: async () => {} };

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 6, name: 'test' }, quietLogger());
});
after(async () => {
  await pool.end();
  await database.close();
});

async function draw(activity: LiveActivity, people: readonly Openid[]): Promise<void> {
  const batcher = batcherOver(createDrawStore(pool), quietLogger(), { clock });
  await Promise.all(
    people.map((openid) => {
      messages += 1;
      return batcher.draw({ activity, openid, key: messageKey(`t${messages}`), render: (text) => text });
    }),
  );
}

async function tallies({ id }: LiveActivity, kind: string): Promise<readonly unknown[]> {
  const found = await database.client.query<{ row: unknown }>(
    `select jsonb_build_array(day, name, number, wins, won_fen) as row from activity_tally where activity_id = $1 and kind = $2 order by day, name`,
    [id, kind],
  );
  return found.rows.map(({ row }) => row);
}

describe('draws are counted with the draws themselves', () => {
  test('by Beijing hour with what they won, and refusals by their reason', async () => {
    const activity = await publishActivity(database.client, { limits: { drawsPerPerson: 1 } });
    const [one, other] = [somebody(), somebody()];
    nowMs = NOON_MS;
    await draw(activity, [one, one, other]);
    nowMs = NOON_MS + 3_600_000;
    await draw(activity, [other]);
    assert.deepEqual(await tallies(activity, 'hour'), [['2026-11-21', '12', 2, 2, 200]]);
    assert.deepEqual(await tallies(activity, 'refusal'), [['2026-11-21', 'person-limit', 2, 0, 0]]);
  });

  test('and verify-books compares them with the days', async () => {
    const activity = await publishActivity(database.client, {});
    nowMs = NOON_MS;
    await draw(activity, [somebody(), somebody()]);
    const found = async () =>
      (await verifyBooks(pool)).differences
        .filter(({ activityId }) => activityId === activity.id)
        .map(({ check, expected, found: counted }) => [check, expected, counted]);
    assert.deepEqual(await found(), []);
    await database.client.query(`update activity_tally set number = 9 where activity_id = $1 and kind = 'hour'`, [
      activity.id,
    ]);
    assert.deepEqual(await found(), [['draws by hour of a day', '2 2', '9 2']]);
  });

  test('people by the day they had drawn on before, so that any period counts each once', async () => {
    const activity = await publishActivity(database.client, {});
    const [one, other, third] = [somebody(), somebody(), somebody()];
    nowMs = NOON_MS;
    await draw(activity, [one, one, other]);
    nowMs = NOON_MS + DAY_MS;
    await draw(activity, [one, third]);
    await draw(activity, [one]);
    nowMs = NOON_MS + 3 * DAY_MS;
    await draw(activity, [one, other]);
    assert.deepEqual(await tallies(activity, 'people'), [
      ['2026-11-21', '', 2, 0, 0],
      ['2026-11-22', '', 1, 0, 0],
      ['2026-11-22', '2026-11-21', 1, 0, 0],
      ['2026-11-24', '2026-11-21', 1, 0, 0],
      ['2026-11-24', '2026-11-22', 1, 0, 0],
    ]);
  });

  test('tickets by what they stand for, also when the prize is gone', async () => {
    const prize = {
      id: 'one-yuan',
      name: '一元红包',
      kind: 'red-packet',
      amountFen: 100,
      tickets: 1,
      stock: 1,
    } as const;
    const activity = await publishActivity(database.client, { prizes: [prize] });
    nowMs = NOON_MS;
    await draw(activity, [somebody()]);
    await draw(activity, [somebody(), somebody()]);
    const found = await tallies(activity, 'ticket');
    const drawn = await tallies(activity, 'hour');
    assert.deepEqual(drawn[0], ['2026-11-21', '12', 3, 1, 100]);
    assert.deepEqual(found, [['2026-11-21', '1/main/one-yuan', 3, 0, 0]]);
  });
});
