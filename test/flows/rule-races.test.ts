import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import type { DrawOrigin } from '../../src/rules/person-facts.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { createPool } from '../../src/store/database.ts';
import { realSleep } from '../../src/store/database-clock.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { meetingDrawStores } from '../support/meeting-draw-stores.ts';
import { quietLogger } from '../support/quiet-logger.ts';

/** One process of a race: what its clock says and who draws there. */
interface Racer {
  readonly nowMs?: number;
  readonly people: readonly number[];
  /** Where all of them draw from; not known unless told. */
  readonly origin?: DrawOrigin;
}

const PROCESSES = 2;
const MIDNIGHT_MS = startOfBeijingDayMs('2026-11-22' as BeijingDay);

describe('two processes that decide at the same moment', () => {
  let database: TestDatabase;
  let pools: readonly pg.Pool[];
  const log = quietLogger();

  before(async () => {
    database = await freshDatabase();
    pools = Array.from({ length: PROCESSES }, (_, index) =>
      createPool({ url: database.url, connectionsMax: 4, name: `race-${index}` }, log),
    );
    // The twins are to be judged by what they give, not stopped by the database's last line.
    await database.client.query(`alter table prize_counter drop constraint prize_never_over_stock;
      alter table activity_counter drop constraint activity_never_over_budget`);
  });
  beforeEach(async () => {
    await database.client.query(
      `alter table book_entry disable trigger user;
       truncate book_entry, payout, award, draw, draw_origin, participant, activity_day, prize_counter, activity_counter, rule_version, activity cascade;
       alter table book_entry enable trigger user;`,
    );
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
  });

  /** Lets every process read before any of them writes, unless a lock keeps them apart. Returns the awards a day. */
  async function race(
    rule: Partial<ActivityRuleInput>,
    racers: readonly Racer[],
    locked: boolean,
    prepare: (activity: LiveActivity) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<readonly number[]> {
    const activity = await publishActivity(database.client, rule);
    await prepare(activity);
    const stores = meetingDrawStores(pools, { locked });
    await Promise.all(
      racers.flatMap(({ nowMs = MIDNIGHT_MS, people, origin }, process) => {
        const store = stores[process];
        assert.ok(store);
        const clock: Clock = { nowMs: () => nowMs, sleep: realSleep };
        const batcher = batcherOver(store, log, { clock });
        return people.map((person, index) =>
          batcher.draw({
            activity,
            openid: follower(person),
            key: messageKey(`${process}-${index}`),
            render: (text) => text,
            ...(origin && { origin }),
          }),
        );
      }),
    );
    const found = await database.client.query<{ awards: number }>(
      `select count(*)::int as awards from award group by (created_at at time zone 'Asia/Shanghai')::date
        order by (created_at at time zone 'Asia/Shanghai')::date`,
    );
    return found.rows.map((row) => row.awards);
  }

  const crowd = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
  const onePacket = { id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100 } as const;

  const lastOne = { prizes: [{ ...onePacket, tickets: 1, stock: 1 }] } satisfies Partial<ActivityRuleInput>;
  const sixtyFour = [{ people: crowd(0, 32) }, { people: crowd(32, 32) }];
  it('give the last prize to one of 64 people', async () => {
    assert.deepEqual(await race(lastOne, sixtyFour, true), [1]);
  });
  it('twin: without the lock they give it twice', async () => {
    assert.deepEqual(await race(lastOne, sixtyFour, false), [2]);
  });

  const threeADay = { limits: { budgetFenPerDay: 300 } } satisfies Partial<ActivityRuleInput>;
  const atNight = (nowMs: number) => [
    { nowMs, people: crowd(0, 8) },
    { nowMs, people: crowd(8, 8) },
  ];
  it('keep a day’s budget to its last moment before midnight', async () => {
    assert.deepEqual(await race(threeADay, atNight(MIDNIGHT_MS - 1), true), [3]);
  });
  it('decide on each side of midnight by its own day, whoever comes first', async () => {
    const sides = [
      { nowMs: MIDNIGHT_MS - 1, people: crowd(0, 8) },
      { nowMs: MIDNIGHT_MS, people: crowd(8, 8) },
    ];
    assert.deepEqual(await race(threeADay, sides, true), [3, 3]);
  });
  it('twin: without the lock they spend a day’s budget twice', async () => {
    assert.deepEqual(await race(threeADay, atNight(MIDNIGHT_MS - 1), false), [6]);
  });

  const afterTwo = {
    prizes: [{ ...onePacket, tickets: 0, stock: 10 }],
    mechanic: { kind: 'lottery', blankTickets: 9, guaranteed: { afterMisses: 2, prizeId: 'one-yuan' } },
  } satisfies Partial<ActivityRuleInput>;
  const samePerson = [{ people: [1] }, { people: [1] }];
  const missedTwice = (activity: LiveActivity) =>
    database.client.query(
      `insert into participant (account_id, activity_id, openid, draws, draws_that_day, wins, streak_days, check_ins, misses)
       values ($1, $2, $3, 2, 0, 0, 0, 0, 2)`,
      [activity.accountId, activity.id, follower(1)],
    );
  it('give one guaranteed win to one person who draws at both', async () => {
    assert.deepEqual(await race(afterTwo, samePerson, true, missedTwice), [1]);
    const kept = await database.client.query('select draws, wins, misses from participant');
    assert.deepEqual(kept.rows, [{ draws: 4, wins: 1, misses: 1 }]);
  });
  it('twin: without the lock the person wins at both', async () => {
    assert.deepEqual(await race(afterTwo, samePerson, false, missedTwice), [2]);
  });

  const oneInAHurry = [{ people: Array<number>(32).fill(1) }, { people: Array<number>(32).fill(1) }];
  const earned = {
    mechanic: { kind: 'lottery', blankTickets: 0, chances: 'earned' },
  } satisfies Partial<ActivityRuleInput>;
  const oneChance = (activity: LiveActivity) =>
    database.client.query(
      `insert into participant (account_id, activity_id, openid, draws, draws_that_day, wins, streak_days, check_ins, state)
       values ($1, $2, $3, 0, 0, 0, 0, 0, '{"main": {"chances": 1}}')`,
      [activity.accountId, activity.id, follower(1)],
    );
  it('let one earned chance be spent once', async () => {
    assert.deepEqual(await race(earned, samePerson, true, oneChance), [1]);
    const kept = await database.client.query('select state from participant');
    assert.deepEqual(kept.rows, [{ state: { main: { chances: 0 } } }]);
  });
  it('twin: without the lock it is spent twice', async () => {
    assert.deepEqual(await race(earned, samePerson, false, oneChance), [2]);
  });

  const velocity = (per: 'person' | 'ip' | 'device', draws: number) =>
    ({ who: { must: { kind: 'velocity', per, draws, seconds: 60 } } }) satisfies Partial<ActivityRuleInput>;
  // Known already: two who take in the same newcomer meet at the primary key even without the lock.
  const knownPerson = (activity: LiveActivity) =>
    database.client.query(
      `insert into participant (account_id, activity_id, openid, draws, draws_that_day, wins, streak_days, check_ins)
       values ($1, $2, $3, 0, 0, 0, 0, 0)`,
      [activity.accountId, activity.id, follower(1)],
    );
  it('hold one person who draws at both to three draws a minute', async () => {
    assert.deepEqual(await race(velocity('person', 3), oneInAHurry, true, knownPerson), [3]);
  });
  it('twin: without the lock the person draws three times at each', async () => {
    assert.deepEqual(await race(velocity('person', 3), oneInAHurry, false, knownPerson), [6]);
  });

  const oneAddress = sixtyFour.map((racer) => ({ ...racer, origin: { ip: 'a'.repeat(43), device: null } }));
  it('hold 64 people at one address to three draws a minute', async () => {
    assert.deepEqual(await race(velocity('ip', 3), oneAddress, true), [3]);
    const kept = await database.client.query(
      'select kind, origin, sum(draws)::int as draws from draw_origin group by 1, 2',
    );
    assert.deepEqual(kept.rows, [{ kind: 'ip', origin: 'a'.repeat(43), draws: 3 }]);
  });
  it('twin: without the lock the address draws three times at each', async () => {
    assert.deepEqual(await race(velocity('ip', 3), oneAddress, false), [6]);
  });

  it('keep the money of random packets together with their counters', async () => {
    const lucky = { ...onePacket, kind: 'random-packet', minFen: 100, maxFen: 500, meanFen: 200 } as const;
    const { amountFen: _, ...prize } = lucky;
    const rule = { prizes: [{ ...prize, tickets: 1, stock: 20 }] } satisfies Partial<ActivityRuleInput>;
    assert.deepEqual(await race(rule, sixtyFour, true), [20]);
    const money = await database.client.query(`select
      (select sum(amount_fen)::int from award) as awards, (select spent_fen::int from prize_counter) as prize,
      (select spent_fen::int from activity_counter) as activity, (select won_fen::int from activity_day) as day,
      (select sum(spent_fen)::int from participant) as people`);
    assert.deepEqual(money.rows, [{ awards: 4000, prize: 4000, activity: 4000, day: 4000, people: 4000 }]);
  });
});
