import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Openid } from '../../src/base/ids.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { somebody } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { batcherOver, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';

let server: TestConsole;
let anna: Caller;
let activity: LiveActivity;
const winner: Openid = somebody();

before(async () => {
  server = await startConsole();
  activity = await publishActivity(server.database.client, {});
  await server.database.client.query(
    `insert into web_profile (account_id, openid, nickname, seen_at) values ('main', $1, '=1+1', now())`,
    [winner],
  );
  await batcherOver(createDrawStore(server.pool)).draw({
    activity,
    openid: winner,
    key: messageKey('n1'),
    way: 'page',
    render: (text) => text,
  });
  anna = await new Caller(server).logIn('owner', 'anna');
});
after(() => server.close());

const download = (caller: Caller, query: string): Promise<Response> =>
  fetch(`${server.url}/api/console/activities/${activity.id}/export?${query}`, {
    headers: { cookie: caller.cookie },
    signal: AbortSignal.timeout(10_000),
  });

describe('numbers', () => {
  test('of today are shown where no period is given', async () => {
    const { status, body } = await anna.get(`/activities/${activity.id}/numbers`);
    assert.equal(status, 200);
    assert.deepEqual([body.draws, body.wins, body.wonFen, body.participants, body.newcomers], [1, 1, 100, 1, 1]);
    assert.deepEqual(body.ways, [{ way: 'page', draws: 1, wins: 1, wonFen: 100 }]);
    assert.equal(body.odds[0].cells[0].drawn, 1);
    const all = await anna.get('/numbers');
    assert.deepEqual(
      all.body.activities.map((one: { id: string }) => one.id),
      [activity.id],
    );
  });

  test('of no period that can be are refused', async () => {
    const { status, body } = await anna.get(`/activities/${activity.id}/numbers?from=yesterday`);
    assert.deepEqual([status, body.code], [400, 'period-invalid']);
  });
});

describe('an export', () => {
  test('is a file named after what it holds, and stands in the log', async () => {
    const answer = await download(anna, 'subject=draws&format=csv');
    assert.equal(answer.status, 200);
    assert.match(
      answer.headers.get('content-disposition') ?? '',
      new RegExp(`${activity.slug}-draws-\\d{4}-\\d\\d-\\d\\d\\.csv`),
    );
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.match(bytes.toString(), new RegExp(`${winner},'=1\\+1,won,,一元红包,1\\.00,0,1,`));
    const { body } = await anna.get(`/activities/${activity.id}/exports`);
    assert.deepEqual(
      body.exports.map((one: Record<string, unknown>) => [
        one['subject'],
        one['state'],
        one['rows'],
        one['askedByName'],
      ]),
      [['draws', 'finished', 1, 'anna']],
    );
  });

  test('may be a workbook, of each kind of row', async () => {
    for (const subject of ['draws', 'awards', 'payouts', 'people']) {
      const answer = await download(anna, `subject=${subject}&format=xlsx&language=en`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.equal(bytes.subarray(0, 2).toString(), 'PK', subject);
    }
  });

  test('is not for roles that may only look', async () => {
    for (const role of ['viewer', 'support'] as const) {
      const answer = await download(await new Caller(server).logIn(role), 'subject=draws&format=csv');
      assert.equal(answer.status, 403);
    }
  });
});
