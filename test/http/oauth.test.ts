import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';

const pageRule = { trigger: { words: [], page: true } };

it('a follower comes through WeChat to a clean address, known by a signed cookie and nothing else', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const way = await phone.walk(`${world.doors[0]}/a/${slug}`);
  assert.deepEqual(
    way.map((answer) => [answer.status, new URL(answer.url).pathname]),
    [
      [302, `/a/${slug}`],
      [302, '/oauth/main/start'],
      [302, '/connect/oauth2/authorize'],
      [302, '/oauth/main/callback'],
      [200, `/a/${slug}`],
    ],
  );
  const page = way.at(-1);
  assert.equal(page?.url, `${world.doors[0]}/a/${slug}`);
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /script-src 'self' http:\/\/127\.0\.0\.1:\d+\/open\/js\/jweixin-[\d.]+\.js; style-src 'sha256-/,
  );
  const openid = world.simulator.followers.list()[0]?.openid ?? '';
  const seen = way.filter((answer) => new URL(answer.url).origin === world.doors[0]);
  assert.ok(seen.every((answer) => !answer.url.includes(openid) && !answer.text.includes(openid)));
  assert.ok(!JSON.stringify(world.log.lines).includes(openid), 'no log line holds the openid');
  const code = new URL(way[3]?.url ?? '').searchParams.get('code') ?? 'none';
  assert.ok(!JSON.stringify(world.log.lines).includes(code), 'no log line holds the code');
  const set = way.flatMap((answer) => answer.headers.getSetCookie()).filter((line) => line.startsWith('page-'));
  assert.ok(set.length >= 2 && set.every((line) => line.includes('HttpOnly; SameSite=Lax')));
});

it('a callback that arrives twenty times at once at two processes spends its code once', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(`${world.doors[0]}/a/${slug}`);
  const elsewhere = callback.replace(world.doors[0], world.doors[1]);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => phone.ask(index % 2 === 0 ? callback : elsewhere)),
  );
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([302]));
  assert.deepEqual(new Set(answers.map((answer) => answer.headers.get('location'))), new Set([`/a/${slug}`]));
  assert.equal(world.exchanges(), 1);
  assert.equal((await phone.ask(callback)).status, 302, 'and once more, later');
  assert.equal(world.exchanges(), 1);
  assert.equal((await phone.ask(`${world.doors[1]}/a/${slug}`)).status, 200);
});

it('the same race without the claim spends the code again and again', async (context) => {
  const world = await startPageWorld(context, {
    aroundLogins: (logins) => ({ ...logins, claim: async () => ({ kind: 'ours' }) }),
  });
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(`${world.doors[0]}/a/${slug}`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => phone.ask(callback)));
  assert.ok(world.exchanges() > 1);
  assert.ok(answers.some((answer) => answer.status === 400));
});

it('a callback forwarded to another browser gives nobody the session and spends nothing', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const callback = await new PagePhone().walkToCallback(`${world.doors[0]}/a/${slug}`);
  const other = new PagePhone();
  const stranger = await other.ask(callback);
  assert.equal(stranger.status, 400);
  assert.match(stranger.text, /请重新打开活动/);
  assert.equal(other.cookies.size, 0);
  // A browser with a way of its own under way is no better off with someone else's state.
  await other.walkToCallback(`${world.doors[0]}/a/${slug}`);
  assert.equal((await other.ask(callback)).status, 400);
  assert.equal(world.exchanges(), 0);
});

it('a state serves one code: a second code under it is refused', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(`${world.doors[0]}/a/${slug}`);
  assert.equal((await phone.ask(callback)).status, 302);
  const foreign = new URL(await new PagePhone().walkToCallback(`${world.doors[0]}/a/${slug}`));
  const mixed = new URL(callback);
  mixed.searchParams.set('code', foreign.searchParams.get('code') ?? '');
  const answer = await phone.ask(mixed.href);
  assert.equal(answer.status, 400);
  assert.match(answer.text, /重新开始/);
  assert.equal(world.exchanges(), 1);
});

