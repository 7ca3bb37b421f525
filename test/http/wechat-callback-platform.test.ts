import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, test } from 'node:test';
import type { InboundMessage } from '../../src/flows/ports/messages.ts';
import { bursts, playBurst } from '../../src/simulator/push/bursts.ts';
import type { Burst } from '../../src/simulator/push/bursts.ts';
import { textsOf, underSimulatedWechat } from './simulated-callback.ts';

const OLD_KEY = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR';
const modes = ['plain', 'compatible', 'safe'] as const;

const keys = (messages: readonly InboundMessage[]): number => new Set(messages.map(({ key }) => key)).size;
const events = (messages: readonly InboundMessage[]) =>
  messages.flatMap((message) => (message.kind === 'event' ? [message.event] : [])).toSorted();

/** How many different requests the pushes of a burst are, and what else must be true of them. */
const EXPECTED: Readonly<Record<Burst, { keys: number; check?: (heard: readonly InboundMessage[]) => void }>> = {
  'two-messages-in-one-second': { keys: 2 },
  'follow-and-scan-in-one-second': {
    keys: 2,
    check: (heard) => assert.deepEqual(events(heard), ['scan', 'subscribe']),
  },
  'location-every-five-seconds': { keys: 4 },
  'unsubscribe-twice': { keys: 1 },
  'authorization-withdrawn': {
    keys: 2,
    check: (heard) => assert.deepEqual(events(heard), Array(2).fill('user_authorization_revoke')),
  },
  'awkward-texts': {
    keys: 7,
    check: (heard) => {
      assert.deepEqual(heard.filter(({ kind }) => kind === 'sticker').length, 1);
      for (const text of ['abcde', '红包🧧👨‍👩‍👧‍👦', 'a]]>b]]]]>c<![CDATA[d', '<!DOCTYPE html>', '   ']) {
        assert.ok(textsOf(heard).includes(text), text);
      }
    },
  },
  'pictures-with-a-repeated-list': {
    keys: 1,
    check: ([only]) =>
      assert.equal(only?.kind === 'event' && only.event === 'pic_weixin' && only.pictureDigests.length, 2),
  },
  'unknown-kinds': { keys: 2, check: (heard) => assert.deepEqual(events(heard), ['other']) },
};

for (const mode of modes) {
  for (const burst of bursts) {
    test(`${burst} in ${mode} mode: each is heard once under its own key, and nobody sees a fault`, async (context) => {
      const { simulator, heard, openid } = await underSimulatedWechat(context, { simulator: { mode } });
      const results = await playBurst(simulator.push, openid, burst);
      assert.deepEqual(
        results.map(({ fault }) => fault),
        results.map(() => undefined),
      );
      assert.equal(heard.length, results.length);
      assert.equal(keys(heard), EXPECTED[burst].keys);
      EXPECTED[burst].check?.(heard);
    });
  }
}

describe('what WeChat may do with its envelopes', () => {
  test('every padding from 1 to 32 opens', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    for (let padBytes = 1; padBytes <= 32; padBytes += 1) {
      simulator.push.options.padBytes = padBytes;
      const { reply, fault } = await simulator.push.sendText(openid, `垫${padBytes}`);
      assert.deepEqual([reply?.type, fault], ['text', undefined]);
    }
    assert.equal(heard.length, 32);
  });

  for (const mode of ['compatible', 'safe'] as const) {
    test(`after a rotation the old key opens and seals the answer, in ${mode} mode`, async (context) => {
      const world = { simulator: { mode }, account: { previousEncodingAesKey: OLD_KEY } };
      const { simulator, openid } = await underSimulatedWechat(context, world);
      simulator.push.options.olderKey = OLD_KEY;
      assert.equal((await simulator.push.sendText(openid, '旧')).reply?.type, 'text');
      delete simulator.push.options.olderKey;
      assert.equal((await simulator.push.sendText(openid, '新')).reply?.type, 'text');
    });
  }

  test('a key whose last character has spare bits set opens and seals', async (context) => {
    // The official sample key; encoded again its last character would be E.
    const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    const { simulator, openid } = await underSimulatedWechat(context, { account: { encodingAesKey } });
    simulator.push.options.olderKey = encodingAesKey;
    assert.equal((await simulator.push.sendText(openid, '抽奖')).reply?.type, 'text');
  });

  for (const layout of ['lines', 'sample'] as const) {
    for (const elementOrder of ['usual', 'shuffled'] as const) {
      test(`elements ${elementOrder} in layout ${layout} are read alike`, async (context) => {
        const { simulator, heard, openid } = await underSimulatedWechat(context, { simulator: { mode: 'plain' } });
        Object.assign(simulator.push.options, { layout, elementOrder });
        for (let sent = 0; sent < 5; sent += 1) await simulator.push.sendText(openid, '抽奖');
        assert.deepEqual(textsOf(heard), Array(5).fill('抽奖'));
      });
    }
  }
});

describe('what WeChat may do about a late answer', () => {
  for (const envelopes of ['fresh', 'same'] as const) {
    for (const deliveriesMax of [3, 4]) {
      test(`${deliveriesMax} deliveries with ${envelopes} envelopes are one message`, async (context) => {
        let calls = 0;
        const { simulator, heard, openid } = await underSimulatedWechat(context, {
          simulator: { mode: 'safe', push: { cutOffMs: 300, deliveriesMax, envelopes } },
          receive: async ({ renderReply }) => {
            calls += 1;
            if (calls < deliveriesMax) await pause(450);
            return { kind: 'reply', xml: renderReply('来了') };
          },
        });
        const { deliveries, reply, fault } = await simulator.push.sendText(openid, '抽奖');
        assert.deepEqual([deliveries.length, reply?.type, fault], [deliveriesMax, 'text', undefined]);
        assert.deepEqual([heard.length, keys(heard)], [deliveriesMax, 1]);
      });
    }
  }

  test('after many faults pushes stop for a minute, and the first one after it is answered', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context, {
      simulator: { mode: 'plain', push: { faultsBeforeSilence: 1, retryPauseMs: 1 } },
    });
    const here = simulator.push.callbackUrl ?? '';
    simulator.setCallbackUrl(here.replace('/wechat/main', '/nowhere'));
    assert.match((await simulator.push.sendText(openid, '1')).fault ?? '', /status 404/);
    simulator.setCallbackUrl(here);
    assert.match((await simulator.push.sendText(openid, '2')).fault ?? '', /suspended/);
    simulator.clock.advance(60_000);
    assert.equal((await simulator.push.sendText(openid, '3')).reply?.type, 'text');
    assert.deepEqual(textsOf(heard), ['3']);
  });
});
