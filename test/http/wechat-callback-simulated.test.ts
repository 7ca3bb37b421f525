import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MessageMode } from '../../src/flows/ports/accounts.ts';
import type { ReceiveMessage } from '../../src/flows/ports/messages.ts';
import { wechatCallbackRoutes } from '../../src/http/routes/wechat-callback.ts';
import { flaws } from '../../src/simulator/push/flawed-push.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { messageDoor } from '../../src/wechat/messages/message-door.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAccount } from '../wechat/builders.ts';
import { runApp } from './running-app.ts';

const NOTHING_WRONG_IN = {
  'plain-instead-of-safe': ['plain', 'compatible'],
  'raw-in-the-query': ['plain', 'compatible'],
} as const;

async function underSimulatedWechat(context: Parameters<typeof runApp>[0], mode: MessageMode) {
  const simulator = await startSimulator({ seed: `callback-${mode}`, mode });
  context.after(() => simulator.close());
  const { appId, originalId, appSecret, token, encodingAesKey } = simulator.account;
  const account = anAccount({ appId, originalId, appSecret, token, encodingAesKey, messageMode: mode });
  const heard: string[] = [];
  const receiveMessage: ReceiveMessage = async ({ message, renderReply }) => {
    if (message.kind !== 'text') return { reply: null };
    heard.push(message.content);
    return { reply: renderReply(`听到了：${message.content}`) };
  };
  const router = wechatCallbackRoutes({
    accounts: { account: async () => account },
    door: messageDoor,
    receiveMessage,
    memory: new ProcessMemory(),
    clock: simulator.clock,
    logger: quietLogger(),
  });
  const { url } = await runApp(context, { routers: [router] });
  simulator.setCallbackUrl(`${url}/wechat/main`);
  const openid = simulator.followers.list()[0]?.openid ?? '';
  return { simulator, heard, openid };
}

for (const mode of ['plain', 'compatible', 'safe'] as const) {
  describe(`simulated WeChat in ${mode} mode`, () => {
    test('accepts our echo and our replies, and sees success for events', async (context) => {
      const { simulator, openid } = await underSimulatedWechat(context, mode);
      await simulator.push.verifyUrl();
      for (const text of ['抽奖', ']]>&<b>🧧', 'a'.repeat(3000), '\u0001x\u000b']) {
        const result = await simulator.push.sendText(openid, text);
        assert.deepEqual([result.deliveries.length, result.fault, result.warnings], [1, undefined, []]);
        assert.equal(result.reply?.type, 'text');
      }
      const scan = await simulator.push.sendEvent(openid, { Event: 'SCAN', EventKey: '12' });
      assert.deepEqual([scan.reply, scan.fault, scan.deliveries[0]?.body], [undefined, undefined, 'success']);
    });

    for (const flaw of flaws) {
      const harmless = (NOTHING_WRONG_IN as Record<string, readonly string[]>)[flaw]?.includes(mode) ?? false;
      test(`a push with ${flaw} is ${harmless ? 'heard' : 'refused with a 4xx and not heard'}`, async (context) => {
        const { simulator, heard, openid } = await underSimulatedWechat(context, mode);
        const { status } = await simulator.flawedPush.send(openid, '抽奖', flaw);
        if (harmless) return assert.equal(status, 200);
        assert.ok(status >= 400 && status < 500, `${status}`);
        const before = flaw === 'other-body-under-an-old-query' ? ['抽奖'] : [];
        assert.deepEqual(heard, before);
      });
    }
  });
}
