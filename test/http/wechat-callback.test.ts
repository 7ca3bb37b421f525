import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutsideTrouble, WrongRequest } from '../../src/base/errors.ts';
import { readXml, xmlText } from '../../src/base/xml.ts';
import type { Account } from '../../src/flows/ports/accounts.ts';
import type { LateDelivery, LateReplies } from '../../src/flows/chat/late-replies.ts';
import type { InboundMessage, MessageOutcome, ReceiveMessage } from '../../src/flows/ports/messages.ts';
import { Admissions } from '../../src/http/admissions.ts';
import { decryptMessage, messageKey } from '../../src/wechat/messages/message-crypto.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { eventually } from '../support/world.ts';
import { anAccount, aTextXml, FOLLOWER, plainDelivery, sealedDelivery, wechatSign } from '../wechat/builders.ts';
import type { Delivery } from '../wechat/builders.ts';
import { rawRequest } from './running-app.ts';
import { runCallback } from './running-callback.ts';
import type { CallbackGiven, RunningCallback } from './running-callback.ts';

const nowMs = 1_795_200_000_000;
const silent = quietLogger();
const OLD_KEY = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR';
type Hook = Parameters<typeof runCallback>[0];

interface Callback extends RunningCallback {
  readonly account: Account;
  readonly received: InboundMessage[];
}

/** Serves one account whose flow answers each text once by its content and then from memory, as the real one does. */
async function serve(
  context: Hook,
  overrides: Partial<Account> = {},
  dependencies: Partial<CallbackGiven> = {},
): Promise<Callback> {
  const account = anAccount(overrides);
  const received: InboundMessage[] = [];
  const stored = new Map<string, string>();
  const receiveMessage: ReceiveMessage = async ({ message, renderReply }) => {
    received.push(message);
    if (message.kind !== 'text' || message.content === 'nothing') return { kind: 'nothing' };
    const xml = stored.get(message.key) ?? renderReply(`${message.content}#${received.length}`);
    stored.set(message.key, xml);
    return { kind: 'reply', xml };
  };
  const given = { account, receiveMessage, clock: { nowMs: () => nowMs }, ...dependencies };
  return { ...(await runCallback(context, given)), account, received };
}

async function refused(response: Response, status: number, code: string): Promise<void> {
  const body = await response.text();
  assert.deepEqual([response.status, body.split(':')[0]], [status, code]);
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.ok(body.length < 200);
}

async function contentOf(response: Response): Promise<string | undefined> {
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/xml; charset=utf-8');
  return xmlText(readXml(await response.text()), 'Content');
}

async function unseal(response: Response, account: Account, key = account.encodingAesKey): Promise<string> {
  assert.equal(response.status, 200);
  const fields = readXml(await response.text());
  const read = (name: string): string => xmlText(fields, name) ?? '';
  const parts = [account.token, read('TimeStamp'), read('Nonce'), read('Encrypt')];
  assert.equal(read('MsgSignature'), wechatSign(...parts));
  const opened = decryptMessage({ key: messageKey(key), ciphertext: read('Encrypt') });
  assert.equal(opened.appId, account.appId);
  return opened.message;
}

describe('the address check', () => {
  test('a genuine check is answered with exactly its echo', async (context) => {
    const { url, account } = await serve(context);
    const timestamp = String(nowMs / 1000);
    const signature = wechatSign(account.token, timestamp, '1514711492');
    const query = new URLSearchParams({ signature, timestamp, nonce: '1514711492', echostr: '4375120948345356249' });
    const response = await fetch(`${url}/wechat/main?${query.toString()}`);
    assert.deepEqual([response.status, await response.text()], [200, '4375120948345356249']);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    query.set('signature', wechatSign('another token', timestamp, '1514711492'));
    await refused(await fetch(`${url}/wechat/main?${query.toString()}`), 403, 'bad-signature');
    await refused(await fetch(`${url}/wechat/main`), 400, 'query-malformed');
  });

  test('an account that does not exist is 404, whatever its name', async (context) => {
    const { url } = await serve(context);
    for (const name of ['other', 'MAIN', 'a%2Fb', 'x'.repeat(100)]) {
      await refused(await fetch(`${url}/wechat/${name}`), 404, 'account-not-found');
      await refused(await fetch(`${url}/wechat/${name}`, { method: 'POST' }), 404, 'account-not-found');
    }
  });
});

