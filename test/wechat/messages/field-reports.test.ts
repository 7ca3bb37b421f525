import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountId } from '../../../src/base/ids.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { ReceiveMessage } from '../../../src/flows/ports/messages.ts';
import { playBurst, stickerText } from '../../../src/simulator/push/bursts.ts';
import { judgeReply } from '../../../src/simulator/push/reply-judge.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { messageDoor } from '../../../src/wechat/messages/message-door.ts';
import { textsOf, underSimulatedWechat } from '../../http/simulated-callback.ts';
import { aTextXml, anAccount, FOLLOWER, plainDelivery, sealedDelivery } from '../builders.ts';

// Faults that other people's robots had in public, one test for each report that concerns messages and replies.

const nowMs = 1_409_735_669_000;
const answering =
  (text: string): ReceiveMessage =>
  async ({ renderReply }) => ({ kind: 'reply', xml: renderReply(text) });
const open = (account: Account, delivery: { query: Record<string, string>; body: string }) =>
  messageDoor.open({ account, query: delivery.query, body: Buffer.from(delivery.body), nowMs });

describe('duplicate replies', () => {
  test('WeRoBot#480, #781, #801: three deliveries of a slow answer are one request', async (context) => {
    let calls = 0;
    const { simulator, heard, openid } = await underSimulatedWechat(context, {
      simulator: { push: { cutOffMs: 250 } },
      receive: async ({ renderReply }) => {
        calls += 1;
        if (calls < 3) await new Promise((resolve) => setTimeout(resolve, 400));
        return { kind: 'reply', xml: renderReply('来了') };
      },
    });
    const { deliveries, reply } = await simulator.push.sendText(openid, '抽奖');
    assert.deepEqual([deliveries.length, reply?.type], [3, 'text']);
    assert.deepEqual([heard.length, new Set(heard.map(({ key }) => key)).size], [3, 1]);
  });

  test('chanjarster/weixin-java-tools#66: sender and second are too coarse a key for events', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    await playBurst(simulator.push, openid, 'follow-and-scan-in-one-second');
    assert.equal(new Set(heard.map(({ createTimeSeconds }) => createTimeSeconds)).size, 1);
    assert.equal(new Set(heard.map(({ key }) => key)).size, 2);
  });
});

describe('external entities', () => {
  test('WXJ#660, #889, #961, SEN#1268, liyiorg/weixin-popular#158, zwczou/weixin-python PR#30: a body that declares an entity is refused before it is parsed', () => {
    const account = anAccount({ messageMode: 'plain' });
    for (const declaration of ['<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '<!ENTITY e "x">']) {
      const xml = declaration + aTextXml({ Content: '&e;' });
      assert.throws(() => open(account, plainDelivery({ account, xml, nowMs })), /document type declaration/);
    }
  });

  test('WXJ#660: the same inside an encrypted message', () => {
    const account = anAccount();
    const xml = `<!DOCTYPE xml [<!ENTITY e "x">]>${aTextXml()}`;
    assert.throws(() => open(account, sealedDelivery({ account, xml, nowMs })), /document type declaration/);
  });
});

describe('characters', () => {
  test('WeRoBot#419, #420, easywechat#989: control characters in a message neither fail nor come through', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    const { fault } = await simulator.push.sendText(openid, '\u0000a\u0008b\u000bc\u001fd\uffffe');
    assert.deepEqual([fault, textsOf(heard)], [undefined, ['abcde']]);
  });

  test('chuanyi/msexcel-builder#18: emoji are read, echoed and cut as whole characters', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    const emoji = '🧧👨‍👩‍👧‍👦'.repeat(100);
    const { reply, fault, warnings } = await simulator.push.sendText(openid, emoji);
    assert.deepEqual([fault, warnings, textsOf(heard)], [undefined, [], [emoji]]);
    assert.ok(reply?.type === 'text' && reply.content.isWellFormed() && !reply.content.includes('\uFFFD'));
  });
});

