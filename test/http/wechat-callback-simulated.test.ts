import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flaws } from '../../src/simulator/push/flawed-push.ts';
import { textsOf, underSimulatedWechat } from './simulated-callback.ts';

const NOTHING_WRONG_IN = {
  'plain-instead-of-safe': ['plain', 'compatible'],
  'raw-in-the-query': ['plain', 'compatible'],
} as const;

for (const mode of ['plain', 'compatible', 'safe'] as const) {
  describe(`simulated WeChat in ${mode} mode`, () => {
    test('accepts our echo and our replies, and sees success where no reply arrives', async (context) => {
      const { simulator, openid } = await underSimulatedWechat(context, { simulator: { mode } });
      await simulator.push.verifyUrl();
      for (const text of ['抽奖', ']]>&<b>🧧', 'a'.repeat(3000), '\u0001x\u000b']) {
        const result = await simulator.push.sendText(openid, text);
        assert.deepEqual([result.deliveries.length, result.fault, result.warnings], [1, undefined, []]);
        assert.equal(result.reply?.type, 'text');
      }
      const scan = await simulator.push.sendEvent(openid, { Event: 'SCAN', EventKey: '12' });
      assert.deepEqual([scan.reply?.type, scan.fault], ['text', undefined]);
      const view = await simulator.push.sendEvent(openid, { Event: 'VIEW', EventKey: 'https://a.example/' });
      assert.deepEqual([view.reply, view.fault, view.deliveries[0]?.body], [undefined, undefined, 'success']);
    });

    for (const flaw of flaws) {
      const harmless = (NOTHING_WRONG_IN as Record<string, readonly string[]>)[flaw]?.includes(mode) ?? false;
      test(`a push with ${flaw} is ${harmless ? 'heard' : 'refused with a 4xx and not heard'}`, async (context) => {
        const { simulator, heard, openid } = await underSimulatedWechat(context, { simulator: { mode } });
        const { status } = await simulator.flawedPush.send(openid, '抽奖', flaw);
        if (harmless) return assert.equal(status, 200);
        assert.ok(status >= 400 && status < 500, `${status}`);
        const before = flaw === 'other-body-under-an-old-query' ? ['抽奖'] : [];
        assert.deepEqual(textsOf(heard), before);
      });
    }
  });
}
