import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import { CheckIns1795255560000 } from '../../migrations/1795255560000-check-ins.ts';
import { startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createDataSource, createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, wallClock } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

let database: TestDatabase;
let pool: pg.Pool;
let activity: LiveActivity;
before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 2, name: 'check-ins' }, quietLogger());
  activity = await publishActivity(database.client, {
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 40, prizeId: 'one-yuan' }] },
    chained: [{ id: 'up', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 31 } }],
  });
});
after(async () => {
  await pool.end();
  await database.close();
});

/** Somebody as the time before left them: with a streak, and nothing remembered of its days. */
async function leftBefore(person: number, day: string | null, streakDays: number): Promise<void> {
  await database.client.query(
    `insert into participant (account_id, activity_id, openid, draws, draws_that_day, wins, check_in_day, streak_days, check_ins)
     values ($1, $2, $3, 70, 1, 0, $4, $5, 70)`,
    [activity.accountId, activity.id, follower(person), day, streakDays],
  );
}

async function daysOf(person: number): Promise<readonly string[]> {
  const found = await database.client.query<{ day: string }>(
    'select day::text from check_in where openid = $1 order by 1',
    [follower(person)],
  );
  return found.rows.map(({ day }) => day);
}

async function draw(person: number, day: string, start?: string): Promise<string> {
  const nowMs = startOfBeijingDayMs(day as BeijingDay) + 1;
  const batcher = batcherOver(createDrawStore(pool), quietLogger(), { clock: { ...wallClock, nowMs: () => nowMs } });
  const { reply } = await batcher.draw({
    activity,
    openid: follower(person),
    key: messageKey(`${person}-${day}-${start}`),
    render: (_, verdict) => (verdict.outcome === 'won' ? verdict.prizeId : verdict.why),
    ...(start !== undefined && { start }),
  });
  return reply;
}

async function differences(): Promise<readonly string[]> {
  const found = (await verifyBooks(pool)).differences.map(({ check, subject }) => `${check}: ${subject.slice(-10)}`);
  // The people of before stand there without their draws.
  return found.filter((one) => !one.startsWith('draws'));
}

describe('the days people checked in on', () => {
  test('are known of the last streak of everybody who was here before, and goes on from there', async () => {
    const source = await createDataSource({ url: database.url, connectionsMax: 1, name: 'test' }, []).initialize();
    const runner = source.createQueryRunner();
    await new CheckIns1795255560000().down(runner);
    await leftBefore(1, '2028-03-01', 39);
    await leftBefore(2, null, 0);
    await leftBefore(3, '2026-11-20', 1);
    await new CheckIns1795255560000().up(runner);
    await runner.release();
    await source.destroy();
    const first = await daysOf(1);
    assert.deepEqual([first.length, first[0], first.at(-1)], [39, '2028-01-23', '2028-03-01']);
    assert.deepEqual([await daysOf(2), await daysOf(3)], [[], ['2026-11-20']]);
    assert.deepEqual(await differences(), []);
    assert.equal(await draw(1, '2028-03-01'), 'checked-in-today');
    assert.equal(await draw(1, '2028-03-02'), 'one-yuan');
    assert.equal((await daysOf(1)).length, 40);
    assert.equal(await draw(3, '2026-11-22'), 'no-milestone');
    assert.equal(await draw(3, '2026-11-22', 'up'), 'no-milestone');
    assert.deepEqual(await daysOf(3), ['2026-11-20', '2026-11-21', '2026-11-22']);
    assert.deepEqual(await differences(), []);
  });

  test('are compared with what people’s rows remember', async () => {
    await draw(4, '2026-11-20');
    await draw(4, '2026-11-21');
    assert.deepEqual(await differences(), []);
    await database.client.query(`update check_in set day = '2026-11-19' where day = '2026-11-21' and openid = $1`, [
      follower(4),
    ]);
    const found = (await verifyBooks(pool)).differences.filter(({ subject }) => subject.includes(follower(4)));
    assert.deepEqual(
      found.map(({ check, expected, found: kept }) => [check, expected, kept]).filter(([check]) => check !== 'draws'),
      [
        ['days checked in of a month', String(0b11 << 18), String(0b11 << 19)],
        ['last day checked in', '2026-11-20', '2026-11-21'],
      ],
    );
    await database.client.query(`update check_in set day = '2026-11-21' where day = '2026-11-19' and openid = $1`, [
      follower(4),
    ]);
    await database.client.query(`update participant set check_ins = 1 where openid = $1`, [follower(4)]);
    assert.deepEqual(await differences(), [`days checked in: ${follower(4).slice(-10)}`]);
  });
});