describe('padding', () => {
  test('WeKnora#2832, SIL#13, easywechat PR#981: paddings of 17 to 32 bytes open', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    for (const padBytes of [17, 24, 31, 32]) {
      simulator.push.options.padBytes = padBytes;
      await simulator.push.sendText(openid, '抽奖');
    }
    assert.equal(heard.length, 4);
  });

  test('esap/wechat PR#43: a reply that is aligned already gets a whole block of padding', async (context) => {
    let words = '';
    const { simulator, openid } = await underSimulatedWechat(context, {
      receive: async ({ renderReply }) => ({ kind: 'reply', xml: renderReply(words) }),
    });
    for (let length = 1; length <= 32; length += 1) {
      words = 'a'.repeat(length);
      const { fault } = await simulator.push.sendText(openid, '抽奖');
      assert.equal(fault, undefined, `a reply of ${length} letters`);
    }
  });
});

test('WXJ#1379, #1454, #1610, niefy/wx-api#23: a key that does not encode back to itself is taken', () => {
  const encodingAesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
  assert.notEqual(Buffer.from(`${encodingAesKey}=`, 'base64').toString('base64'), `${encodingAesKey}=`);
  const account = anAccount({ encodingAesKey });
  assert.equal(open(account, sealedDelivery({ account, xml: aTextXml(), nowMs })).message.kind, 'text');
});

describe('the fault notice', () => {
  for (const type of ['image', 'voice', 'video', 'music'] as const) {
    test(`PW#282: a reply of type ${type} is nested as WeChat reads it`, async (context) => {
      const reply = type === 'music' ? { type, thumbMediaId: 'media-1' } : { type, mediaId: 'media-1' };
      const { simulator, openid } = await underSimulatedWechat(context, {
        receive: async ({ renderReply }) => ({ kind: 'reply', xml: renderReply(reply) }),
      });
      simulator.push.mediaIds.add('media-1');
      const result = await simulator.push.sendText(openid, '抽奖');
      assert.deepEqual([result.fault, result.reply?.type], [undefined, type]);
    });
  }

  for (const [report, mode] of [
    ['weixin-java-mp-demo#79', 'plain'],
    ['node-webot/weixin-robot#79', 'safe'],
  ] as const) {
    test(`${report}: nothing to say is the bare word success, in no XML and no envelope`, async (context) => {
      const { simulator, openid } = await underSimulatedWechat(context, {
        simulator: { mode },
        receive: async () => ({ kind: 'nothing' }),
      });
      const { deliveries, fault } = await simulator.push.sendText(openid, '随便');
      assert.deepEqual([deliveries.map(({ body }) => body), fault], [['success'], undefined]);
    });
  }

  test('easywechat#2188, #2742: an exception in the flow is success for WeChat, not a page of error text', async (context) => {
    const { simulator, openid } = await underSimulatedWechat(context, {
      receive: async () => {
        throw new TypeError('our bug');
      },
    });
    const { deliveries, fault } = await simulator.push.sendText(openid, '抽奖');
    assert.deepEqual([deliveries.map(({ status, body }) => [status, body]), fault], [[[200, 'success']], undefined]);
  });

  test('WeRoBot#388, dodgepudding/wechat-php-sdk#363, SIL#673, husanr/wechat_gpt_laf#1: a text over the limit is cut at 2047 bytes and shown', async (context) => {
    const { simulator, openid } = await underSimulatedWechat(context, { receive: answering('字'.repeat(812)) });
    const { reply, fault, warnings } = await simulator.push.sendText(openid, '抽奖');
    assert.deepEqual([fault, warnings], [undefined, []]);
    assert.equal(reply?.type === 'text' && Buffer.byteLength(reply.content), 2046);
  });
});

