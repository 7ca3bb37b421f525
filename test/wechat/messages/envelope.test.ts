import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import { readXml, xmlText } from '../../../src/base/xml.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { CallbackQuery } from '../../../src/flows/ports/messages.ts';
import { answerUrlCheck, openEnvelope, sealReply } from '../../../src/wechat/messages/envelope.ts';
import { decryptMessage, messageKey } from '../../../src/wechat/messages/message-crypto.ts';
import { messageDoor } from '../../../src/wechat/messages/message-door.ts';
import { aTextXml, anAccount, plainDelivery, sealedDelivery, wechatSign } from '../builders.ts';
import type { Delivery } from '../builders.ts';

const nowMs = 1_409_735_669_000;
const OLD_KEY = 'kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR';

function open(account: ReturnType<typeof anAccount>, delivery: Delivery & { query: CallbackQuery }, atMs = nowMs) {
  return openEnvelope({ account, query: delivery.query, body: Buffer.from(delivery.body), nowMs: atMs });
}

function refused(code: string, status: number, work: () => unknown): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof WrongRequest, String(error));
    assert.deepEqual([error.code, error.status], [code, status]);
    return true;
  });
}

test('a plain account opens a plain message', () => {
  const account = anAccount({ messageMode: 'plain' });
  const opened = open(account, plainDelivery({ account, xml: aTextXml(), nowMs }));
  assert.equal(opened.xml, aTextXml());
  assert.deepEqual([opened.encrypted, opened.keyUsed], [false, null]);
});

test('a safe account opens a sealed message and never a plain one', () => {
  const account = anAccount();
  assert.equal(open(account, sealedDelivery({ account, xml: aTextXml(), nowMs })).xml, aTextXml());
  const plain = plainDelivery({ account, xml: aTextXml(), nowMs });
  refused('plain-refused', 403, () => open(account, plain));
  refused('plain-refused', 403, () => open(account, { ...plain, query: { ...plain.query, encrypt_type: 'raw' } }));
  // Saying aes without a sealed body does not help either.
  refused('xml-malformed', 400, () => open(account, { ...plain, query: { ...plain.query, encrypt_type: 'aes' } }));
});

test('a sealed body under the plain signature alone is refused', () => {
  const account = anAccount();
  const { query, body } = sealedDelivery({ account, xml: aTextXml(), nowMs });
  const { msg_signature: _, ...rest } = query;
  refused('bad-signature', 403, () => open(account, { query: rest, body }));
});

test('a compatible account takes both forms and believes the sealed one', () => {
  const account = anAccount({ messageMode: 'compatible' });
  assert.equal(open(account, plainDelivery({ account, xml: aTextXml(), nowMs })).encrypted, false);
  const sealed = sealedDelivery({ account, xml: aTextXml(), nowMs });
  const both = sealed.body.replace('<Encrypt>', '<Content><![CDATA[forged]]></Content><Encrypt>');
  const opened = open(account, { ...sealed, body: both });
  assert.deepEqual([opened.encrypted, opened.xml], [true, aTextXml()]);
});

test('during a rotation the old key opens too, and is the one to reply with', () => {
  const account = anAccount({ previousEncodingAesKey: OLD_KEY });
  const opened = open(account, sealedDelivery({ account, xml: aTextXml(), nowMs, key: OLD_KEY }));
  assert.equal(opened.keyUsed, OLD_KEY);
  refused('undecryptable', 403, () =>
    open(anAccount(), sealedDelivery({ account, xml: aTextXml(), nowMs, key: OLD_KEY })),
  );
});

test('a message for another app id is refused', () => {
  const account = anAccount();
  refused('wrong-appid', 403, () =>
    open(account, sealedDelivery({ account, xml: aTextXml(), nowMs, appId: 'wx0000000000000000' })),
  );
  refused('wrong-appid', 403, () => open(account, sealedDelivery({ account, xml: aTextXml(), nowMs, appId: '' })));
});

test('both keys are tried in turn, and another app id is refused under either', () => {
  const account = anAccount({ previousEncodingAesKey: OLD_KEY });
  const twin = anAccount({ encodingAesKey: OLD_KEY, previousEncodingAesKey: account.encodingAesKey });
  assert.equal(open(twin, sealedDelivery({ account, xml: aTextXml(), nowMs })).keyUsed, account.encodingAesKey);
  const foreign = sealedDelivery({ account, xml: aTextXml(), nowMs, key: OLD_KEY, appId: 'wx0000000000000000' });
  refused('wrong-appid', 403, () => open(account, foreign));
});

