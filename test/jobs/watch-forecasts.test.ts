import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type pg from 'pg';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { KeptForecast } from '../../src/flows/ports/forecasts.ts';
import { createForecastWatch } from '../../src/flows/forecast/watch-forecasts.ts';
import { WatchForecasts } from '../../src/jobs/watch-forecasts.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createForecastRecords } from '../../src/store/read-models/forecast-records.ts';
import { NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { handClock } from '../support/hand-clock.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const HOUR_MS = 3_600_000;
const HOURS = 10;
const band = (mean: number) => ({ mean, low: mean - 2, high: mean + 2 });
/** Ten draws of 100 fen an hour. */
const FORECAST = {
  fromMs: NOON_MS,
  hours: Array.from({ length: HOURS }, (_, hour) => ({
    draws: band((hour + 1) * 10),
    costFen: band((hour + 1) * 1000),
  })),
  byDraws: Array.from({ length: HOURS }, (_, step) => ({ draws: (step + 1) * 10, costFen: band((step + 1) * 1000) })),
} as unknown as KeptForecast['forecast'];

let database: TestDatabase;
let pool: pg.Pool;
let activity: LiveActivity;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
});
after(async () => {
  await pool.end();
  await database.close();
});
beforeEach(async () => {
  await database.client.query(
    'truncate alarm, activity_forecast, activity_tally; truncate activity, account, merchant cascade',
  );
  activity = await publishActivity(database.client);
  await createForecastRecords(pool).keep(
    { accountId: activity.accountId, id: activity.id },
    { madeAtMs: NOON_MS - HOUR_MS, madeBy: 'anna', expected: {} as KeptForecast['expected'], forecast: FORECAST },
  );
});

/** So many draws in the hour that begins so many hours after noon. */
async function come(hour: number, draws: number, wonFen = draws * 100): Promise<void> {
  await database.client.query(
    `insert into activity_tally (account_id, activity_id, day, kind, name, number, wins, won_fen)
     values ($1, $2, to_timestamp($3::float8 / 1000) at time zone 'Asia/Shanghai', 'hour', $4, $5, $5, $6)`,
    [activity.accountId, activity.id, NOON_MS, String(12 + hour).padStart(2, '0'), draws, wonFen],
  );
}

function watching() {
  const alarms = createAlarmStore(pool);
  const log = quietLogger();
  const clock = handClock(NOON_MS);
  const watch = createForecastWatch({ records: createForecastRecords(pool), alarms, clock, logger: log });
  const job = new WatchForecasts({ watch, clock, logger: log });
  return { alarms, log, clock, job };
}

test('an activity that leaves its forecast is told of once, and no more once it has come back', async () => {
  const { alarms, clock, job } = watching();
  await come(0, 10);
  job.start();
  await clock.advance(HOUR_MS);
  assert.deepEqual(await alarms.open(), []);
  await come(1, 30);
  await clock.advance(HOUR_MS);
  const [alarm, ...more] = await alarms.open();
  assert.deepEqual([alarm?.kind, alarm?.subject, more], ['forecast-left', activity.id, []]);
  assert.match(
    alarm?.message ?? '',
    /^「.+」参与次数多于预测 \(more draws than forecast\)，\S+ 14:00\S* 起。已参与 40 次，已中 ¥40\.00$/,
  );
  // Seen to by a person: it is not told again for as long as it stays outside.
  await alarms.clear({ kind: 'forecast-left', subject: activity.id }, clock.nowMs());
  await clock.advance(HOUR_MS / 2);
  assert.deepEqual(await alarms.open(), []);
  // Two hours without anybody bring the curve back into its band and then below it: another part.
  await clock.advance(1.5 * HOUR_MS);
  assert.deepEqual(await alarms.open(), []);
  await clock.advance(HOUR_MS);
  assert.match((await alarms.open())[0]?.message ?? '', /参与次数少于预测/);
  await job.stop();
});

test('draws that cost more than luck explains are told of, and the alarm ends when the curve comes back', async () => {
  const { alarms, clock, job, log } = watching();
  await come(0, 10, 3000);
  job.start();
  await clock.advance(HOUR_MS);
  assert.match((await alarms.open())[0]?.message ?? '', /花费高于预测/);
  assert.equal(log.lines.filter(({ event }) => event === 'forecast-left').length, 1);
  await come(1, 10, -1000);
  await clock.advance(HOUR_MS);
  assert.deepEqual(await alarms.open(), []);
  await job.stop();
});

test('neither a stopped activity nor the time after a forecast is watched', async () => {
  const { alarms, clock, job } = watching();
  job.start();
  await clock.advance((HOURS + 1) * HOUR_MS);
  assert.deepEqual(await alarms.open(), []);
  await job.stop();
  const other = watching();
  await database.client.query(`update activity set state = 'stopped'`);
  other.job.start();
  await other.clock.advance(5 * HOUR_MS);
  assert.deepEqual(await other.alarms.open(), []);
  await other.job.stop();
});
