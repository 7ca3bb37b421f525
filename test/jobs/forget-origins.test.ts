import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { ForgetOrigins } from '../../src/jobs/forget-origins.ts';
import { createForgottenOrigins } from '../../src/store/account/forgotten-origins.ts';
import { createPool } from '../../src/store/database.ts';
import { buildActivity, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let pool: pg.Pool;
let activities: readonly BuiltActivity[];
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 4, name: 'test' }, quietLogger());
  activities = [await buildActivity(database.client), await buildActivity(database.client)];
});
after(async () => {
  await pool.end();
  await database.close();
});

/** Writes draws of the first activity, one an hour back from noon; `each` of them at each hour. */
async function drawsBack(hours: number, each: number): Promise<void> {
  for (const { account, id } of activities) {
    await database.client.query(
      `insert into draw_origin (account_id, activity_id, kind, origin, drawn_at, draws)
       select $1, $2, 'ip', rpad(one::text, 43, '-'), to_timestamp($3 / 1000.0) - hour * interval '1 hour', 1
       from generate_series(0, $4 - 1) as hour, generate_series(1, $5) as one`,
      [account.id, id, NOON_MS, hours, each],
    );
  }
}

async function hoursKept(): Promise<number> {
  const found = await database.client.query<{ hours: number }>(
    'select count(distinct drawn_at)::int as hours from draw_origin',
  );
  return found.rows[0]?.hours ?? 0;
}

test('where draws came from is forgotten after a day, of every account, and by two processes at once', async () => {
  await drawsBack(48, 200);
  const slept = Promise.withResolvers<void>();
  const clock = {
    nowMs: () => NOON_MS,
    sleep: async () => {
      await slept.promise;
    },
  };
  const origins = createForgottenOrigins(pool);
  const jobs = [0, 1].map(() => new ForgetOrigins({ origins, clock, logger: quietLogger() }));
  for (const job of jobs) job.start();
  for (let tries = 0; tries < 100 && (await hoursKept()) > 26; tries += 1) await new Promise(setImmediate);
  slept.resolve();
  await Promise.all(jobs.map((job) => job.stop()));
  // From noon back to eleven the day before, which rules look at with an hour to spare.
  assert.equal(await hoursKept(), 26);
});

test('a step takes no more rows than it may', async () => {
  await database.client.query('truncate draw_origin');
  await drawsBack(2, 10);
  const origins = createForgottenOrigins(pool);
  assert.equal(await origins.forgetBefore(NOON_MS + HOUR_MS, 15), 15);
  assert.equal(await origins.forgetBefore(NOON_MS + HOUR_MS, 100), 25);
  assert.equal(await origins.forgetBefore(NOON_MS + HOUR_MS, 100), 0);
});
