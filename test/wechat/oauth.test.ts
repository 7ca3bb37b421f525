import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OurBug, OutsideTrouble, WrongRequest } from '../../src/base/errors.ts';
import { openid } from '../../src/base/ids.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { AccessTokens } from '../../src/wechat/access-token.ts';
import { createApiClient } from '../../src/wechat/api-client.ts';
import { AccountCalls } from '../../src/wechat/api/account-calls.ts';
import { createFollowerRecords } from '../../src/wechat/api/follower-records.ts';
import { createWebAuthorization } from '../../src/wechat/oauth.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAccount } from './builders.ts';
import { scriptedWechat, testClock } from './scripted-wechat.ts';

type Hook = Parameters<typeof scriptedWechat>[0];

function speakTo(context: Hook, url: string) {
  const logger = quietLogger();
  const api = createApiClient({ baseUrl: url, logger });
  context.after(() => api.close());
  const tokens = new AccessTokens({ api, memory: new ProcessMemory(), clock: testClock(), logger });
  return {
    authorization: createWebAuthorization({ api, openUrl: url }),
    followers: createFollowerRecords(new AccountCalls({ tokens, clock: testClock() })),
    logger,
  };
}

async function withSimulator(context: Hook) {
  const simulator = await startSimulator({ seed: 'oauth' });
  context.after(() => simulator.close());
  const { appId, appSecret } = simulator.account;
  const account = anAccount({ appId, appSecret });
  const { authorization } = speakTo(context, simulator.httpUrl);
  const person = simulator.followers.list()[0];
  assert.ok(person);
  /** Opens the authorize page as the first follower's phone does and returns the code it comes back with. */
  const authorize = async (): Promise<string> => {
    const options = { redirectUri: 'http://127.0.0.1:1/back?x=1', scope: 'snsapi_base', state: 'abc123' } as const;
    const page = await fetch(authorization.authorizeUrl(account, options), { redirect: 'manual' });
    assert.equal(page.status, 302, await page.text());
    const back = new URL(page.headers.get('location') ?? '');
    assert.deepEqual([back.searchParams.get('x'), back.searchParams.get('state')], ['1', 'abc123']);
    return back.searchParams.get('code') ?? '';
  };
  return { simulator, account, authorization, person, authorize };
}

describe('the authorize address', () => {
  const authorization = createWebAuthorization({
    api: { call: () => Promise.reject(new Error('nobody is called')) },
    openUrl: 'https://open.weixin.qq.com',
  });
  const base = {
    redirectUri: 'https://example.com/oauth/main/callback?to=/a/spring(1)',
    scope: 'snsapi_base',
  } as const;

  test('has its parameters in the order WeChat insists on, and the fragment', () => {
    assert.equal(
      authorization.authorizeUrl(anAccount({ appId: 'wx0123456789abcdef' }), { ...base, state: 'f00' }),
      'https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef' +
        '&redirect_uri=https%3A%2F%2Fexample.com%2Foauth%2Fmain%2Fcallback%3Fto%3D%2Fa%2Fspring%281%29' +
        '&response_type=code&scope=snsapi_base&state=f00#wechat_redirect',
    );
  });

  test('asks for consent by its scope alone, in the same order', () => {
    const account = anAccount({ appId: 'wx0123456789abcdef' });
    const silent = authorization.authorizeUrl(account, { ...base, state: 'f00' });
    const asking = authorization.authorizeUrl(account, { ...base, scope: 'snsapi_userinfo', state: 'f00' });
    assert.equal(asking, silent.replace('snsapi_base', 'snsapi_userinfo'));
  });

  test('refuses a state or a redirect address that WeChat would refuse', () => {
    for (const state of ['', 'with-dash', 'a b', 'x'.repeat(129), 'a&scope=snsapi_userinfo']) {
      assert.throws(() => authorization.authorizeUrl(anAccount(), { ...base, state }), WrongRequest);
    }
    for (const redirectUri of ['/relative', 'javascript:alert(1)', 'https://example.com/#part']) {
      assert.throws(() => authorization.authorizeUrl(anAccount(), { ...base, redirectUri, state: 'a' }), OurBug);
    }
  });
});

