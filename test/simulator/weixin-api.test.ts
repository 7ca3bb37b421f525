import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { startCallback } from './callback-server.ts';

type Json = Record<string, unknown>;

describe('the WeChat API', () => {
  let simulator: Simulator;
  const otherAppId = 'wxbbbbbbbbbbbbbbbb';

  before(async () => {
    simulator = await startSimulator({
      seed: 'weixin',
      appIds: [otherAppId],
      oauthHosts: ['127.0.0.1', 'pay.example'],
    });
  });
  after(async () => simulator.close());
  /** A day later every token, code and quota of the test before is gone. */
  beforeEach(() => simulator.clock.advance(86_400_000));

  const ask = async (path: string, init?: RequestInit): Promise<Json> => {
    const response = await fetch(`${simulator.httpUrl}${path}`, init);
    assert.equal(response.status, 200, 'the API always answers 200');
    return (await response.json()) as Json;
  };
  const code = (json: Json): unknown => json['errcode'];
  const owner = (given: Json = {}): string => {
    const { appId, appSecret } = simulator.account;
    const all = { grant_type: 'client_credential', appid: appId, secret: appSecret, ...given };
    return new URLSearchParams(
      Object.entries(all).filter(([, value]) => value !== '') as [string, string][],
    ).toString();
  };
  const token = async (): Promise<string> => String((await ask(`/cgi-bin/token?${owner()}`))['access_token']);
  const stable = async (given: Json = {}): Promise<Json> => {
    const body = Object.fromEntries(new URLSearchParams(owner()));
    return ask('/cgi-bin/stable_token', { method: 'POST', body: JSON.stringify({ ...body, ...given }) });
  };
  const ticket = async (text: string): Promise<Json> =>
    ask(`/cgi-bin/ticket/getticket?access_token=${text}&type=jsapi`);

  test('token errors come in the order seen live, with a rid that holds the time', async () => {
    const cases: [Json, number][] = [
      [{ appid: '' }, 41002],
      [{ appid: 'wx0', grant_type: '' }, 40013],
      [{ secret: '' }, 41004],
      [{ secret: 'x', grant_type: '' }, 40125],
      [{ grant_type: 'x' }, 40002],
    ];
    for (const [given, expected] of cases) assert.equal(code(await ask(`/cgi-bin/token?${owner(given)}`)), expected);
    const { errmsg } = await ask(`/cgi-bin/token?${owner({ secret: 'x' })}`);
    const rid = / rid: ([0-9a-f]{8})-[0-9a-f]{8}-[0-9a-f]{8}$/.exec(String(errmsg))?.[1] ?? '';
    assert.ok(Math.abs(Number.parseInt(rid, 16) - simulator.clock.nowMs() / 1000) < 5);
    assert.equal(code(await ask(`/cgi-bin/token?${owner()}`, { method: 'POST' })), 43001);
  });

  test('content types are the live ones', async () => {
    const type = async (path: string): Promise<string | null> =>
      (await fetch(`${simulator.httpUrl}${path}`)).headers.get('content-type');
    assert.equal(await type(`/cgi-bin/token?${owner()}`), 'application/json; encoding=utf-8');
    assert.equal(await type('/sns/oauth2/access_token'), 'text/plain');
  });

  test('a new token ends the old one after five minutes', async () => {
    const first = await token();
    const second = await token();
    assert.notEqual(first, second);
    assert.equal(code(await ticket(first)), 0);
    simulator.clock.advance(299_000);
    assert.equal(code(await ticket(first)), 0);
    simulator.clock.advance(2_000);
    assert.equal(code(await ticket(first)), 40001);
    assert.equal(code(await ticket(second)), 0);
    simulator.clock.advance(7_200_000);
    assert.equal(code(await ticket(second)), 42001);
    assert.equal(code(await ask('/cgi-bin/ticket/getticket?type=jsapi')), 41001);
    assert.equal(code(await ticket('made-up')), 40001);
  });

  test('the stable token stays, is renewed near its end, and a forced one ends it at once', async () => {
    const first = await stable();
    assert.equal(first['access_token'], (await stable())['access_token']);
    simulator.clock.advance(6_899_000);
    assert.equal(first['access_token'], (await stable())['access_token']);
    simulator.clock.advance(2_000);
    const renewed = await stable();
    assert.notEqual(first['access_token'], renewed['access_token']);
    assert.equal(code(await ticket(String(first['access_token']))), 0, 'the old one lives to its end');
    const classic = await token();
    const forced = await stable({ force_refresh: true });
    assert.equal(code(await ticket(String(renewed['access_token']))), 40001);
    assert.equal(code(await ticket(String(forced['access_token']))), 0);
    assert.equal(code(await ticket(classic)), 0, 'the two kinds do not touch each other');
    assert.equal(code(await stable({ force_refresh: true })), 45011);
  });

  test('the stable token wants a POST with JSON', async () => {
    assert.equal(code(await ask('/cgi-bin/stable_token')), 43002);
    assert.equal(code(await ask('/cgi-bin/stable_token', { method: 'POST' })), 44002);
    assert.equal(code(await ask('/cgi-bin/stable_token', { method: 'POST', body: 'x' })), 47001);
    assert.equal(code(await stable({ secret: 'x' })), 40125);
  });

  test('quotas and the address list of the token endpoint', async () => {
    const { rules } = simulator.tokens;
    rules.issuesPerDayMax = 2;
    await token();
    await token();
    assert.equal(code(await ask(`/cgi-bin/token?${owner()}`)), 45009);
    rules.issuesPerDayMax = 2000;
    rules.allowedAddresses = ['10.0.0.1'];
    assert.equal(code(await ask(`/cgi-bin/token?${owner()}`)), 40164);
    rules.allowedAddresses = [];
  });

  test('tokens can be revoked behind the client\u2019s back', async () => {
    const text = await token();
    simulator.tokens.revokeAll();
    assert.equal(code(await ticket(text)), 40001);
  });

  test('user info tells followers from strangers', async () => {
    const [one, two] = simulator.followers.list();
    if (two) two.subscribed = false;
    const info = async (openid = ''): Promise<Json> =>
      ask(`/cgi-bin/user/info?access_token=${await token()}&openid=${openid}&lang=zh_CN`);
    assert.deepEqual([(await info(one?.openid))['subscribe'], (await info(one?.openid))['openid']], [1, one?.openid]);
    assert.deepEqual(await info(two?.openid), { subscribe: 0, openid: two?.openid });
    assert.equal(code(await info('o'.repeat(28))), 40003);
  });

  test('customer messages reach the chat while the user\u2019s own message keeps the window open', async () => {
    const callback = await startCallback(() => 'success');
    simulator.setCallbackUrl(callback.url);
    const person = simulator.followers.list()[0]?.openid ?? '';
    const send = async (given: Json): Promise<unknown> => {
      const body = JSON.stringify({ touser: person, msgtype: 'text', text: { content: '你好' }, ...given });
      const path = `/cgi-bin/message/custom/send?access_token=${await token()}`;
      return code(await ask(path, { method: 'POST', body }));
    };
    assert.equal(await send({}), 45015);
    await simulator.push.sendText(person, 'hi');
    assert.equal(await send({ text: { content: '' } }), 44004);
    assert.equal(await send({ text: { content: '红'.repeat(683) } }), 45002);
    assert.equal(await send({ msgtype: 'text2' }), 40008);
    assert.equal(await send({ touser: 'x' }), 40003);
    assert.equal(await send({ msgtype: 'news', news: { articles: [{}, {}] } }), 45008);
    for (let sent = 0; sent < 5; sent += 1) assert.equal(await send({}), 0);
    assert.equal(await send({}), 45047);
    const last = simulator.followers.chat(person).at(-1);
    assert.equal(last?.kind === 'text' && last.text, '你好');
    simulator.clock.advance(48 * 3_600_000);
    assert.equal(await send({}), 45015);
    await callback.close();
  });

  test('escaped characters instead of UTF-8 are refused', async () => {
    const body = '{"touser":"x","msgtype":"text","text":{"content":"\\u4f60"}}';
    const path = `/cgi-bin/message/custom/send?access_token=${await token()}`;
    assert.equal(code(await ask(path, { method: 'POST', body })), 40033);
  });

  describe('web authorization', () => {
    const back = 'http://127.0.0.1:8080/oauth/main/callback';
    const link = (given: Readonly<Record<string, string>> = {}): string => {
      const all = { appid: simulator.account.appId, redirect_uri: encodeURIComponent(back), response_type: 'code' };
      const pairs = Object.entries({ ...all, scope: 'snsapi_base', state: 'abc123', ...given });
      return `/connect/oauth2/authorize?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;
    };
    const open = async (path: string, cookie = ''): Promise<Response> =>
      fetch(`${simulator.httpUrl}${path}`, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    const location = async (path: string, cookie = ''): Promise<URL> =>
      new URL((await open(path, cookie)).headers.get('location') ?? assert.fail('no redirect'));
    const exchange = async (given: Json = {}): Promise<Json> =>
      ask(`/sns/oauth2/access_token?${owner({ grant_type: 'authorization_code', ...given })}`);
    const freshCode = async (given: Record<string, string> = {}, cookie = ''): Promise<string> =>
      (await location(link(given), cookie)).searchParams.get('code') ?? '';

    test('the phone comes straight back with a code and the state', async () => {
      const url = await location(link());
      assert.equal(`${url.origin}${url.pathname}`, back);
      assert.equal(url.searchParams.get('state'), 'abc123');
      assert.match(url.searchParams.get('code') ?? '', /^\w{32}$/);
      const queried = await location(link({ redirect_uri: encodeURIComponent(`${back}?a=1`) }));
      assert.match(queried.search, /^\?a=1&code=\w+&state=abc123$/);
    });

    for (const [what, path, fault] of [
      ['another order', () => link().replace(/(appid=[^&]*)&(redirect_uri=[^&]*)/, '$2&$1'), 'parameter-order'],
      [
        'scope before response_type',
        () => link().replace('response_type=code&scope=snsapi_base', 'scope=snsapi_base&response_type=code'),
        'parameter-order',
      ],
      ['an unknown parameter', () => `${link()}&x=1`, 'parameter-order'],
      ['a return address that is not encoded', () => link({ redirect_uri: back }), 'parameter-order'],
      ['another host', () => link({ redirect_uri: encodeURIComponent('https://evil.example/') }), '10003'],
      [
        'a sub-domain of an allowed host',
        () => link({ redirect_uri: encodeURIComponent('https://a.pay.example/') }),
        '10003',
      ],
      ['another scheme', () => link({ redirect_uri: encodeURIComponent('javascript:alert(1)') }), '10003'],
      ['an unknown account', () => link({ appid: 'wx0' }), '10016'],
      ['an unknown scope', () => link({ scope: 'snsapi_login' }), '10005'],
      ['no scope', () => link({ scope: '' }), '10010'],
      ['no return address', () => link({ redirect_uri: '' }), '10011'],
      ['no account', () => link({ appid: '' }), '10012'],
      ['no state', () => link({ state: '' }), '10013'],
      ['a state with a dash', () => link({ state: 'a-b' }), 'state-form'],
      ['a state of 129 characters', () => link({ state: 'a'.repeat(129) }), 'state-form'],
    ] as const) {
      test(`${what} shows a page instead of going back`, async () => {
        const response = await open(path());
        assert.equal(response.status, 200);
        assert.match(await response.text(), new RegExp(`<h1>${fault}</h1>`));
      });
    }

    test('the cookie says whose phone it is, the first person otherwise', async () => {
      const [one, two] = simulator.followers.list();
      assert.equal((await exchange({ code: await freshCode() }))['openid'], one?.openid);
      const cookie = `a=b; sim_openid=${two?.openid}`;
      assert.equal((await exchange({ code: await freshCode({}, cookie) }))['openid'], two?.openid);
      assert.match(await (await open(link(), 'sim_openid=nobody')).text(), /no-such-user/);
    });

    test('a code works once and for five minutes', async () => {
      const first = await freshCode();
      assert.equal(code(await exchange({ code: first, secret: 'x' })), 40125);
      const answer = await exchange({ code: first });
      assert.deepEqual([answer['scope'], answer['expires_in']], ['snsapi_base', 7200]);
      assert.equal('is_snapshotuser' in answer, false);
      const used = await exchange({ code: first });
      assert.equal(code(used), 40163);
      assert.match(String(used['errmsg']), /^code been used, rid: /);
      const late = await freshCode();
      simulator.clock.advance(300_001);
      assert.equal(code(await exchange({ code: late })), 40029);
      assert.equal(code(await exchange({ code: first })), 40029);
      assert.equal(code(await exchange({ code: 'made-up' })), 40029);
      assert.equal(code(await exchange({ code: '' })), 41008);
      assert.equal(code(await exchange({ code: late, grant_type: 'x' })), 40002);
    });

    test('a code belongs to its account, and a person has another openid there', async () => {
      const own = await freshCode();
      const secret = simulator.secrets.get(otherAppId) ?? '';
      assert.equal(code(await exchange({ code: own, appid: otherAppId, secret })), 40029);
      const other = await freshCode({ appid: otherAppId });
      const { openid } = await exchange({ code: other, appid: otherAppId, secret });
      assert.equal(openid, simulator.followers.list()[0]?.otherOpenids[otherAppId]);
    });

    test('only the userinfo scope tells a name', async () => {
      const base = await exchange({ code: await freshCode() });
      const info = (answer: Json): Promise<Json> =>
        ask(`/sns/userinfo?access_token=${String(answer['access_token'])}&openid=${String(answer['openid'])}`);
      assert.equal(code(await info(base)), 48001);
      const full = await exchange({ code: await freshCode({ scope: 'snsapi_userinfo' }) });
      assert.equal((await info(full))['nickname'], simulator.followers.list()[0]?.nickname);
      assert.equal(code(await info({ ...full, openid: 'x' })), 40003);
      simulator.clock.advance(7_200_000);
      assert.equal(code(await info(full)), 42001);
      const path = `/sns/oauth2/refresh_token?appid=${simulator.account.appId}&grant_type=refresh_token&refresh_token=`;
      const refreshed = await ask(`${path}${String(full['refresh_token'])}`);
      assert.equal((await info(refreshed))['openid'], full['openid']);
      assert.equal(code(await ask(`${path}x`)), 40030);
      simulator.clock.advance(30 * 86_400_000);
      assert.equal(code(await ask(`${path}${String(full['refresh_token'])}`)), 42002);
    });

    test('a snapshot page gets a virtual user, another one each time, and says so', async () => {
      simulator.authorization.snapshotMode = true;
      const answers = [await exchange({ code: await freshCode() }), await exchange({ code: await freshCode() })];
      simulator.authorization.snapshotMode = false;
      const openids = answers.map((answer) => String(answer['openid']));
      assert.deepEqual(
        answers.map((answer) => answer['is_snapshotuser']),
        [1, 1],
      );
      assert.equal(new Set([...openids, simulator.followers.list()[0]?.openid]).size, 3);
      assert.ok(openids.every((openid) => simulator.followers.find(openid) === undefined));
    });

    test('only bare host names can be allowed', () => {
      assert.throws(() => simulator.setRedirectHosts(['https://pay.example']), /bare host name/);
    });
  });
});
