import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideTrouble } from '../../src/base/errors.ts';
import type { SharedMemory } from '../../src/flows/ports/shared-memory.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { RedisMemory } from '../../src/store/redis-memory.ts';
import { AccessTokens } from '../../src/wechat/access-token.ts';
import { createApiClient } from '../../src/wechat/api-client.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { startRedis } from '../support/redis-server.ts';
import { anAccount } from './builders.ts';
import { scriptedWechat, testClock } from './scripted-wechat.ts';

type Hook = Parameters<typeof scriptedWechat>[0];
type Script = Parameters<typeof scriptedWechat>[1];

const account = anAccount();
const USER = { method: 'GET', path: '/cgi-bin/user/info', query: { openid: 'o1' } } as const;

/** One process's tokens over a memory that may be shared. */
function tokensOf(context: Hook, apiUrl: string, memory: SharedMemory, endpoint: 'stable' | 'token' = 'stable') {
  const logger = quietLogger();
  const api = createApiClient({ baseUrl: apiUrl, logger });
  context.after(() => api.close());
  const clock = testClock();
  return { tokens: new AccessTokens({ api, memory, clock, logger, endpoint }), logger, clock };
}

/** WeChat with tokens t1, t2, ...; `accepts` says which of them its API takes. */
function numberedTokens(accepts: (token: string) => boolean, reuse = false): Script {
  let issued = 0;
  return (request) => {
    if (request.path === '/cgi-bin/stable_token') {
      const { force_refresh: force } = JSON.parse(request.body) as { force_refresh: boolean };
      if (!reuse || force || issued === 0) issued += 1;
      return { access_token: `t${issued}`, expires_in: 7200 };
    }
    const token = request.query.get('access_token') ?? '';
    return accepts(token) ? { subscribe: 1, token } : { errcode: 40001, errmsg: 'invalid credential' };
  };
}

describe('against the simulator', () => {
  for (const endpoint of ['stable', 'token'] as const) {
    test(`a token of the ${endpoint} endpoint is fetched once, kept, and replaced when WeChat drops it`, async (context) => {
      const simulator = await startSimulator({ seed: 'tokens' });
      context.after(() => simulator.close());
      const { appId, appSecret } = simulator.account;
      const own = anAccount({ appId, appSecret });
      const { tokens, logger } = tokensOf(context, simulator.httpUrl, new ProcessMemory(), endpoint);
      const openid = simulator.followers.list()[0]?.openid ?? '';
      const ask = () => tokens.call(own, { method: 'GET', path: '/cgi-bin/user/info', query: { openid } });
      assert.equal((await ask()).kind, 'ok');
      const first = await tokens.current(own);
      assert.equal((await ask()).kind, 'ok');
      assert.equal(await tokens.current(own), first);
      simulator.tokens.revokeAll();
      assert.equal((await ask()).kind, 'ok');
      assert.notEqual(await tokens.current(own), first);
      assert.equal(logger.lines.filter((line) => line.event === 'access-token-fetched').length, 2);
    });
  }

  test('a wrong secret is reported once as an error and then not asked again for a minute', async (context) => {
    const simulator = await startSimulator({ seed: 'tokens' });
    context.after(() => simulator.close());
    const own = anAccount({ appId: simulator.account.appId, appSecret: 'wrong' });
    const { tokens, logger, clock } = tokensOf(context, simulator.httpUrl, new ProcessMemory());
    for (let tries = 0; tries < 5; tries += 1) {
      await assert.rejects(tokens.current(own), {
        code: 'wechat-configuration',
        message: /40125 .*set the app secret/,
      });
    }
    const errors = () => logger.lines.filter((line) => line.level === 'error').length;
    assert.equal(errors(), 1);
    clock.advance(61_000);
    await assert.rejects(tokens.current(own), OutsideTrouble);
    assert.equal(errors(), 2);
    const put = anAccount({ appId: own.appId, appSecret: simulator.account.appSecret });
    assert.notEqual(await tokens.current(put), '', 'the right secret is tried at once');
  });

  test('an address that is not allowed is named in the error, with what to do', async (context) => {
    const simulator = await startSimulator({ seed: 'tokens' });
    context.after(() => simulator.close());
    simulator.tokens.rules.allowedAddresses = ['10.0.0.1'];
    const { appId, appSecret } = simulator.account;
    const { tokens } = tokensOf(context, simulator.httpUrl, new ProcessMemory());
    await assert.rejects(tokens.current(anAccount({ appId, appSecret })), {
      code: 'wechat-configuration',
      message: /40164 \(invalid ip 127\.0\.0\.1 .*\): add this server's address/,
    });
  });

  test('a token that runs out under the load of two processes is replaced by one call', async (context) => {
    const simulator = await startSimulator({ seed: 'tokens' });
    context.after(() => simulator.close());
    const { appId, appSecret } = simulator.account;
    const own = anAccount({ appId, appSecret });
    const memory = new ProcessMemory();
    const processes = [0, 1].map(() => tokensOf(context, simulator.httpUrl, memory));
    const fetched = context.mock.method(simulator.tokens, 'stableToken');
    const query = { openid: simulator.followers.list()[0]?.openid ?? '' };
    const load = async (): Promise<void> => {
      const calls = Array.from({ length: 200 }, async (_, index) =>
        processes[index % 2]?.tokens.call(own, { method: 'GET', path: USER.path, query }),
      );
      assert.ok((await Promise.all(calls)).every((answer) => answer?.kind === 'ok'));
    };
    await load();
    assert.equal(fetched.mock.callCount(), 1);
    simulator.clock.advance(7_200_000);
    await load();
    assert.equal(fetched.mock.callCount(), 2);
    simulator.tokens.revokeAll();
    await load();
    assert.equal(fetched.mock.callCount(), 3);
  });
});

