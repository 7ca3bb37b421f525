import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { somebody, buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

let server: TestConsole;
let anna: Caller;
let activity: BuiltActivity;
let win: BuiltWin;
const person = somebody();

before(async () => {
  server = await startConsole();
  const { client } = server.database;
  activity = await buildActivity(client);
  win = await buildWin(client, activity, { openid: person });
  const at = (minutes: number) => new Date(NOON_MS + minutes * 60_000);
  await client.query(
    `insert into web_profile (account_id, openid, nickname, seen_at) values ('main', $1, '小明_50%', $2)`,
    [person, at(0)],
  );
  await client.query(
    `insert into follower (account_id, openid, following, first_followed_at, followed_at, seen_at) values ('main', $1, true, $2, $2, $2)`,
    [person, at(-5)],
  );
  await client.query(
    `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, reply, trace, created_at)
     values ('main', 'm:x:1', $1, 1, $2, 'refused', '', '{"why": "person-limit", "steps": []}', $3)`,
    [activity.id, person, at(1)],
  );
  await client.query(
    `insert into person_list (account_id, list, openid, added_by, added_at) values ('main', 'black', $1, 'nobody', $2)`,
    [person, at(2)],
  );
  anna = await new Caller(server).logIn('owner', 'anna');
});
after(() => server.close());

const found = async (text: string) =>
  (await anna.get(`/people?text=${encodeURIComponent(text)}`)).body.people.map((one: { openid: string }) => one.openid);

describe('people', () => {
  test('are found by openid, award, order number and the beginning of a nickname', async () => {
    for (const text of [person, win.awardId, win.orderNumber, '小明', '小明_50%']) {
      assert.deepEqual(await found(text), [person], text);
    }
    for (const text of ['明', '小_', '%', 'oNobody']) assert.deepEqual(await found(text), [], text);
  });

  test('have a story, newest first, that is cut into pages without loss', async () => {
    const here = `/people/main/${person}`;
    const { rows } = (await anna.get(`${here}/story`)).body;
    const kinds = rows.map((row: { kind: string }) => row.kind);
    assert.deepEqual(kinds, ['listed', 'draw', 'draw', 'follow']);
    const [, refused, won] = rows;
    assert.equal(refused.facts.why, 'person-limit');
    assert.match(refused.inShort.zh, /机会已经用完/);
    assert.deepEqual(
      [won.facts.orderNumber, won.facts.payoutState, won.facts.amountFen],
      [win.orderNumber, 'waiting', 100],
    );
    const paged: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page: { rows: { kind: string }[]; next: string | null } = (
        await anna.get(`${here}/story?limit=1${after === '' ? '' : `&after=${after}`}`)
      ).body;
      paged.push(...page.rows.map(({ kind }) => kind));
      after = page.next;
    }
    assert.deepEqual(paged, kinds);
  });

  test('may have everything stored of them in one file, which is logged', async () => {
    const { status, body } = await anna.get(`/people/main/${person}/data`);
    assert.equal(status, 200);
    assert.deepEqual([body.openid, body.nickname, body.story.length, body.whole], [person, '小明_50%', 4, true]);
    assert.ok(JSON.stringify(server.log.lines).includes('personal-data-read'));
    const viewer = await new Caller(server).logIn('operator');
    assert.equal((await viewer.get(`/people/main/${person}/data`)).status, 403);
  });
});
