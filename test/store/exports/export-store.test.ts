import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { BeijingDay } from '../../../src/base/beijing-day.ts';
import { createExportRows } from '../../../src/flows/exports/export-rows.ts';
import { EXPORT_SUBJECTS } from '../../../src/flows/ports/exports.ts';
import type { ExportOrder } from '../../../src/flows/ports/exports.ts';
import { createActivityStore } from '../../../src/store/activity-store.ts';
import { createPool } from '../../../src/store/database.ts';
import { createExportStore } from '../../../src/store/exports/export-store.ts';
import { buildActivity, buildWin, randomId } from '../../support/builders.ts';
import type { BuiltActivity } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { realLuck, wallClock } from '../../support/draws.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const DAY = '2026-11-21' as BeijingDay;
const operator = { id: 'o1', name: 'anna', role: 'owner' } as const;
let database: TestDatabase;
let pool: pg.Pool;
let activity: BuiltActivity;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  activity = await buildActivity(database.client);
  for (let wins = 0; wins < 5; wins += 1) await buildWin(database.client, activity);
  await database.client.query(
    `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, reply, trace, created_at)
     select $1, 'm:many:' || n, $2, 1, 'oMany' || n, 'lost', '', '{"why": "blank"}', '2026-11-21T00:00:00+08'::timestamptz + n * interval '1 ms'
     from generate_series(1, 6000) as n`,
    [activity.account.id, activity.id],
  );
});
after(async () => {
  await pool.end();
  await database.close();
});

const order = (subject: ExportOrder['subject']): ExportOrder => ({
  id: randomId(),
  accountId: activity.account.id,
  activityId: activity.id,
  subject,
  format: 'csv',
  period: subject === 'people' ? null : { from: DAY, to: DAY },
  askedBy: 'o1',
});

describe('exported rows', () => {
  test('have as many cells as the file has columns, and none is missing', async () => {
    const store = createExportStore(pool);
    const counts: Record<string, number> = {};
    for (const subject of EXPORT_SUBJECTS) {
      counts[subject] = 0;
      for await (const batch of store.rows(order(subject))) {
        counts[subject] += batch.length;
        assert.ok(batch.length <= 2000);
        for (const row of batch) assert.equal(row.length, store.columns(subject).length);
      }
    }
    assert.deepEqual(counts, { draws: 6005, awards: 5, payouts: 5, people: 5 });
  });

  test('of another day are none', async () => {
    const store = createExportStore(pool);
    const day = '2026-11-22' as BeijingDay;
    for await (const batch of store.rows({ ...order('draws'), period: { from: day, to: day } }))
      assert.fail(`${batch.length} rows`);
  });

  test('are counted in the log, also when the reader goes away, and their connections come back', async () => {
    const exports = createExportRows({
      activities: createActivityStore(pool),
      exports: createExportStore(pool),
      clock: wallClock,
      luck: realLuck,
      logger: quietLogger(),
    });
    const wanted = { id: activity.id, subject: 'draws', format: 'csv', period: { from: DAY, to: DAY } } as const;
    const whole = await exports.begin(operator, wanted);
    for await (const batch of whole.rows) assert.ok(batch.length > 0);
    for (let times = 0; times < 5; times += 1) {
      const left = await exports.begin(operator, wanted);
      for await (const batch of left.rows) if (batch.length > 0) break;
    }
    const lines = await exports.list(activity.id);
    assert.deepEqual(lines.map(({ state, rows }) => `${state} ${rows}`).toSorted(), [
      'broken 500',
      'broken 500',
      'broken 500',
      'broken 500',
      'broken 500',
      'finished 6005',
    ]);
    assert.equal((await pool.query('select 1 as one')).rows[0].one, 1);
    assert.equal(pool.waitingCount, 0);
  });

  test('are written for two readers at once, and a third is asked to wait', async () => {
    const exports = createExportRows({
      activities: createActivityStore(pool),
      exports: createExportStore(pool),
      clock: wallClock,
      luck: realLuck,
      logger: quietLogger(),
    });
    const wanted = { id: activity.id, subject: 'draws', format: 'csv', period: { from: DAY, to: DAY } } as const;
    const readers = [await exports.begin(operator, wanted), await exports.begin(operator, wanted)];
    for (const { rows } of readers) await rows.next();
    await assert.rejects(exports.begin(operator, wanted), { code: 'exports-busy' });
    for (const { rows } of readers) await rows.return();
    const next = await exports.begin(operator, wanted);
    await next.rows.next();
    await next.rows.return();
  });
});
