import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { createPool } from '../../src/store/database.ts';
import { realSleep } from '../../src/store/database-clock.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { meetingDrawStores } from '../support/meeting-draw-stores.ts';
import { quietLogger } from '../support/quiet-logger.ts';

/** One process: what its clock says, who comes there and what they say. */
interface Racer {
  readonly nowMs: number;
  readonly people: readonly number[];
  readonly start?: string;
  readonly said?: string;
}

const MIDNIGHT_MS = startOfBeijingDayMs('2028-03-01' as BeijingDay);
const KEY = 'constraint check_in_pk primary key (account_id, activity_id, openid, day)';

describe('two processes at which people check in', () => {
  let database: TestDatabase;
  let pools: readonly pg.Pool[];
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    pools = [0, 1].map((index) => createPool({ url: database.url, connectionsMax: 4, name: `check-in-${index}` }, log));
  });
  beforeEach(async () => {
    await database.client.query(
      `alter table book_entry disable trigger user;
       truncate book_entry, payout, award, draw, check_in, participant, activity_day, prize_counter, activity_counter, rule_version, activity cascade;
       alter table book_entry enable trigger user;`,
    );
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
  });

  /** Lets both read before any of them writes, unless a lock keeps them apart. Counts how the requests ended. */
  async function race(
    rule: Partial<ActivityRuleInput>,
    racers: readonly Racer[],
    locked: boolean,
  ): Promise<Record<string, number>> {
    const activity = await publishActivity(database.client, rule);
    // Known already: two who take in the same newcomer meet at the primary key even without the lock.
    await database.client.query(
      `insert into participant (account_id, activity_id, openid, draws, draws_that_day, wins, streak_days, check_ins)
       select distinct $1, $2, openid, 0, 0, 0, 0, 0 from unnest($3::text[]) as known (openid)`,
      [activity.accountId, activity.id, racers.flatMap(({ people }) => people.map(follower))],
    );
    const stores = meetingDrawStores(pools, { locked });
    const results = await Promise.allSettled(
      racers.flatMap(({ nowMs, people, start, said }, process) => {
        const store = stores[process];
        assert.ok(store);
        const clock: Clock = { nowMs: () => nowMs, sleep: realSleep };
        const batcher = batcherOver(store, log, { clock });
        return people.map((person, index) =>
          batcher.draw({
            activity,
            openid: follower(person),
            key: messageKey(`${process}-${index}`),
            render: (_, verdict) => (verdict.outcome === 'won' ? verdict.prizeId : verdict.why),
            ...(start !== undefined && { start }),
            ...(said !== undefined && { said }),
          }),
        );
      }),
    );
    return countBy(results.map((one) => (one.status === 'fulfilled' ? one.value.reply : 'failed')));
  }

  async function days(): Promise<readonly string[]> {
    const found = await database.client.query<{ day: string }>(
      `select day || case when made_up then ' made up' else '' end as day from check_in order by 1`,
    );
    return found.rows.map(({ day }) => day);
  }

  const checkIn = {
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 1, prizeId: 'one-yuan' }] },
    chained: [{ id: 'up', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 5 } }],
    startsAtMs: MIDNIGHT_MS - 40 * 86_400_000,
  } satisfies Partial<ActivityRuleInput>;
  const often = Array<number>(32).fill(1);
  const atNoon = { nowMs: MIDNIGHT_MS + 43_200_000, people: often };

  it('count one of 64 check-ins of one person', async () => {
    assert.deepEqual(await race(checkIn, [atNoon, atNoon], true), { 'one-yuan': 1, 'checked-in-today': 63 });
    assert.equal((await days()).length, 1);
    assert.deepEqual((await verifyBooks(pools[0] as pg.Pool)).differences, []);
  });
  it('twin: without the lock and the key the person wins at both', async () => {
    await database.client.query('alter table check_in drop constraint check_in_pk');
    try {
      assert.deepEqual(await race(checkIn, [atNoon, atNoon], false), { 'one-yuan': 2, 'checked-in-today': 62 });
      assert.equal((await days()).length, 2);
    } finally {
      await database.client.query(`truncate check_in; alter table check_in add ${KEY}`);
    }
  });
  it('without the lock the key still lets nobody win twice', async () => {
    const { 'one-yuan': won } = await race(checkIn, [atNoon, atNoon], false);
    assert.equal(won, 1);
    assert.equal((await days()).length, 1);
  });

  const makingUp = { ...atNoon, start: 'up', said: '2-29' };
  it('make one leap day up once, for one card', async () => {
    const ends = await race(checkIn, [makingUp, makingUp], true);
    assert.deepEqual(ends, { 'one-yuan': 1, 'nothing-to-make-up': 63 });
    assert.deepEqual(await days(), ['2028-02-29 made up']);
    const kept = await database.client.query(`select state -> 'up' as cards from participant`);
    assert.deepEqual(kept.rows, [{ cards: { month: '2028-03', used: 1 } }]);
  });

  it('keep a person’s days where the clocks stand on both sides of midnight', async () => {
    const sides = [
      { nowMs: MIDNIGHT_MS - 1, people: [1] },
      { nowMs: MIDNIGHT_MS, people: [1] },
    ];
    await race(checkIn, sides, true);
    assert.deepEqual(await days(), ['2028-02-29', '2028-03-01']);
    const kept = await database.client.query('select check_in_day::text, streak_days, check_ins from participant');
    assert.deepEqual(kept.rows, [{ check_in_day: '2028-03-01', streak_days: 2, check_ins: 2 }]);
    assert.deepEqual((await verifyBooks(pools[0] as pg.Pool)).differences, []);
  });

  const threeADay = { limits: { winsPerDay: 3 } } satisfies Partial<ActivityRuleInput>;
  const crowd = (first: number) => Array.from({ length: 8 }, (_, index) => first + index);
  const winsByDay = async (): Promise<readonly number[]> => {
    const found = await database.client.query<{ wins: number }>('select wins::int from activity_day order by day');
    return found.rows.map(({ wins }) => wins);
  };
  it('hold each side of midnight to its own day’s limit of wins', async () => {
    const sides = [
      { nowMs: MIDNIGHT_MS - 1, people: crowd(0) },
      { nowMs: MIDNIGHT_MS, people: crowd(8) },
    ];
    assert.deepEqual(await race(threeADay, sides, true), { 'one-yuan': 6, 'day-limit': 10 });
    assert.deepEqual(await winsByDay(), [3, 3]);
  });
  it('hold the last moment of a day to its limit', async () => {
    const last = [crowd(0), crowd(8)].map((people) => ({ nowMs: MIDNIGHT_MS - 1, people }));
    assert.deepEqual(await race(threeADay, last, true), { 'one-yuan': 3, 'day-limit': 13 });
  });
  it('twin: without the lock the last moment gives the day’s limit twice', async () => {
    const last = [crowd(0), crowd(8)].map((people) => ({ nowMs: MIDNIGHT_MS - 1, people }));
    assert.deepEqual(await race(threeADay, last, false), { 'one-yuan': 6, 'day-limit': 10 });
  });
});

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