describe('a code', () => {
  test('becomes the follower’s openid once, and is then used', async (context) => {
    const { account, authorization, person, authorize } = await withSimulator(context);
    const code = await authorize();
    const authorized = await authorization.exchangeCode(account, code);
    assert.deepEqual(authorized, { openid: person.openid, snapshotUser: false, unionId: null });
    await assert.rejects(authorization.exchangeCode(account, code), { name: 'WrongRequest', code: 'oauth-code-used' });
  });

  test('of a snapshot page is told apart', async (context) => {
    const { simulator, account, authorization, person, authorize } = await withSimulator(context);
    simulator.authorization.snapshotMode = true;
    const authorized = await authorization.exchangeCode(account, await authorize());
    assert.equal(authorized.snapshotUser, true);
    assert.notEqual(authorized.openid, person.openid);
  });

  test('that was never given out, is malformed or of another account is invalid', async (context) => {
    const { account, authorization } = await withSimulator(context);
    for (const code of ['made-up', '', 'a b', '红']) {
      await assert.rejects(authorization.exchangeCode(account, code), { code: 'oauth-code-invalid' });
    }
    const wrongSecret = anAccount({ appId: account.appId, appSecret: 'wrong' });
    await assert.rejects(authorization.exchangeCode(wrongSecret, 'code'), {
      name: 'OutsideTrouble',
      code: 'wechat-configuration',
      message: /account main with 40125 .*: set the app secret/,
    });
  });

  test('answered with less than a person gives nobody', async (context) => {
    const answers: object[] = [
      {},
      ...[undefined, '', 7, 'o/../x'].map((openid) => ({ access_token: 't', openid })),
      { openid: 'o1' },
      { access_token: 't', openid: 'o1', unionid: 7 },
      { access_token: 't', openid: 'o1', errcode: '0' },
    ];
    const count = answers.length;
    const { url } = await scriptedWechat(context, () => answers.shift());
    const { authorization } = speakTo(context, url);
    for (let index = 0; index < count; index += 1) {
      await assert.rejects(authorization.exchangeCode(anAccount(), 'code'), { code: 'wechat-garbled' });
    }
  });

  test('counts as of a snapshot unless the mark clearly says no; a unionid is kept', async (context) => {
    const marks = [1, '1', true, '0', null, 2];
    const good = { access_token: 't', openid: 'o1', scope: 'snsapi_base' };
    const answers: object[] = [
      ...marks.map((mark) => ({ ...good, is_snapshotuser: mark })),
      { ...good, is_snapshotuser: 0, unionid: 'u1' },
    ];
    const { url } = await scriptedWechat(context, () => answers.shift());
    const { authorization } = speakTo(context, url);
    for (const mark of marks) {
      const { snapshotUser } = await authorization.exchangeCode(anAccount(), 'code');
      assert.equal(snapshotUser, true, JSON.stringify(mark));
    }
    assert.deepEqual(await authorization.exchangeCode(anAccount(), 'code'), {
      openid: 'o1',
      snapshotUser: false,
      unionId: 'u1',
    });
  });

  test('that WeChat refuses is the visitor’s, the operator’s or WeChat’s matter', async (context) => {
    const expected = {
      'oauth-code-invalid': [40029, 41008, 42003, 42007],
      'oauth-code-used': [40163],
      'wechat-configuration': [40013, 40125, 40164, 40243, 48001],
      'wechat-busy': [-1, 45011],
      'wechat-quota': [45009],
      'wechat-refused': [50002, 99999],
    };
    const cases = Object.entries(expected).flatMap(([code, numbers]) => numbers.map((errcode) => ({ code, errcode })));
    const answers = cases.map(({ errcode }) => ({ errcode, errmsg: 'x, rid: 6aac0063-7ed08fb9-1250f724' }));
    const { url } = await scriptedWechat(context, () => answers.shift());
    const { authorization } = speakTo(context, url);
    for (const { code, errcode } of cases) {
      const name = code.startsWith('oauth') ? 'WrongRequest' : 'OutsideTrouble';
      await assert.rejects(authorization.exchangeCode(anAccount(), 'code'), { name, code }, String(errcode));
    }
  });

  test('that comes twice at the same time is taken once', async (context) => {
    const { account, authorization, authorize } = await withSimulator(context);
    const code = await authorize();
    const twice = await Promise.allSettled([code, code].map((one) => authorization.exchangeCode(account, one)));
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const lost = twice.flatMap((one) => (one.status === 'rejected' ? [one.reason as WrongRequest] : []));
    assert.equal(lost[0]?.code, 'oauth-code-used');
  });

  test('older than five minutes is invalid', async (context) => {
    const { simulator, account, authorization, authorize } = await withSimulator(context);
    const code = await authorize();
    simulator.clock.advance(300_001);
    await assert.rejects(authorization.exchangeCode(account, code), { code: 'oauth-code-invalid' });
  });

  test('is sent once even when WeChat is busy: it may have been spent', async (context) => {
    const wechat = await scriptedWechat(context, () => ({ errcode: -1, errmsg: 'system error' }));
    const { authorization } = speakTo(context, wechat.url);
    await assert.rejects(authorization.exchangeCode(anAccount(), 'code'), OutsideTrouble);
    assert.equal(wechat.seen.length, 1);
    assert.equal(
      wechat.seen[0]?.rawQuery.replace(/secret=[^&]*/, 'secret=S').replace(/wx\w+/, 'A'),
      '?appid=A&secret=S&code=code&grant_type=authorization_code',
    );
  });
});

describe('a follower', () => {
  test('cannot be looked up without the right to: the operator is told, and nobody counts as gone', async (context) => {
    const { url } = await scriptedWechat(context, (request) =>
      request.path.endsWith('token')
        ? { access_token: 't', expires_in: 7200 }
        : { errcode: 48001, errmsg: 'api unauthorized' },
    );
    const { followers, logger } = speakTo(context, url);
    await assert.rejects(followers.record(anAccount(), openid('o1')), { code: 'wechat-configuration' });
    assert.ok(logger.lines.some(({ level, event }) => level === 'error' && event === 'wechat-refused'));
  });
});
