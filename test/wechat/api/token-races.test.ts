import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessMemory } from '../../../src/store/process-memory.ts';
import { RedisMemory } from '../../../src/store/redis-memory.ts';
import { AccessTokens } from '../../../src/wechat/access-token.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { startRedis } from '../../support/redis-server.ts';
import { scriptedWechat } from '../scripted-wechat.ts';
import { apiWorld, scriptedCalls, speakTo } from './api-world.ts';

type Hook = Parameters<typeof apiWorld>[0];

/** Two processes' worth of tokens over one real Redis. */
async function twoProcesses(context: Hook, url: string, endpoint: 'stable' | 'token') {
  const redis = await startRedis();
  context.after(() => redis.kill());
  return Promise.all(
    [0, 1].map(async () => {
      const memory = new RedisMemory({ url: redis.url, logger: quietLogger() });
      await memory.start();
      context.after(() => memory.stop());
      return new AccessTokens({ ...speakTo(context, url), memory, endpoint });
    }),
  );
}

// binarywang/WxJava#324, #778, #1381, #2803; easywechat#1453; Eric-Guo/wechat#76; ArtisanCloud/PowerWeChat#200;
// silenceper/wechat#516, #647; chanjarster/weixin-java-tools#275
for (const endpoint of ['stable', 'token'] as const) {
  test(`access-token races: 200 callers of two processes with a dead token cause one fetch (${endpoint})`, async (context) => {
    const { simulator, account, people } = await apiWorld(context);
    const processes = await twoProcesses(context, simulator.httpUrl, endpoint);
    const fetched = context.mock.method(simulator.tokens, endpoint === 'stable' ? 'stableToken' : 'token');
    const request = { method: 'GET', path: '/cgi-bin/user/info', query: { openid: people[0] ?? '' } } as const;
    const load = async (): Promise<void> => {
      const calls = Array.from({ length: 200 }, async (_, at) => processes[at % 2]?.call(account, request));
      assert.ok((await Promise.all(calls)).every((answer) => answer?.kind === 'ok'));
    };
    await load();
    assert.equal(fetched.mock.callCount(), 1);
    for (let round = 2; round <= 4; round += 1) {
      simulator.tokens.revokeAll();
      await load();
      assert.equal(fetched.mock.callCount(), round);
    }
    simulator.clock.advance(7_200_000);
    await load();
    assert.equal(fetched.mock.callCount(), 5);
  });
}

// node-webot/co-wechat-api renews after 40001 and 42001 but forgets 40014.
for (const errcode of [40001, 40014, 42001]) {
  test(`${errcode} replaces the token and repeats the call once`, async (context) => {
    let issued = 0;
    const wechat = await scriptedWechat(context, (request) => {
      if (request.path.endsWith('token')) return { access_token: `t${(issued += 1)}`, expires_in: 7200 };
      return request.query.get('access_token') === 't1' ? { errcode, errmsg: 'x' } : { ip_list: [] };
    });
    const { tokens } = speakTo(context, wechat.url);
    const { account } = await scriptedCalls(context, [{}]);
    const answer = await tokens.call(account, { method: 'GET', path: '/cgi-bin/getcallbackip' });
    assert.equal(answer.kind, 'ok');
    assert.equal(wechat.to('/cgi-bin/getcallbackip').length, 2);
  });
}

test('a dead token does not spoil a download: the file comes with the next one', async (context) => {
  let issued = 0;
  const wechat = await scriptedWechat(context, (request, response) => {
    if (request.path.endsWith('token')) return { access_token: `t${(issued += 1)}`, expires_in: 7200 };
    if (request.query.get('access_token') === 't1') return { errcode: 42001, errmsg: 'access_token expired' };
    response.setHeader('content-type', 'image/jpeg');
    response.end(Buffer.from([0xff, 0xd8]));
    return undefined;
  });
  const { calls } = speakTo(context, wechat.url);
  const { account } = await scriptedCalls(context, [{}]);
  const file = await calls.download(account, { method: 'GET', path: '/cgi-bin/media/get' });
  assert.equal(file.kind === 'file' && file.bytes.length, 2);
});

// binarywang/WxJava#1381: a refresh loop ate the day's quota.
for (const errcode of [40164, 61004, 45035, 89503, 40243, 40013, 40125, 45009]) {
  test(`a token endpoint that answers ${errcode} is asked once by a hundred calls`, async (context) => {
    const wechat = await scriptedWechat(context, () => ({ errcode, errmsg: 'invalid ip 10.1.2.3' }));
    const { tokens, clock } = speakTo(context, wechat.url);
    const { account } = await scriptedCalls(context, [{}]);
    for (let call = 0; call < 100; call += 1) await assert.rejects(tokens.current(account));
    assert.equal(wechat.seen.length, 1);
    clock.advance(errcode === 89503 ? 600_001 : 60_001);
    await assert.rejects(tokens.current(account));
    assert.equal(wechat.seen.length, 2);
  });
}

test('an address that the administrator has yet to confirm is told as such', async (context) => {
  const { simulator, account, tokens } = await apiWorld(context);
  simulator.tokens.rules.confirmationWanted = true;
  await assert.rejects(tokens.current(account), {
    code: 'wechat-configuration',
    message: /89503.*administrator confirm/,
  });
});

test('a token that somebody stored between the look and the lease is taken, not fetched again', async (context) => {
  const { clock, logger, api, account, wechat } = await scriptedCalls(context, [{}]);
  const memory = new ProcessMemory();
  const hold = memory.holdLease.bind(memory);
  memory.holdLease = async (lease, owner, ttlMs) => {
    await memory.swapToken(lease, null, { token: 'theirs', ttlMs: 7_000_000 });
    return hold(lease, owner, ttlMs);
  };
  assert.equal(await new AccessTokens({ api, memory, clock, logger }).current(account), 'theirs');
  assert.equal(wechat.seen.length, 0);
});
