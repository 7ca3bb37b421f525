import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { createOperatorWithLoginLink } from '../../src/store/operator-store.ts';
import { mentionsOf } from '../support/erasure-world.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

// What was published is known to every process within a second.
const KNOWN_AFTER_MS = 1200;

describe('one-time codes', () => {
  let world: World;
  let cookie = '';
  before(async () => {
    world = await startWorld();
    const { pool, clock } = world.service;
    const { token } = await createOperatorWithLoginLink({ pool, name: '小王', role: 'owner', nowMs: clock.nowMs() });
    const answer = await call('POST', '/login', { token });
    assert.equal(answer.status, 200, await answer.clone().text());
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  });
  after(() => world.close());

  function call(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Response> {
    return fetch(`${world.publicUrl}/api/console${path}`, {
      method,
      headers: { cookie, origin: world.publicUrl, 'content-type': type },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }
  async function done<Answer>(answer: Response): Promise<Answer> {
    assert.equal(answer.status < 300, true, `${answer.status} ${await answer.clone().text()}`);
    return (await answer.json()) as Answer;
  }
  const pools = '/accounts/main/code-pools';
  async function say(openid: string, text: string): Promise<string> {
    const { reply, fault } = await world.simulator.push.sendText(openid, text);
    assert.equal(fault, undefined);
    return reply?.type === 'text' ? reply.content : '';
  }

  async function publish(slug: string, changes: Partial<ActivityRuleInput>): Promise<Response> {
    const draft = lotteryRule(changes);
    const made = await done<{ activity: { id: string; revision: number } }>(
      await call('POST', '/activities', { accountId: 'main', slug, name: slug, draft }),
    );
    const { id, revision } = made.activity;
    return call('POST', `/activities/${id}/publish`, { revision });
  }
  const rule: Partial<ActivityRuleInput> = {
    trigger: { codes: 'boxes', words: [{ match: 'prefix', word: '兑换' }] },
    mechanic: { kind: 'code', pool: 'boxes', prizeId: 'film', guessesPerHour: 2 },
    prizes: [{ id: 'film', name: '电影票', kind: 'voucher', pool: 'films', stock: 2 }],
    budgetFen: 0,
    texts: { ...lotteryRule().texts, win: '恭喜获得{prize}，取票码 {code}' },
  };

  it('are made, publish with their activity, win once each, are shown to their winner, and stay used after an erasure', async () => {
    const refused = await publish('too-early', rule);
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /there is no pool boxes: make it first/);

    await done(await call('POST', pools, { id: 'boxes', name: '盒内码', purpose: 'entry', prefix: 'HB', count: 6000 }));
    await eventually('the codes to be made', async () => {
      const pool = await done<{ state: string }>(await call('GET', `${pools}/boxes`));
      return pool.state === 'ready';
    });
    const films = `${pools}/films/import?purpose=voucher&name=${encodeURIComponent('电影票')}`;
    await done(await call('POST', films, 'FILM-0001\r\nFILM-0002\r\nFILM-0003\r\n', 'text/csv'));
    await done(await publish('boxes', rule));
    const taken = await publish('second', rule);
    assert.match(await taken.text(), /belongs to another activity/);
    await sleep(KNOWN_AFTER_MS);

    const csv = await (await call('GET', `${pools}/boxes/codes.csv`)).text();
    const [first = '', second = ''] = csv
      .split('\r\n')
      .slice(1)
      .map((line) => line.split('"')[1] ?? '');
    assert.match(first, /^hb[2-9a-z]{10}$/);

    const { openid } = world.simulator.followers.add();
    const typed = `${first.slice(0, 4).toUpperCase()}-${first.slice(4, 8)} ${first.slice(8)}`;
    assert.match(await say(openid, typed), /恭喜获得电影票，取票码 FILM-0001/);
    assert.match(await say(openid, first), /你已经用过/);
    assert.match(await say(openid, '我的红包'), /兑换码 FILM-0001/);
    const other = world.simulator.followers.add();
    assert.match(await say(other.openid, first), /已经被使用/);
    assert.match(await say(other.openid, `兑换 ${second}`), /FILM-0002/);
    const third = world.simulator.followers.add();
    await say(third.openid, 'hb2222222222');
    await say(third.openid, 'hb3333333333');
    assert.match(await say(third.openid, first), /输错的次数太多，请 \d\d:\d\d 之后再试/);

    const used = await done<{ use: { openid: string } }>(await call('POST', `${pools}/boxes/look-up`, { code: typed }));
    assert.equal(used.use.openid, openid);
    const award = await world.database.client.query<{ id: string }>('select id from award where openid = $1', [openid]);
    const voucher = `/accounts/main/awards/${award.rows[0]?.id}/voucher`;
    assert.deepEqual(await done(await call('POST', voucher, {})), { code: 'FILM-0001' });
    assert.doesNotMatch(JSON.stringify(world.log.lines), new RegExp(`FILM-000|${first}`, 'i'));

    await done(await call('POST', `/people/main/${openid}/erase`, {}));
    await eventually('the erasure', async () => (await mentionsOf(world.database.client, openid)).length === 0);
    assert.match(await say(other.openid, first), /已经被使用/);
    assert.match(await say(openid, first), /你已经用过/, 'somebody erased who comes back has used it still');
    await world.compareBooks();
    const count = (by: number) =>
      world.database.client.query(`update code_pool set used = used + $1 where used > 0`, [by]);
    await count(-1);
    await assert.rejects(world.compareBooks(), /codes used of a pool/);
    await count(1);
  });

  it('of a large pool are found by their index', async () => {
    await world.database.client.query('analyze code');
    const plan = await world.database.client.query<Record<'QUERY PLAN', string>>(
      `explain select found.* from unnest('{hb2222222222,hb3333333333}'::text[]) as wanted (said) cross join lateral
        (select code.code from code where code.account_id = 'main' and code.pool_id = 'boxes' and code.code = said offset 0) as found`,
    );
    const lines = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.match(lines, /Index (?:Only )?Scan using code_pk/);
    assert.doesNotMatch(lines, /Seq Scan/);
  });
});
