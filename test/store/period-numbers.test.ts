import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type pg from 'pg';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { createShowNumbers } from '../../src/flows/numbers/show-numbers.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createNumbersReads } from '../../src/store/read-models/period-numbers.ts';
import { createRuleVersions } from '../../src/store/rule-versions.ts';
import { NOON_MS } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const DAY_MS = 86_400_000;
const FIRST = '2026-11-21' as BeijingDay;
let database: TestDatabase;
let pool: pg.Pool;
let nowMs = NOON_MS;
let messages = 0;
const clock: Clock = { nowMs: () => nowMs, sleep: async () => {} };

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 6, name: 'test' }, quietLogger());
});
after(async () => {
  await pool.end();
  await database.close();
});

const flow = () =>
  createShowNumbers({
    activities: createActivityStore(pool),
    versions: createRuleVersions(pool),
    numbers: createNumbersReads(pool),
    clock,
  });

async function drawOn(activity: LiveActivity, day: number, people: readonly number[], way = 'page'): Promise<void> {
  nowMs = NOON_MS + day * DAY_MS;
  const batcher = batcherOver(createDrawStore(pool), quietLogger(), { clock });
  const draws = people.map((number) => {
    const key = messageKey(`p${(messages += 1)}`);
    return batcher.draw({ activity, openid: follower(number), key, way, render: (text) => text });
  });
  await Promise.all(draws);
}

describe('the numbers of a period', () => {
  test('count each person once, however the period is cut', async () => {
    const activity = await publishActivity(database.client, {});
    const drawn = [[1, 2, 3], [2, 3, 4], [], [1, 4, 5, 5], [6]];
    for (const [day, people] of drawn.entries()) await drawOn(activity, day, people);
    for (let from = 0; from < drawn.length; from += 1) {
      for (let to = from; to < drawn.length; to += 1) {
        const period = { from: dayAt(from), to: dayAt(to) };
        const found = await flow().activity(activity.id, period);
        const within = drawn.slice(from, to + 1).flat();
        assert.equal(found.participants, new Set(within).size, `${from} to ${to}`);
        assert.equal(found.draws, within.length);
        const earlier = new Set(drawn.slice(0, from).flat());
        assert.equal(found.newcomers, new Set(within.filter((one) => !earlier.has(one))).size);
      }
    }
  });

  test('agree with the draws themselves, and rank the ways in', async () => {
    const activity = await publishActivity(database.client, { limits: { drawsPerPerson: 2 } });
    await drawOn(activity, 0, [1, 2, 3], 'words/抽奖');
    await drawOn(activity, 0, [1, 1, 4], 'scenes/shop');
    const found = await flow().activity(activity.id, { from: FIRST, to: FIRST });
    const truth = await database.client.query(
      `select count(*) filter (where outcome <> 'refused')::int as draws, count(*) filter (where outcome = 'won')::int as wins from draw where activity_id = $1`,
      [activity.id],
    );
    assert.deepEqual({ draws: found.draws, wins: found.wins }, truth.rows[0]);
    assert.deepEqual(
      found.ways.map(({ way, draws }) => [way, draws]),
      [
        ['words/抽奖', 3],
        ['scenes/shop', 2],
      ],
    );
    assert.deepEqual(found.refusals, [{ why: 'person-limit', number: 1 }]);
    assert.deepEqual(
      found.hours.map(({ hour, draws }) => [hour, draws]),
      [['12', 5]],
    );
    const all = await flow().all({ from: FIRST, to: FIRST });
    assert.equal(all.activities.find(({ id }) => id === activity.id)?.participants, 4);
  });

  test('warn when what was drawn parts from the stated odds, and not before', async () => {
    const activity = await publishActivity(database.client, { mechanic: { kind: 'lottery', blankTickets: 1 } });
    const tally = (prize: string, number: number) =>
      database.client.query(
        `insert into activity_tally (account_id, activity_id, kind, day, name, number) values ($1, $2, 'ticket', $3, $4, $5)
         on conflict (account_id, activity_id, kind, day, name) do update set number = excluded.number`,
        [activity.accountId, activity.id, FIRST, `1/main/${prize}`, number],
      );
    await tally('one-yuan', 520);
    await tally('', 480);
    const fair = (await flow().activity(activity.id, {})).odds[0];
    assert.deepEqual([fair?.strays, fair?.draws, fair?.cells.map(({ drawn }) => drawn)], [false, 1000, [520, 480]]);
    await tally('one-yuan', 600);
    await tally('', 400);
    assert.equal((await flow().activity(activity.id, {})).odds[0]?.strays, true);
  });

  test('of a period that is none are refused with a sentence', async () => {
    const activity = await publishActivity(database.client, {});
    for (const period of [
      { from: '2026-02-30' as BeijingDay },
      { from: '2026-03-02' as BeijingDay, to: '2026-03-01' as BeijingDay },
      { from: '2020-01-01' as BeijingDay, to: '2026-01-01' as BeijingDay },
    ]) {
      await assert.rejects(flow().activity(activity.id, period), { code: 'period-invalid' });
    }
  });
});

function dayAt(index: number): BeijingDay {
  return new Date(NOON_MS + index * DAY_MS).toISOString().slice(0, 10) as BeijingDay;
}
