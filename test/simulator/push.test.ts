import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { MessageMode } from '../../src/simulator/account.ts';
import { flaws } from '../../src/simulator/push/flawed-push.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { decryptMessage, encryptMessage } from '../../src/simulator/wire/envelope.ts';
import { startCallback, type Answer, type Received } from './callback-server.ts';

describe('pushing messages to a callback', () => {
  let simulator: Simulator;
  let callback: Awaited<ReturnType<typeof startCallback>>;
  let openid: string;
  let respond: (received: Received, count: number) => Answer = () => 'success';

  before(async () => {
    const push = { cutOffMs: 150, retryPauseMs: 5, faultsBeforeSilence: 1000 };
    simulator = await startSimulator({ seed: 'push', mode: 'plain', push });
    openid = simulator.followers.list()[0]?.openid ?? '';
    callback = await startCallback((received, count) => respond(received, count));
    simulator.setCallbackUrl(callback.url);
  });
  after(async () => {
    await callback.close();
    await simulator.close();
  });
  beforeEach(() => {
    callback.received.length = 0;
    Object.assign(simulator.push.options, { mode: 'plain', envelopes: 'fresh' });
  });

  const reply = (given: Partial<Record<string, string>> = {}): string => {
    const content = given['Body'] ?? '<MsgType>text</MsgType><Content><![CDATA[你好 & 再见]]></Content>';
    const to = given['ToUserName'] ?? openid;
    const from = given['FromUserName'] ?? simulator.account.originalId;
    const time = given['CreateTime'] ?? '1714037059';
    const names = `<ToUserName>${to}</ToUserName><FromUserName>${from}</FromUserName>`;
    return `<xml>${names}<CreateTime>${time}</CreateTime>${content}</xml>`;
  };
  const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');
  const sealed = (xml: string, appId = simulator.account.appId): string => {
    const { token, encodingAesKey } = simulator.account;
    const encrypted = encryptMessage(xml, Buffer.alloc(16, 'r'), { appId, encodingAesKey });
    const signature = sha1(token, '1714037059', 'n1', encrypted);
    const head = `<Encrypt>${encrypted}</Encrypt><MsgSignature>${signature}</MsgSignature>`;
    return `<xml>${head}<TimeStamp>1714037059</TimeStamp><Nonce>n1</Nonce></xml>`;
  };
  const outcome = async (mode: MessageMode, body: string): Promise<string> => {
    simulator.push.options.mode = mode;
    respond = () => body;
    const { reply: shown, fault } = await simulator.push.sendText(openid, '抽奖');
    return fault ?? shown?.type ?? 'acknowledged';
  };

  test('a plain message is signed and shaped as in the capture of 2023', async () => {
    respond = () => 'success';
    await simulator.push.sendText(openid, '抽奖 ]]> <b>');
    const { rawQuery, query, body } = callback.received[0] ?? assert.fail();
    assert.match(rawQuery, /^signature=[0-9a-f]{40}&timestamp=\d{10}&nonce=\d+&openid=o[\w-]{27}$/);
    const signature = sha1(simulator.account.token, query.get('timestamp') ?? '', query.get('nonce') ?? '');
    assert.equal(query.get('signature'), signature);
    assert.match(body, /^<xml>\n<ToUserName><!\[CDATA\[gh_[0-9a-f]{12}\]\]><\/ToUserName>\n[^]*<\/MsgId>\n<\/xml>$/);
    assert.match(body, /<Content><!\[CDATA\[抽奖 \]\]\]\]><!\[CDATA\[> <b>\]\]><\/Content>/);
    const msgId = BigInt(/<MsgId>(\d+)<\/MsgId>/.exec(body)?.[1] ?? '0');
    assert.ok(msgId > 2n ** 53n && msgId < 2n ** 63n);
  });

  test('pushes carry the simulator’s time, or the machine’s for a service with a clock of its own', async () => {
    respond = () => 'success';
    simulator.clock.advance(86_400_000);
    for (const [timestamps, expectedMs] of [
      ['simulator', simulator.clock.nowMs()],
      ['machine', Date.now()],
    ] as const) {
      simulator.push.options.timestamps = timestamps;
      await simulator.push.sendText(openid, 'x');
      const { query, body } = callback.received.at(-1) ?? assert.fail();
      const created = Number(/<CreateTime>(\d+)</.exec(body)?.[1]);
      for (const seconds of [created, Number(query.get('timestamp'))]) {
        assert.ok(Math.abs(seconds * 1000 - expectedMs) < 10_000);
      }
    }
    simulator.push.options.timestamps = 'simulator';
  });

  test('elements can come in any order', async () => {
    respond = () => 'success';
    simulator.push.options.elementOrder = 'shuffled';
    for (let sent = 0; sent < 10; sent += 1) await simulator.push.sendText(openid, 'x');
    simulator.push.options.elementOrder = 'usual';
    const orders = callback.received.map(({ body }) => [...body.matchAll(/\n<(\w+)>/g)].map(([, name]) => name));
    assert.ok(new Set(orders.map(String)).size > 5);
    assert.equal(new Set(orders.map((names) => String(names.toSorted(alphabetically)))).size, 1);
  });

  test('message ids never repeat', async () => {
    respond = () => 'success';
    const results = await Promise.all(Array.from({ length: 50 }, () => simulator.push.sendText(openid, 'x')));
    assert.equal(new Set(results.map(({ msgId }) => msgId)).size, 50);
  });

  test('safe mode hides everything but the account, compatible mode shows both', async () => {
    for (const mode of ['safe', 'compatible'] as const) {
      await outcome(mode, 'success');
      const { query, body } = callback.received.at(-1) ?? assert.fail();
      const encrypted = /<Encrypt><!\[CDATA\[(.*)\]\]><\/Encrypt>/.exec(body)?.[1] ?? '';
      const [time, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
      assert.equal(query.get('msg_signature'), sha1(simulator.account.token, time, nonce, encrypted));
      assert.equal(query.get('encrypt_type'), 'aes');
      const opened = decryptMessage(encrypted, simulator.account.encodingAesKey);
      assert.equal(opened.appId, simulator.account.appId);
      assert.match(opened.text, /<Content><!\[CDATA\[抽奖\]\]><\/Content>/);
      assert.equal(body.includes('FromUserName'), mode === 'compatible');
    }
  });

  test('success and nothing are acknowledgements in every mode', async () => {
    for (const mode of ['plain', 'compatible', 'safe'] as const) {
      assert.equal(await outcome(mode, 'success'), 'acknowledged');
      assert.equal(await outcome(mode, ''), 'acknowledged');
    }
  });

  test('a right reply is shown in the chat, encrypted where it must be', async () => {
    assert.equal(await outcome('plain', reply()), 'text');
    assert.equal(await outcome('safe', sealed(reply())), 'text');
    assert.equal(await outcome('compatible', sealed(reply())), 'text');
    assert.equal(await outcome('compatible', reply()), 'text');
    const shown = simulator.followers.chat(openid).at(-1);
    assert.equal(shown?.kind === 'text' && shown.from === 'account' && shown.text, '你好 & 再见');
  });

  test('an article, a picture and a handover are known; one article answers a message', async () => {
    const item = '<item><Title>a</Title><Description>b</Description><PicUrl>c</PicUrl><Url>d</Url></item>';
    const news = (count: number, items: string): string =>
      reply({ Body: `<MsgType>news</MsgType><ArticleCount>${count}</ArticleCount><Articles>${items}</Articles>` });
    assert.equal(await outcome('plain', news(1, item)), 'news');
    assert.match(await outcome('plain', news(2, item + item)), /2 articles/);
    assert.match(await outcome('plain', news(2, item)), /ArticleCount/);
    simulator.push.mediaIds.add('m1');
    const image = (id: string): string =>
      reply({ Body: `<MsgType>image</MsgType><Image><MediaId>${id}</MediaId></Image>` });
    assert.equal(await outcome('plain', image('m1')), 'image');
    assert.match(await outcome('plain', image('m2')), /does not exist/);
    assert.equal(
      await outcome('plain', reply({ Body: '<MsgType>transfer_customer_service</MsgType>' })),
      'transfer_customer_service',
    );
  });

  for (const [what, mode, body, why] of [
    ['JSON', 'plain', () => '{"ok":true}', /element expected/],
    ['success with a newline', 'plain', () => 'success\n', /element expected/],
    ['success in XML', 'plain', () => '<xml>success</xml>', /ToUserName/],
    ['the names not swapped', 'plain', () => reply({ ToUserName: 'gh_1', FromUserName: 'o1' }), /somebody else/],
    ['another account', 'plain', () => reply({ FromUserName: 'gh_000000000000' }), /not from this account/],
    ['a date for a time', 'plain', () => reply({ CreateTime: '2024-01-01' }), /whole number/],
    ['an unknown type', 'plain', () => reply({ Body: '<MsgType>html</MsgType>' }), /unknown/],
    ['an empty text', 'plain', () => reply({ Body: '<MsgType>text</MsgType><Content></Content>' }), /empty/],
    [
      'a text too long',
      'plain',
      () => reply({ Body: `<MsgType>text</MsgType><Content>${'红'.repeat(683)}</Content>` }),
      /2049/,
    ],
    ['a plain reply in safe mode', 'safe', () => reply(), /plain reply/],
    ['an encrypted reply in plain mode', 'plain', () => sealed(reply()), /encrypted reply/],
    ['another app id inside', 'safe', () => sealed(reply(), 'wx0000000000000000'), /encrypted for/],
    ['a wrong signature', 'safe', () => sealed(reply()).replace('<Nonce>n1', '<Nonce>n2'), /MsgSignature/],
    ['no time', 'safe', () => sealed(reply()).replace(/<TimeStamp>.*<\/TimeStamp>/, ''), /TimeStamp/],
  ] as const) {
    test(`${what} makes the user see the fault notice`, async () => {
      assert.match(await outcome(mode, body()), why);
      assert.equal(callback.received.length, 1, 'a wrong body is not delivered again');
      assert.equal(simulator.followers.chat(openid).at(-1)?.kind, 'notice');
    });
  }

  for (const envelopes of ['fresh', 'same'] as const) {
    test(`a slow answer is delivered again with the same message id, envelope ${envelopes}`, async () => {
      Object.assign(simulator.push.options, { mode: 'safe', envelopes });
      respond = (_received, count) => (count < 3 ? { trouble: 'hang' } : sealed(reply()));
      const sentMs = performance.now();
      const result = await simulator.push.sendText(openid, '抽奖');
      assert.deepEqual(
        result.deliveries.map(({ status }) => status),
        [0, 0, 200],
      );
      assert.equal(result.reply?.type, 'text');
      const texts = callback.received.map(({ body }) => {
        const encrypted = /<Encrypt><!\[CDATA\[(.*)\]\]>/.exec(body)?.[1] ?? '';
        return decryptMessage(encrypted, simulator.account.encodingAesKey).text;
      });
      assert.equal(new Set(texts).size, 1);
      assert.equal(new Set(callback.received.map(({ rawQuery }) => rawQuery)).size, envelopes === 'fresh' ? 3 : 1);
      // From the sending on: the first may arrive late on a busy machine.
      assert.ok((callback.received[1]?.atMs ?? 0) - sentMs >= 149, 'only after the cut-off');
    });
  }

  test('after three deliveries without an answer the user sees the fault notice', async () => {
    respond = () => ({ trouble: 'drop' });
    const { deliveries, fault } = await simulator.push.sendText(openid, '抽奖');
    assert.equal(deliveries.length, 3);
    assert.match(fault ?? '', /no answer after 3/);
    respond = () => ({ status: 503, body: 'busy' });
    assert.equal((await simulator.push.sendText(openid, '抽奖')).deliveries.length, 3);
    respond = () => ({ status: 404, body: 'success' });
    const refused = await simulator.push.sendText(openid, '抽奖');
    assert.deepEqual([refused.deliveries.length, refused.fault], [1, 'status 404']);
  });

  test('a wrong answer is delivered again where the option says so, and a right one then counts', async () => {
    simulator.push.options.wrongAnswersAgain = 'yes';
    respond = (_received, count) => (count === 1 ? 'nonsense' : 'success');
    const mended = await simulator.push.sendText(openid, '抽奖');
    assert.deepEqual([mended.deliveries.length, mended.fault], [2, undefined]);
    respond = () => 'nonsense';
    const given = await simulator.push.sendText(openid, '抽奖');
    assert.equal(given.deliveries.length, 3);
    assert.match(given.fault ?? '', /element expected/);
    simulator.push.options.wrongAnswersAgain = 'no';
  });

  test('an older key, a given padding and the sample’s layout are used when asked for', async () => {
    const olderKey = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR';
    for (const padBytes of [1, 16, 17, 31, 32]) {
      Object.assign(simulator.push.options, { mode: 'safe', olderKey, padBytes, layout: 'sample' });
      respond = () => 'success';
      await simulator.push.sendText(openid, '抽奖');
      const { body } = callback.received.at(-1) ?? assert.fail();
      assert.match(body, /^<xml><ToUserName>/);
      const encrypted = /<Encrypt><!\[CDATA\[(.*)\]\]>/.exec(body)?.[1] ?? '';
      const { text } = decryptMessage(encrypted, olderKey);
      const bytes = 20 + Buffer.byteLength(text) + simulator.account.appId.length;
      assert.equal(Buffer.from(encrypted, 'base64').length - bytes, padBytes);
    }
    delete simulator.push.options.olderKey;
    delete simulator.push.options.padBytes;
    simulator.push.options.layout = 'lines';
  });

  test('an event of the platform carries the platform’s name, in the address as well unless told', async () => {
    respond = () => 'success';
    const fields = { Event: 'user_authorization_revoke', OpenID: openid, RevokeInfo: '205' };
    await simulator.push.sendEvent(openid, fields, { sender: 'oPlatform', createTime: 1_714_037_059 });
    await simulator.push.sendEvent(openid, fields, { sender: 'oPlatform', addressOpenid: openid });
    const [first, second] = callback.received;
    assert.match(first?.body ?? '', /<FromUserName><!\[CDATA\[oPlatform\]\].*\n<CreateTime>1714037059</);
    assert.deepEqual([first?.query.get('openid'), second?.query.get('openid')], ['oPlatform', openid]);
  });

  test('handing over an event to customer service is warned of', async () => {
    respond = () => reply({ Body: '<MsgType>transfer_customer_service</MsgType>' });
    const { warnings } = await simulator.push.sendEvent(openid, { Event: 'CLICK', EventKey: 'k' });
    assert.match(warnings.join(), /not handed/);
    const empty = '<MsgType>transfer_customer_service</MsgType><TransInfo></TransInfo>';
    assert.match(await outcome('plain', reply({ Body: empty })), /KfAccount is missing/);
  });

  test('many faults in a row silence the account for a minute', async () => {
    assert.equal(await outcome('plain', 'success'), 'acknowledged');
    callback.received.length = 0;
    simulator.push.options.faultsBeforeSilence = 2;
    respond = () => 'nonsense';
    await simulator.push.sendText(openid, '1');
    await simulator.push.sendText(openid, '2');
    respond = () => 'success';
    assert.match((await simulator.push.sendText(openid, '3')).fault ?? '', /suspended/);
    assert.equal(callback.received.length, 2);
    simulator.clock.advance(60_000);
    assert.equal((await simulator.push.sendText(openid, '4')).fault, undefined);
    simulator.push.options.faultsBeforeSilence = 1000;
  });

  test('following and leaving are events and are remembered', async () => {
    respond = () => 'success';
    await simulator.push.sendEvent(openid, { Event: 'unsubscribe', EventKey: '' });
    assert.equal(simulator.followers.get(openid).subscribed, false);
    await simulator.push.sendEvent(openid, { Event: 'subscribe', EventKey: 'qrscene_7', Ticket: 't' });
    assert.equal(simulator.followers.get(openid).subscribed, true);
    const { body } = callback.received.at(-1) ?? assert.fail();
    assert.match(body, /<MsgType><!\[CDATA\[event\]\]><\/MsgType>\n<Event><!\[CDATA\[subscribe\]\]>/);
    assert.doesNotMatch(body, /MsgId/);
  });

  test('the URL check wants the exact echo', async () => {
    respond = ({ query }) => query.get('echostr') ?? '';
    await simulator.push.verifyUrl();
    const { query, method } = callback.received[0] ?? assert.fail();
    const [time, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
    assert.equal(query.get('signature'), sha1(simulator.account.token, time, nonce));
    assert.equal(method, 'GET');
    respond = (received) => `"${received.query.get('echostr')}"`;
    await assert.rejects(simulator.push.verifyUrl(), /did not echo/);
  });

  test('one message can be delivered many times at once', async () => {
    respond = () => reply();
    const message = simulator.push.prepare(openid, { MsgType: 'text', Content: '抽奖' });
    const all = await Promise.all(Array.from({ length: 20 }, () => simulator.push.deliverOnce(message)));
    assert.ok(all.every(({ verdict }) => verdict.kind === 'replied'));
    const ids = callback.received.map(({ body }) => /<MsgId>(\d+)/.exec(body)?.[1]);
    assert.deepEqual([ids.length, new Set(ids).size], [20, 1]);
  });

  test('flawed pushes arrive as announced', async () => {
    simulator.push.options.mode = 'safe';
    respond = () => ({ status: 403, body: '' });
    for (const flaw of flaws) {
      const { status } = await simulator.flawedPush.send(openid, '抽奖', flaw);
      assert.ok(status === 403 || flaw === 'too-large', flaw);
    }
    const bodies = callback.received.map(({ body }) => body);
    assert.ok(bodies.some((body) => body.startsWith('<!DOCTYPE')));
    assert.ok(
      bodies.some((body) => body.includes('<Content>')),
      'plain in safe mode',
    );
    assert.ok(bodies.some((body) => body.length > 2_000_000));
  });

  test('an unknown person cannot write', async () => {
    await assert.rejects(simulator.push.sendText('o'.repeat(28), 'x'), /nobody/);
  });
});

function alphabetically(left = '', right = ''): number {
  return left < right ? -1 : 1;
}