describe('several accounts', () => {
  const other = anAccount({
    id: accountId('other'),
    appId: 'wx0000000000000001',
    originalId: 'gh_000000000001',
    encodingAesKey: 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR',
  });

  test('weixin-java-miniapp-demo#53, WXJ#710, #1913: a person is known to the account that the message is for', () => {
    const account = anAccount({ originalId: 'gh_10f6c3c3ac5a' });
    assert.equal(open(account, sealedDelivery({ account, xml: aTextXml(), nowMs })).message.fromUser, FOLLOWER);
    const sameKeys = { ...other, token: account.token, encodingAesKey: account.encodingAesKey };
    assert.throws(() => open(sameKeys, sealedDelivery({ account, xml: aTextXml(), nowMs })), /another app id/);
    const plain = { ...sameKeys, messageMode: 'plain' } as const;
    assert.throws(() => open(plain, plainDelivery({ account, xml: aTextXml(), nowMs })), /another account/);
  });

  test('a production log: messages of two accounts at once are each answered under their own keys', async (context) => {
    const simulators = await Promise.all(['one', 'two'].map((seed) => startSimulator({ seed, mode: 'safe' })));
    context.after(async () => void (await Promise.all(simulators.map((simulator) => simulator.close()))));
    const opened = simulators.map(({ account }) => {
      const ours = anAccount(account);
      const xml = aTextXml({ ToUserName: `<![CDATA[${account.originalId}]]>` });
      return open(ours, sealedDelivery({ account: ours, xml, nowMs }));
    });
    // Answered in the other order, as two flows at once may.
    const bodies = opened.toReversed().map((message) => message.seal(message.renderReply('回复')));
    for (const [index, { account }] of simulators.toReversed().entries()) {
      const judging = {
        account,
        mode: 'safe',
        openid: FOLLOWER,
        trigger: 'message',
        mediaIds: new Set<string>(),
      } as const;
      assert.equal(judgeReply(bodies[index] ?? '', judging).kind, 'replied');
    }
  });
});

test('a production log: a voice message with an empty Recognition is read', () => {
  const account = anAccount();
  const voice = { MsgType: 'voice', Content: undefined, MediaId: 'm1', Format: 'amr', Recognition: '<![CDATA[]]>' };
  const { message } = open(account, sealedDelivery({ account, xml: aTextXml(voice), nowMs }));
  assert.equal(message.kind === 'voice' && message.recognition, '');
});

test('COW: a sticker is no text that an activity could listen to', () => {
  const account = anAccount();
  const xml = aTextXml({ Content: `<![CDATA[${stickerText}]]>` });
  assert.equal(open(account, sealedDelivery({ account, xml, nowMs })).message.kind, 'sticker');
});

test('callback addresses: a forwarded address, forged or right, never stands in for a signature', async (context) => {
  const { simulator, heard, url } = await underSimulatedWechat(context, { simulator: { mode: 'plain' } });
  const headers = { 'content-type': 'text/xml', 'x-forwarded-for': '162.62.80.57', 'x-real-ip': '162.62.80.57' };
  const body = aTextXml({ ToUserName: simulator.account.originalId });
  const { status } = await fetch(`${url}/wechat/main?timestamp=1409735669&nonce=1`, { method: 'POST', headers, body });
  assert.deepEqual([status, heard.length], [403, 0]);
});

describe('co-wechat 2.4.0 and wechat-crypto 0.0.2', () => {
  test('a query without encrypt_type does not turn a safe account into a plain one', () => {
    const account = anAccount();
    assert.throws(() => open(account, plainDelivery({ account, xml: aTextXml(), nowMs })), /encrypted messages only/);
  });

  test('spaces around a text are kept, and user text echoed in a reply adds no element', async (context) => {
    const { simulator, heard, openid } = await underSimulatedWechat(context);
    const { reply } = await simulator.push.sendText(openid, '  ]]></Content><MsgType>news</MsgType>');
    assert.deepEqual(textsOf(heard), ['  ]]></Content><MsgType>news</MsgType>']);
    assert.equal(reply?.type === 'text' && reply.content, '听到了：  ]]></Content><MsgType>news</MsgType>');
  });

  test('replies carry seconds', async (context) => {
    const { simulator, openid } = await underSimulatedWechat(context, { simulator: { mode: 'plain' } });
    const { deliveries } = await simulator.push.sendText(openid, '抽奖');
    assert.match(deliveries[0]?.body ?? '', /<CreateTime>\d{10}<\/CreateTime>/);
  });
});
