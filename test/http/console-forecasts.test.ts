import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { runCommand } from '../../src/cli.ts';
import { somebody } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { batcherOver, messageKey } from '../support/draws.ts';
import { lotteryRule, publishActivity } from '../support/live-activity.ts';

let server: TestConsole;
let anna: Caller;
let activity: LiveActivity;

const half = {
  mechanic: { kind: 'lottery' as const, blankTickets: 1 },
  prizes: [{ id: 'p', name: '红包', kind: 'red-packet' as const, amountFen: 100, tickets: 1, stock: 2000 }],
};
const expected = { followers: 20_000, visitsPerThousand: 1200, days: 2, keptPercent: 50, drawsPerVisit: 1 };

before(async () => {
  server = await startConsole();
  // Published at noon of a day long ago; its clock is the test's.
  activity = await publishActivity(server.database.client, half);
  await server.database.client.query('update activity set published_at = now() where id = $1', [activity.id]);
  const batcher = batcherOver(createDrawStore(server.pool));
  for (let count = 0; count < 12; count += 1) {
    const openid = somebody();
    await batcher.draw({ activity, openid, key: messageKey(`f${count}`), way: 'words/抽奖', render: (text) => text });
  }
  anna = await new Caller(server).logIn('owner', 'anna');
});
after(() => server.close());

describe('a forecast', () => {
  test('of a draft tells cost, sold-out and wins, and keeps nothing', async () => {
    const { status, body } = await anna.send('POST', '/drafts/forecast', { draft: lotteryRule(half), expected });
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body.simulatedFollowers >= 20_000);
    assert.equal(body.soldOut.share, 1);
    assert.equal(body.meanCostFen, 200_000);
    assert.equal(body.hours.length, 48);
    assert.equal(body.exact, null);
    const kept = await server.database.client.query('select from activity_forecast');
    assert.equal(kept.rowCount, 0);
  });

  test('replays who came to a past activity, and counts every luck there is where few came', async () => {
    const draft = { draft: lotteryRule(half), replayOf: activity.id };
    const { status, body } = await anna.send('POST', '/drafts/forecast', draft);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.followers, body.visits], [12, 12]);
    assert.ok(Math.abs(body.exact.costFen - 600) < 1e-6);
    assert.equal(body.exact.costs.length, 13);
    assert.ok(Math.abs(body.meanCostFen - 600) < 5 * body.errorFen);
  });

  test('of an activity is kept, and says where what really comes leaves its band', async () => {
    const before = await anna.get(`/activities/${activity.id}/forecast`);
    assert.deepEqual([before.body.kept, before.body.strays], [null, []]);
    const { status, body } = await anna.send('POST', `/activities/${activity.id}/forecast`, expected);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.live.at(-1).draws, 12);
    assert.deepEqual(body.kept.expected, expected);
    await server.database.client.query(
      `update activity_tally set number = 5000, wins = 5000, won_fen = 500000 where kind = 'hour' and activity_id = $1`,
      [activity.id],
    );
    const later = await anna.get(`/activities/${activity.id}/forecast`);
    assert.deepEqual(
      later.body.strays.map(({ about, side }: { about: string; side: string }) => `${about} ${side}`),
      ['traffic above', 'luck above'],
    );
    const told = await server.database.client.query(
      `select detail::text from audit_entry where action = 'forecastActivity'`,
    );
    assert.equal(told.rowCount, 1);
    assert.ok(String(told.rows[0].detail).length < 2000);
  });

  test('is refused for a faulty draft, for nobody and for both kinds of people', async () => {
    const faulty = await anna.send('POST', '/drafts/forecast', { draft: {}, expected });
    assert.deepEqual([faulty.status, faulty.body.code], [409, 'rule-faulty']);
    const neither = await anna.send('POST', '/drafts/forecast', { draft: lotteryRule(half) });
    assert.deepEqual([neither.status, neither.body.code], [400, 'request-invalid']);
    const empty = await anna.send('POST', '/drafts/forecast', {
      draft: lotteryRule(half),
      replayOf: 'f'.repeat(32),
    });
    assert.equal(empty.status, 404);
  });

  test('is made by a command, too', async () => {
    const env = { DATABASE_URL: server.database.url };
    const said: string[] = [];
    const made = await runCommand(['forecast', activity.slug, '20000', '2'], env, (line) => said.push(line));
    assert.deepEqual(made.faults, []);
    assert.match(made.lines.join('\n'), /Cost 2000\.00 yuan on average/);
    assert.match(made.lines.join('\n'), /Nothing is left before the end: 100\.0 %, by 20/);
    assert.equal(said.at(-1), '100 % played');
    const none = await runCommand(['forecast', 'nowhere'], env);
    assert.deepEqual([none.code, none.faults], [1, ['There is no activity at the address nowhere.']]);
    assert.equal((await runCommand(['forecast', activity.slug, '0'], env)).code, 1);
  });
});