describe('many callers', () => {
  test('fifty calls of two processes fetch one token', async (context) => {
    const wechat = await scriptedWechat(
      context,
      numberedTokens(() => true),
    );
    const memory = new ProcessMemory();
    const processes = [tokensOf(context, wechat.url, memory), tokensOf(context, wechat.url, memory)];
    const calls = Array.from({ length: 50 }, async (_, index) => processes[index % 2]?.tokens.call(account, USER));
    const answers = await Promise.all(calls);
    assert.ok(answers.every((answer) => answer?.kind === 'ok' && answer.body['token'] === 't1'));
    assert.equal(wechat.to('/cgi-bin/stable_token').length, 1);
  });

  test('fifty calls with a dead token cause one fetch, also when the memory is a real Redis', async (context) => {
    const redis = await startRedis();
    context.after(() => redis.kill());
    const wechat = await scriptedWechat(
      context,
      numberedTokens((token) => token !== 't1'),
    );
    const memories = [0, 1].map(() => new RedisMemory({ url: redis.url, logger: quietLogger() }));
    for (const memory of memories) {
      await memory.start();
      context.after(() => memory.stop());
    }
    const processes = memories.map((memory) => tokensOf(context, wechat.url, memory));
    assert.equal(await processes[0]?.tokens.current(account), 't1');
    const calls = Array.from({ length: 50 }, async (_, index) => processes[index % 2]?.tokens.call(account, USER));
    const answers = await Promise.all(calls);
    assert.ok(answers.every((answer) => answer?.kind === 'ok' && answer.body['token'] === 't2'));
    assert.equal(wechat.to('/cgi-bin/stable_token').length, 2);
  });

  test('a twin without the lease fetches once per process', async (context) => {
    const wechat = await scriptedWechat(
      context,
      numberedTokens(() => true),
    );
    const memory = new ProcessMemory();
    memory.holdLease = async () => true;
    const processes = [tokensOf(context, wechat.url, memory), tokensOf(context, wechat.url, memory)];
    await Promise.all(processes.map(({ tokens }) => tokens.current(account)));
    assert.equal(wechat.to('/cgi-bin/stable_token').length, 2);
  });

  test('a process that holds the lease and hangs is waited for within a bound', async (context) => {
    const wechat = await scriptedWechat(
      context,
      numberedTokens(() => true),
    );
    const memory = new ProcessMemory();
    await memory.holdLease(`access-token:${account.appId}`, 'somebody else', 60_000);
    const { tokens } = tokensOf(context, wechat.url, memory);
    await assert.rejects(tokens.current(account), { code: 'access-token-busy' });
    assert.equal(wechat.seen.length, 0);
  });
});