test('a message for another account is refused where the original id is known', () => {
  const ours = anAccount({ originalId: 'gh_10f6c3c3ac5a', messageMode: 'compatible' });
  const unknown = { ...ours, originalId: null };
  const others = { ...ours, originalId: 'gh_000000000000' };
  for (const deliver of [plainDelivery, sealedDelivery]) {
    const { query, body } = deliver({ account: ours, xml: aTextXml(), nowMs });
    const through = (account: Account) => messageDoor.open({ account, query, body: Buffer.from(body), nowMs });
    assert.equal(through(ours).message.toUser, 'gh_10f6c3c3ac5a');
    assert.equal(through(unknown).message.toUser, 'gh_10f6c3c3ac5a');
    refused('wrong-account', 403, () => through(others));
  }
});

test('a changed body, nonce, timestamp or token breaks the signature', () => {
  const account = anAccount();
  const { query, body } = sealedDelivery({ account, xml: aTextXml(), nowMs });
  const other = sealedDelivery({ account, xml: aTextXml(), nowMs }).body;
  refused('bad-signature', 403, () => open(account, { query, body: other }));
  refused('bad-signature', 403, () => open(account, { query: { ...query, nonce: '7' }, body }));
  refused('bad-signature', 403, () => open(account, { query: { ...query, timestamp: '1409735670' }, body }));
  refused('bad-signature', 403, () => open(anAccount({ token: 'another' }), { query, body }));
});

test('corrupted padding is refused', () => {
  const account = anAccount();
  const tamper = (content: Buffer): Buffer => content.fill(0, content.length - 1);
  refused('undecryptable', 403, () => open(account, sealedDelivery({ account, xml: aTextXml(), nowMs, tamper })));
});

test('five minutes either way are accepted, more is not', () => {
  const account = anAccount();
  const delivery = sealedDelivery({ account, xml: aTextXml(), nowMs });
  for (const offMs of [-300_000, 300_000]) assert.ok(open(account, delivery, nowMs + offMs));
  for (const offMs of [-301_000, 301_000]) {
    refused('stale-timestamp', 403, () => open(account, delivery, nowMs + offMs));
  }
});

test('a timestamp or nonce of another shape is refused even when signed', () => {
  const account = anAccount({ messageMode: 'plain' });
  const signed = (timestamp: string, nonce: string): Delivery => ({
    query: { timestamp, nonce, signature: wechatSign(account.token, timestamp, nonce) },
    body: aTextXml(),
  });
  assert.ok(open(account, signed('1409735669', '123456789')));
  // The same signed digits with the border moved.
  refused('query-malformed', 400, () => open(account, signed('123456789140973566', '9')));
  refused('query-malformed', 400, () => open(account, signed('1409735669', '')));
  refused('query-malformed', 400, () => open(account, signed('1409735669', 'a b')));
});

test('a name that occurs twice in the query is refused', () => {
  const account = anAccount({ messageMode: 'plain' });
  const { query, body } = plainDelivery({ account, xml: aTextXml(), nowMs });
  const twice = { ...query, signature: [query['signature'] ?? '', 'x'] };
  refused('query-malformed', 400, () => openEnvelope({ account, query: twice, body: Buffer.from(body), nowMs }));
});

test('a document type in a sealed envelope is refused', () => {
  const account = anAccount();
  const delivery = sealedDelivery({ account, xml: aTextXml(), nowMs });
  const body = `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${delivery.body}`;
  refused('xml-malformed', 400, () => open(account, { ...delivery, body }));
});

test('the URL check echoes only what is signed', () => {
  const account = anAccount();
  const timestamp = String(nowMs / 1000);
  const query = { timestamp, nonce: '42', signature: wechatSign(account.token, timestamp, '42'), echostr: '4375' };
  assert.equal(answerUrlCheck({ account, query, nowMs }), '4375');
  refused('bad-signature', 403, () => answerUrlCheck({ account, query: { ...query, nonce: '43' }, nowMs }));
  refused('stale-timestamp', 403, () => answerUrlCheck({ account, query, nowMs: nowMs + 600_000 }));
  refused('query-malformed', 400, () => answerUrlCheck({ account, query: { ...query, echostr: '' }, nowMs }));
});

test('a sealed reply opens under the key it names, is signed, and is new each time', () => {
  const account = anAccount();
  const seal = () => sealReply({ account, keyUsed: OLD_KEY, replyXml: '<xml>回复</xml>', nowMs });
  const fields = readXml(seal());
  const text = (name: string): string => xmlText(fields, name) ?? '';
  assert.deepEqual(decryptMessage({ key: messageKey(OLD_KEY), ciphertext: text('Encrypt') }), {
    message: '<xml>回复</xml>',
    appId: account.appId,
  });
  assert.equal(text('MsgSignature'), wechatSign(account.token, text('TimeStamp'), text('Nonce'), text('Encrypt')));
  assert.match(text('Nonce'), /^\d{9}$/);
  assert.notEqual(seal(), seal());
});