describe('a plain account', () => {
  test('a text is answered in plain XML with the names swapped', async (context) => {
    const { post, account, received } = await serve(context, { messageMode: 'plain' });
    const response = await post(plainDelivery({ account, xml: aTextXml(), nowMs }));
    assert.equal(response.headers.get('content-type'), 'application/xml; charset=utf-8');
    assert.equal(
      await response.text(),
      `<xml>\n<ToUserName><![CDATA[${FOLLOWER}]]></ToUserName>\n<FromUserName><![CDATA[gh_10f6c3c3ac5a]]></FromUserName>\n` +
        `<CreateTime>${nowMs / 1000}</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[abcdteT#1]]></Content>\n</xml>`,
    );
    assert.equal(received[0]?.key, `m:6054768590064713728:${FOLLOWER}`);
  });

  test('nothing to say is the bare word success', async (context) => {
    const { post, account } = await serve(context, { messageMode: 'plain' });
    const xml = aTextXml({ Content: 'nothing' });
    const response = await post(plainDelivery({ account, xml, nowMs }));
    assert.deepEqual([response.status, await response.text()], [200, 'success']);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    const event = aTextXml({ MsgType: 'event', Event: 'CLICK', EventKey: 'k', Content: undefined, MsgId: undefined });
    assert.equal(await (await post(plainDelivery({ account, xml: event, nowMs }))).text(), 'success');
  });

  test('the same delivery again is a retry; another message under its signature is refused each time', async (context) => {
    const { post, account, received } = await serve(context, { messageMode: 'plain' });
    const delivery = plainDelivery({ account, xml: aTextXml(), nowMs });
    const first = await (await post(delivery)).text();
    assert.equal(await (await post(delivery)).text(), first);
    const forged = { ...delivery, body: aTextXml({ MsgId: '7', Content: 'forged' }) };
    for (let tries = 0; tries < 3; tries += 1) await refused(await post(forged), 403, 'replayed');
    assert.equal(await (await post(delivery)).text(), first);
    assert.ok(received.every((message) => message.kind === 'text' && message.content === 'abcdteT'));
  });

  test('twenty copies of one delivery at once are all answered alike', async (context) => {
    const { post, account } = await serve(context, { messageMode: 'plain' });
    const delivery = plainDelivery({ account, xml: aTextXml(), nowMs });
    const bodies = await Promise.all(Array.from({ length: 20 }, async () => (await post(delivery)).text()));
    assert.equal(new Set(bodies).size, 1);
  });

  test('an openid in the address that is not the sender is refused', async (context) => {
    const { post, account } = await serve(context, { messageMode: 'plain' });
    const delivery = plainDelivery({ account, xml: aTextXml(), nowMs, openid: 'oSomebodyElse' });
    await refused(await post(delivery), 403, 'openid-differs');
  });
});

