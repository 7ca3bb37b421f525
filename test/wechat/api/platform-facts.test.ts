import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFollowerRecords } from '../../../src/wechat/api/follower-records.ts';
import { createPlatformFacts } from '../../../src/wechat/api/platform-facts.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

// Official text: the list changes and holds ranges, so it is asked for daily and only a second line of defence.
test('callback IP list: addresses and CIDR ranges are told as they come', async (context) => {
  const { calls, account } = await apiWorld(context);
  const facts = createPlatformFacts(calls);
  assert.deepEqual(await facts.callbackAddresses(account), ['127.0.0.1', '101.226.103.0/25']);
  assert.deepEqual(await facts.apiAddresses(account), ['127.0.0.1']);
  const odd = await scriptedCalls(context, [{ ip_list: [1] }]);
  await assert.rejects(createPlatformFacts(odd.calls).callbackAddresses(odd.account), { code: 'wechat-garbled' });
});

test('WeChat’s look at the callback is told in numbers', async (context) => {
  const { calls, account } = await apiWorld(context);
  assert.deepEqual(await createPlatformFacts(calls).checkCallback(account), {
    dns: [{ ip: '127.0.0.1', operator: 'UNICOM' }],
    ping: [{ ip: '127.0.0.1', operator: 'UNICOM', loss: 0, tookMs: 23.079 }],
  });
});

test('a used-up quota is told, and a clearing opens it, ten times a month', async (context) => {
  const { calls, account, desk, simulator } = await apiWorld(context);
  const facts = createPlatformFacts(calls);
  const records = createFollowerRecords(calls);
  desk.quotas.lowered.set('/cgi-bin/user/get', 1);
  await records.page(account, null);
  await assert.rejects(records.page(account, null), { code: 'wechat-quota' });
  assert.deepEqual(await facts.quota(account, '/cgi-bin/user/get'), { perDay: 1, used: 1, left: 0 });
  await facts.clearQuota(account, '/cgi-bin/user/get');
  await records.page(account, null);
  await facts.clearAllQuotas(account);
  await records.page(account, null);
  for (let clears = 2; clears < 10; clears += 1) await facts.clearQuota(account, '/cgi-bin/user/get');
  await assert.rejects(facts.clearAllQuotas(account), { code: 'wechat-quota', message: /48006/ });
  simulator.clock.advance(86_400_000);
  assert.equal((await facts.quota(account, '/cgi-bin/user/get')).used, 0);
  for (const path of ['cgi-bin/x', '//cgi-bin/x', 'https://x/y', '/cgi-bin/x?a=1']) {
    await assert.rejects(facts.quota(account, path), { code: 'arguments-wrong' });
  }
});

test('a refusal’s rid leads to the call, without its token', async (context) => {
  const { calls, account, logger, simulator, tokens } = await apiWorld(context);
  await assert.rejects(createFollowerRecords(calls).records(account, ['oNobody' as never]));
  const rid = String(logger.lines.find(({ event }) => event === 'wechat-refused')?.fields['rid']);
  const found = await createPlatformFacts(calls).lookUpCall(account, rid);
  assert.equal(found?.url, '/cgi-bin/user/info/batchget');
  assert.ok(found.answer.includes('40003') && Math.abs(found.atMs - simulator.clock.nowMs()) < 5000);
  assert.ok(!JSON.stringify(found).includes(await tokens.current(account)));
  assert.equal(await createPlatformFacts(calls).lookUpCall(account, '00000000-00000000-00000000'), null);
});
