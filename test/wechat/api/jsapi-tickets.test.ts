import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProcessMemory } from '../../../src/store/process-memory.ts';
import { RedisMemory } from '../../../src/store/redis-memory.ts';
import { AccessTokens } from '../../../src/wechat/access-token.ts';
import { createPageSigner, JsapiTickets, signJsSdk } from '../../../src/wechat/api/jsapi-tickets.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { startRedis } from '../../support/redis-server.ts';
import { apiWorld, scriptedCalls, speakTo } from './api-world.ts';

const luck = { below: () => 0, randomId: () => '0123456789abcdef0123456789abcdef' };

test('the published example of a page signature', () => {
  const ticket = 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg';
  const input = { ticket, nonce: 'Wm3WZYTPz0wzccnW', timestamp: 1_414_587_457 };
  const signature = signJsSdk({ ...input, url: 'http://mp.weixin.qq.com?params=value' });
  assert.equal(signature, '0f9de62fce790f9a083d5c99e95740ceb90c27ed');
});

test('a ticket is fetched once, kept, and replaced when it has run out', async (context) => {
  const world = await apiWorld(context);
  let memoryMs = 0;
  const tickets = new JsapiTickets({ ...world, memory: new ProcessMemory(() => memoryMs) });
  const fetched = context.mock.method(world.simulator.tokens, 'ticket');
  const first = await tickets.current(world.account);
  assert.equal(await tickets.current(world.account), first);
  assert.equal(fetched.mock.callCount(), 1);
  memoryMs += 7_200_000;
  world.simulator.clock.advance(7_200_000);
  assert.notEqual(await tickets.current(world.account), first);
  assert.equal(fetched.mock.callCount(), 2);
});

test('a hundred pages of two processes over one Redis fetch one ticket', async (context) => {
  const redis = await startRedis();
  context.after(() => redis.kill());
  const world = await apiWorld(context);
  const fetched = context.mock.method(world.simulator.tokens, 'ticket');
  const processes = await Promise.all(
    [0, 1].map(async () => {
      const memory = new RedisMemory({ url: redis.url, logger: quietLogger() });
      await memory.start();
      context.after(() => memory.stop());
      const own = speakTo(context, world.simulator.httpUrl);
      const tokens = new AccessTokens({ ...own, memory });
      return new JsapiTickets({ ...own, tokens, memory });
    }),
  );
  const asked = Array.from({ length: 100 }, async (_, index) => processes[index % 2]?.current(world.account));
  assert.equal(new Set(await Promise.all(asked)).size, 1);
  assert.equal(fetched.mock.callCount(), 1);
});

test('a refused ticket is asked for once a minute, not once a page', async (context) => {
  const { tokens, clock, logger, account, sent } = await scriptedCalls(context, [{ errcode: 48001, errmsg: 'x' }]);
  const tickets = new JsapiTickets({ tokens, clock, logger, memory: new ProcessMemory() });
  for (let page = 0; page < 5; page += 1) {
    await assert.rejects(tickets.current(account), { code: 'wechat-configuration' });
  }
  assert.equal(sent().length, 1);
  clock.advance(60_001);
  await assert.rejects(tickets.current(account));
  assert.equal(sent().length, 2);
});

test('a page is signed with its exact address without the fragment, and only our own pages are', async (context) => {
  const world = await apiWorld(context);
  const tickets = new JsapiTickets({ ...world, memory: new ProcessMemory() });
  const signer = createPageSigner({ ...world, tickets, luck, origins: ['https://a.example'] });
  const url = 'https://a.example/p?x=%E7%BA%A2&from=timeline&isappinstalled=0';
  const signed = await signer.sign(world.account, `${url}#/deep`);
  const ticket = await tickets.current(world.account);
  assert.equal(signed.appId, world.account.appId);
  assert.equal(signed.signature, signJsSdk({ ticket, nonce: signed.nonceStr, timestamp: signed.timestamp, url }));
  const foreign = ['https://b.example/', 'https://a.example.evil.example/', 'http://a.example/', 'a.example', ''];
  for (const other of [...foreign, `https://a.example/${'x'.repeat(2048)}`]) {
    await assert.rejects(signer.sign(world.account, other), { code: 'page-not-ours' });
  }
});