describe('a safe account', () => {
  test('a sealed text is answered sealed; a retry has the same reply in a new envelope', async (context) => {
    const { post, account } = await serve(context);
    const send = async () => post(sealedDelivery({ account, xml: aTextXml(), nowMs }));
    const first = await send();
    assert.equal(first.headers.get('content-type'), 'application/xml; charset=utf-8');
    const again = await send();
    const envelopes = [await first.clone().text(), await again.clone().text()];
    assert.notEqual(envelopes[0], envelopes[1]);
    const reply = await unseal(first, account);
    assert.equal(xmlText(readXml(reply), 'Content'), 'abcdteT#1');
    assert.equal(await unseal(again, account), reply);
  });

  test('success is never sealed', async (context) => {
    const { post, account } = await serve(context);
    const response = await post(sealedDelivery({ account, xml: aTextXml({ Content: 'nothing' }), nowMs }));
    assert.equal(await response.text(), 'success');
  });

  test('a plain message is refused, whatever its query string says', async (context) => {
    const { post, account, received } = await serve(context);
    const plain = plainDelivery({ account, xml: aTextXml(), nowMs });
    await refused(await post(plain), 403, 'plain-refused');
    await refused(await post({ ...plain, query: { ...plain.query, encrypt_type: 'raw' } }), 403, 'plain-refused');
    await refused(await post({ ...plain, query: { ...plain.query, encrypt_type: 'aes' } }), 400, 'xml-malformed');
    assert.deepEqual(received, []);
  });

  test('the old key still opens during a rotation and seals the reply', async (context) => {
    const { post, account } = await serve(context, { previousEncodingAesKey: OLD_KEY });
    const response = await post(sealedDelivery({ account, xml: aTextXml(), nowMs, key: OLD_KEY }));
    assert.match(await unseal(response, account, OLD_KEY), /abcdteT#1/);
  });

  test('another app id, a stale or future time and corrupted padding are refused', async (context) => {
    const { post, account, received } = await serve(context);
    const at = { account, xml: aTextXml(), nowMs };
    await refused(await post(sealedDelivery({ ...at, appId: 'wx0000000000000000' })), 403, 'wrong-appid');
    await refused(await post(sealedDelivery({ ...at, nowMs: nowMs - 301_000 })), 403, 'stale-timestamp');
    await refused(await post(sealedDelivery({ ...at, nowMs: nowMs + 301_000 })), 403, 'stale-timestamp');
    const tamper = (content: Buffer): Buffer => content.fill(77, content.length - 1);
    await refused(await post(sealedDelivery({ ...at, tamper })), 403, 'undecryptable');
    assert.deepEqual(received, []);
  });

  test('a compatible account answers each form in kind', async (context) => {
    const { post, account } = await serve(context, { messageMode: 'compatible' });
    assert.equal(await contentOf(await post(plainDelivery({ account, xml: aTextXml(), nowMs }))), 'abcdteT#1');
    const sealed = await post(sealedDelivery({ account, xml: aTextXml({ MsgId: '8' }), nowMs }));
    assert.match(await unseal(sealed, account), /abcdteT#2/);
  });
});

describe('bodies', () => {
  const both = (account: Account, xml: string): Delivery[] =>
    account.messageMode === 'safe'
      ? [sealedDelivery({ account, xml, nowMs })]
      : [plainDelivery({ account, xml, nowMs })];

  for (const messageMode of ['plain', 'safe'] as const) {
    test(`what is malformed in a ${messageMode} message is named and 400`, async (context) => {
      const { post, account, received } = await serve(context, { messageMode });
      const cases: [string, string, RegExp][] = [
        ['<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml>&e;</xml>', 'xml-malformed', /document type/],
        ['not xml at all', 'xml-malformed', /well-formed/],
        [aTextXml({ CreateTime: 'yesterday' }), 'message-malformed', /CreateTime/],
        [aTextXml({ FromUserName: undefined }), 'message-malformed', /FromUserName/],
        [aTextXml({ MsgId: '1.5' }), 'message-malformed', /MsgId/],
      ];
      for (const [xml, code, words] of cases) {
        for (const delivery of both(account, xml)) {
          const response = await post(delivery);
          assert.match(await response.clone().text(), words);
          await refused(response, 400, code);
        }
      }
      assert.deepEqual(received, []);
    });

    test(`control characters and lone surrogates in a ${messageMode} text are cleaned`, async (context) => {
      const { post, account, received } = await serve(context, { messageMode });
      // A lone surrogate cannot travel as UTF-8; these are the bytes careless encoders write for U+D800.
      const [before, after] = aTextXml({ Content: '<![CDATA[红\u0000包\u0008|]]>' }).split('|');
      const xml = Buffer.concat([Buffer.from(before ?? ''), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(after ?? '')]);
      const delivery =
        messageMode === 'plain'
          ? { ...plainDelivery({ account, xml: '', nowMs }), body: xml }
          : sealedDelivery({ account, xml: xml.toString('latin1'), encoding: 'latin1', nowMs });
      assert.equal((await post(delivery)).status, 200);
      const message = received[0];
      assert.equal(message?.kind === 'text' && message.content, '红包\uFFFD\uFFFD\uFFFD');
    });
  }

  test('64 KB are read, one byte more is refused before anything is parsed', async (context) => {
    const { post, account } = await serve(context, { messageMode: 'plain' });
    const padded = (bytes: number): Delivery => {
      const xml = aTextXml();
      return plainDelivery({ account, xml: xml + ' '.repeat(bytes - xml.length), nowMs });
    };
    assert.equal((await post(padded(65_536))).status, 200);
    await refused(await post(padded(65_537)), 413, 'body-too-large');
  });

  test('a body that does not end is cut off at 3 s', async (context) => {
    const { port } = await serve(context);
    const startedAt = performance.now();
    const answer = await rawRequest(port, [
      'POST /wechat/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>',
    ]);
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*body-too-slow/);
    assert.ok(performance.now() - startedAt < 10_000);
  });
});

describe('a genuine message', () => {
  const failures = [new Error('bug'), new OutsideTrouble('busy', 'no room'), new WrongRequest('nope', 'no')];
  for (const failure of failures) {
    test(`gets success when the flow throws ${failure.name}`, async (context) => {
      const { post, account } = await serve(context, {}, { receiveMessage: () => Promise.reject(failure) });
      const response = await post(sealedDelivery({ account, xml: aTextXml(), nowMs }));
      assert.deepEqual([response.status, await response.text()], [200, 'success']);
    });
  }

  /** A flow that takes 400 ms, more than the deadline of these tests. */
  const slow = (outcome: MessageOutcome['kind'] = 'reply', tookMs = 400): ReceiveMessage => {
    return async ({ renderReply }) => {
      await new Promise((resolve) => setTimeout(resolve, tookMs));
      return outcome === 'nothing' ? { kind: outcome } : { kind: outcome, xml: renderReply(`late ${outcome}`) };
    };
  };
  const lapsing = (answer: LateDelivery) => {
    const told: { settled: Promise<MessageOutcome | null> }[] = [];
    const lapsed: LateReplies['lapsed'] = async (_account, _message, settled) => {
      told.push({ settled });
      return answer;
    };
    return { told, late: { lapsed } };
  };

  test('gets success at the deadline of its last delivery, and late work goes on', async (context) => {
    const { told, late } = lapsing('last');
    const given = { receiveMessage: slow('reply', 2000), late, answerDeadlineMs: 150 };
    const { post, account } = await serve(context, {}, given);
    const startedAt = performance.now();
    const response = await post(sealedDelivery({ account, xml: aTextXml(), nowMs }));
    assert.deepEqual([response.status, await response.text()], [200, 'success']);
    assert.ok(performance.now() - startedAt < 1800);
    assert.equal((await told[0]?.settled)?.kind, 'reply');
  });

  test('is answered a little after the deadline while there are repeats to come', async (context) => {
    const given = { ...lapsing('wait-for-repeat'), receiveMessage: slow(), answerDeadlineMs: 150 };
    const { post, account } = await serve(context, { messageMode: 'plain' }, given);
    const response = await post(plainDelivery({ account, xml: aTextXml(), nowMs }));
    assert.equal(await contentOf(response), 'late reply');
  });

  test('is left without an answer when it takes longer still, so that WeChat delivers it again', async (context) => {
    const given = { ...lapsing('wait-for-repeat'), receiveMessage: slow('reply', 3000), answerDeadlineMs: 100 };
    const { post, account } = await serve(context, {}, given);
    await assert.rejects(post(sealedDelivery({ account, xml: aTextXml(), nowMs })), /fetch failed/);
  });

  test('that could not be settled lapses, and its last delivery says so', async (context) => {
    const undecided = { receiveMessage: slow('undecided', 20), answerDeadlineMs: 100 };
    const first = await serve(context, { messageMode: 'plain' }, { ...undecided, ...lapsing('wait-for-repeat') });
    const xml = aTextXml();
    await assert.rejects(first.post(plainDelivery({ account: first.account, xml, nowMs })), /fetch failed/);
    const last = await serve(context, { messageMode: 'plain' }, { ...undecided, ...lapsing('last') });
    const response = await last.post(plainDelivery({ account: last.account, xml, nowMs }));
    assert.equal(await contentOf(response), 'late undecided');
  });

  test('to which no reply may go is success at once, however late', async (context) => {
    const { told, late } = lapsing('wait-for-repeat');
    const given = { receiveMessage: slow('nothing'), late, answerDeadlineMs: 100 };
    const { post, account } = await serve(context, { messageMode: 'plain' }, given);
    const leaving = { MsgType: 'event', Event: 'unsubscribe', Content: undefined, MsgId: undefined };
    const response = await post(plainDelivery({ account, xml: aTextXml(leaving), nowMs }));
    assert.deepEqual([await response.text(), told.length], ['success', 0]);
  });

  test('is answered while the shared memory or the directory is in trouble', async (context) => {
    const memory = { holdLease: () => Promise.reject(new OutsideTrouble('redis-away', 'away')) };
    const admissions = new Admissions({ memory, logger: silent });
    const { post, account } = await serve(context, { messageMode: 'plain' }, { admissions });
    assert.equal(await contentOf(await post(plainDelivery({ account, xml: aTextXml(), nowMs }))), 'abcdteT#1');
    const accounts = { account: () => Promise.reject(new OutsideTrouble('database-away', 'away')) };
    const blind = await serve(context, { messageMode: 'plain' }, { accounts });
    const response = await blind.post(plainDelivery({ account, xml: aTextXml(), nowMs }));
    assert.deepEqual([response.status, await response.text()], [200, 'success']);
  });

  test('leaves no signature, openid or nonce in the access log', async (context) => {
    const { post, account, logger } = await serve(context);
    const delivery = sealedDelivery({ account, xml: aTextXml(), nowMs, nonce: '987654321' });
    await (await post(delivery)).text();
    const lines = await eventually('the line of the request', () => {
      const written = JSON.stringify(logger.lines);
      return written.includes('"route":"wechat-message"') && written;
    });
    for (const secret of [delivery.query['msg_signature'] ?? '', FOLLOWER, '987654321']) {
      assert.ok(!lines.includes(secret));
    }
  });
});