it('a state lasts ten minutes, and late comers are shown the way back', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(`${world.doors[0]}/a/${slug}`);
  world.clockAhead.ms = 10 * 60_000 + 1000;
  const late = await phone.ask(callback);
  assert.equal(late.status, 400);
  assert.ok(late.text.includes(`/oauth/main/start?to=%2Fa%2F${slug}`));
  assert.equal(world.exchanges(), 0);
});

it('someone who refuses, or brings a code WeChat does not know, can start again', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = new URL(await phone.walkToCallback(`${world.doors[0]}/a/${slug}`));
  const state = callback.searchParams.get('state') ?? '';
  const refused = await phone.ask(`${world.doors[0]}/oauth/main/callback?state=${state}`);
  assert.equal(refused.status, 400);
  assert.match(refused.text, /还没有授权[^]*重新开始/);
  const invented = await phone.ask(`${world.doors[0]}/oauth/main/callback?code=invented&state=${state}`);
  assert.equal(invented.status, 400);
  assert.match(invented.text, /已经过期[^]*重新开始/);
});

it('while WeChat does not answer, the same callback may be tried again', async (context) => {
  let down = true;
  const world = await startPageWorld(context, {
    aroundAuthorization: (real) => ({
      ...real,
      exchangeCode: async (account, code) => {
        if (down) throw new OutsideTrouble('wechat-unreachable', 'WeChat cannot be reached');
        return real.exchangeCode(account, code);
      },
    }),
  });
  const { slug } = await publishActivity(world.database.client, pageRule);
  const phone = new PagePhone();
  const callback = await phone.walkToCallback(`${world.doors[0]}/a/${slug}`);
  const first = await phone.ask(callback);
  assert.equal(first.status, 503);
  assert.match(first.text, /微信没有回应[^]*重新开始/);
  down = false;
  assert.equal((await phone.ask(callback)).status, 302);
});

it('authorization leads to our own pages only', async (context) => {
  const world = await startPageWorld(context);
  const foreign = [
    'https://evil.example/',
    '//evil.example/a/x',
    '/\\evil.example/a/x',
    '/a/../console',
    '/a/x/../../console',
    '/a/x%0d%0aSet-Cookie:a=b',
    '/a/x\r\nX: y',
    '/a/x?lang=zh&next=//evil.example',
    '/a/x#@evil.example',
    '/a/x\u2028',
    '/A/x',
    '/console',
    '/me/awards?account=main&lang=zh&x=1',
    'javascript:alert(1)',
    '',
  ];
  for (const to of foreign) {
    const answer = await new PagePhone().ask(`${world.doors[0]}/oauth/main/start?to=${encodeURIComponent(to)}`);
    assert.equal(answer.status, 400, to);
    assert.equal(answer.headers.get('location'), null);
  }
  for (const query of ['', '?to=/a/x&to=/a/y', '?to[]=/a/x']) {
    assert.equal((await new PagePhone().ask(`${world.doors[0]}/oauth/main/start${query}`)).status, 400, query);
  }
  for (const to of ['/a/spring', '/a/spring?lang=en', '/me/awards', '/me/awards?account=main&lang=en']) {
    const answer = await new PagePhone().ask(`${world.doors[0]}/oauth/main/start?to=${encodeURIComponent(to)}`);
    assert.equal(answer.status, 302, to);
    assert.match(
      answer.headers.get('location') ?? '',
      /^http:\/\/127\.0\.0\.1:\d+\/connect\/oauth2\/authorize\?appid=/,
    );
  }
});

it('an account nobody has and a name no account can have are not found', async (context) => {
  const world = await startPageWorld(context);
  for (const account of ['other', 'OTHER', '..%2f..', 'a%00b']) {
    const answer = await new PagePhone().ask(`${world.doors[0]}/oauth/${account}/start?to=/a/x`);
    assert.equal(answer.status, 404, account);
  }
});