describe('a token near its end', () => {
  /** WeChat with tokens t1, t2, ...; the memory's time is the test's. */
  const aged = async (context: Hook, script: Script) => {
    const wechat = await scriptedWechat(context, script);
    let memoryMs = 0;
    const memory = new ProcessMemory(() => memoryMs);
    const { tokens, clock, logger } = tokensOf(context, wechat.url, memory);
    assert.equal(await tokens.current(account), 't1');
    const age = (byMs: number): void => {
      memoryMs += byMs;
      clock.advance(byMs);
    };
    const until = async (token: string): Promise<void> => {
      for (let look = 0; look < 3000 && (await tokens.current(account)) !== token; look += 1) await sleep(10);
      assert.equal(await tokens.current(account), token);
    };
    return { wechat, memory, tokens, logger, age, until };
  };

  test('is replaced beside the calls, and none of them waits', async (context) => {
    let release = (): void => undefined;
    const renewal = new Promise<void>((resolve) => void (release = resolve));
    let issued = 0;
    const { wechat, tokens, age, until } = await aged(context, (_request, response) => {
      issued += 1;
      if (issued === 1) return { access_token: 't1', expires_in: 7200 };
      void renewal.then(() => response.end('{"access_token":"t2","expires_in":7200}'));
      return undefined;
    });
    age(6_949_000);
    await tokens.current(account);
    assert.equal(wechat.seen.length, 1, 'not before the last four minutes');
    age(2_000);
    const during = await Promise.all(Array.from({ length: 50 }, () => tokens.current(account)));
    assert.ok(during.every((token) => token === 't1'));
    release();
    await until('t2');
    assert.equal(wechat.seen.length, 2);
  });

  test('serves to its end while WeChat cannot be asked, which is tried every 30 s', async (context) => {
    const answers: object[] = [
      { access_token: 't1', expires_in: 7200 },
      { errcode: -1, errmsg: 'system error' },
      { access_token: 't2', expires_in: 7200 },
    ];
    const { wechat, tokens, logger, age, until } = await aged(context, () => answers.shift());
    age(7_000_000);
    for (let tries = 0; tries < 10; tries += 1) assert.equal(await tokens.current(account), 't1');
    const failed = () => logger.lines.some(({ event }) => event === 'access-token-not-renewed-ahead');
    for (let look = 0; look < 6000 && !failed(); look += 1) await sleep(5);
    assert.ok(failed());
    assert.equal(await tokens.current(account), 't1');
    assert.equal(wechat.seen.length, 2);
    age(31_000);
    await until('t2');
  });

  test('is left to the process that is at it already', async (context) => {
    const { wechat, memory, tokens, age } = await aged(
      context,
      numberedTokens(() => true),
    );
    age(7_000_000);
    await memory.holdLease(`access-token:${account.appId}`, 'somebody else', 60_000);
    assert.equal(await tokens.current(account), 't1');
    await sleep(30);
    assert.equal(await tokens.current(account), 't1');
    assert.equal(wechat.seen.length, 1);
  });
});

describe('a token that is not accepted', () => {
  test('is replaced once; a second refusal is the answer, never a loop', async (context) => {
    const wechat = await scriptedWechat(
      context,
      numberedTokens(() => false),
    );
    const { tokens } = tokensOf(context, wechat.url, new ProcessMemory());
    const answer = await tokens.call(account, USER);
    assert.equal(answer.kind === 'refused' && answer.errcode, 40001);
    assert.equal(wechat.to(USER.path).length, 2);
    assert.equal(wechat.to('/cgi-bin/stable_token').length, 2);
  });

  test('and handed out again by the stable endpoint is forced out, but never again and again', async (context) => {
    const wechat = await scriptedWechat(
      context,
      numberedTokens((token) => token === 't2', true),
    );
    const { tokens } = tokensOf(context, wechat.url, new ProcessMemory());
    const answer = await tokens.call(account, USER);
    assert.equal(answer.kind === 'ok' && answer.body['token'], 't2');
    const forces = () =>
      wechat
        .to('/cgi-bin/stable_token')
        .map((request) => (JSON.parse(request.body) as { force_refresh: boolean }).force_refresh);
    assert.deepEqual(forces(), [false, false, true]);

    const stubborn = await scriptedWechat(
      context,
      numberedTokens(() => false, true),
    );
    const unlucky = tokensOf(context, stubborn.url, new ProcessMemory());
    await unlucky.tokens.call(account, USER);
    await assert.rejects(unlucky.tokens.call(account, USER), { code: 'access-token-not-accepted' });
    assert.equal(stubborn.to('/cgi-bin/stable_token').filter((request) => request.body.includes('true')).length, 1);
  });

  test('other refusals are not repeated', async (context) => {
    const wechat = await scriptedWechat(context, (request) =>
      request.path === USER.path ? { errcode: -1, errmsg: 'system error' } : { access_token: 't', expires_in: 7200 },
    );
    const { tokens } = tokensOf(context, wechat.url, new ProcessMemory());
    const answer = await tokens.call(account, USER);
    assert.equal(answer.kind === 'refused' && answer.errcode, -1);
    assert.equal(wechat.to(USER.path).length, 1);
  });

  test('a token endpoint without a token is trouble, and the lease is given back', async (context) => {
    const answers: object[] = [{ expires_in: 7200 }, { access_token: 't1', expires_in: 7200 }];
    const wechat = await scriptedWechat(context, () => answers.shift());
    const { tokens } = tokensOf(context, wechat.url, new ProcessMemory());
    await assert.rejects(tokens.current(account), { code: 'wechat-garbled' });
    assert.equal(await tokens.current(account), 't1');
  });
});
