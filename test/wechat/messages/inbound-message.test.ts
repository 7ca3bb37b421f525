import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import { parseInboundMessage } from '../../../src/wechat/messages/inbound-message.ts';
import { aTextXml, FOLLOWER } from '../builders.ts';

const event = (fields: Record<string, string | undefined>) =>
  aTextXml({ MsgType: 'event', Content: undefined, MsgId: undefined, ...fields });

function refused(code: string, path: string | undefined, work: () => unknown): void {
  assert.throws(work, (error) => {
    assert.ok(error instanceof WrongRequest, String(error));
    assert.equal(error.code, code);
    assert.equal(error.faults[0]?.path, path);
    return true;
  });
}

test('a text message keeps its MsgId digit for digit', () => {
  assert.deepEqual(parseInboundMessage(aTextXml({ MsgId: '18446744073709551615' }), FOLLOWER), {
    kind: 'text',
    toUser: 'gh_10f6c3c3ac5a',
    fromUser: FOLLOWER,
    createTimeSeconds: 1_409_735_668,
    msgId: '18446744073709551615',
    key: `m:18446744073709551615:${FOLLOWER}`,
    content: 'abcdteT',
    menuId: null,
    article: null,
  });
});

test('spaces, emoji, split CDATA and markup in a text survive', () => {
  const content = '  红包🧧 <b>&amp; ';
  const message = parseInboundMessage(aTextXml({ Content: `<![CDATA[${content}]]>` }));
  assert.equal(message.kind === 'text' && message.content, content);
  const split = parseInboundMessage(aTextXml({ Content: '<![CDATA[a]]]]><![CDATA[>b]]>' }));
  assert.equal(split.kind === 'text' && split.content, 'a]]>b');
});

test('control characters and lone surrogates are cleaned, an empty text stays empty', () => {
  const dirty = parseInboundMessage(aTextXml({ Content: '<![CDATA[a\u0000b\u0008c\uD800d]]>' }));
  assert.equal(dirty.kind === 'text' && dirty.content, 'abc\uFFFDd');
  const empty = parseInboundMessage(aTextXml({ Content: '<![CDATA[]]>' }));
  assert.equal(empty.kind === 'text' && empty.content, '');
});

test('an event is named in lower case and keyed by sender, second, name and key', () => {
  const subscribe = parseInboundMessage(event({ Event: '<![CDATA[Subscribe]]>', EventKey: '<![CDATA[qrscene_12]]>' }));
  assert.deepEqual(subscribe, {
    kind: 'event',
    toUser: 'gh_10f6c3c3ac5a',
    fromUser: FOLLOWER,
    createTimeSeconds: 1_409_735_668,
    event: 'subscribe',
    name: 'subscribe',
    eventKey: 'qrscene_12',
    scene: '12',
    ticket: null,
    key: `e:1409735668:${FOLLOWER}:subscribe:qrscene_12`,
  });
  const scan = parseInboundMessage(event({ Event: 'SCAN', EventKey: '12' }));
  assert.notEqual(scan.key, subscribe.key);
});

test('two job results in one second are two events', () => {
  const result = (id: string) => parseInboundMessage(event({ Event: 'TEMPLATESENDJOBFINISH', MsgID: id }));
  assert.notEqual(result('1').key, result('2').key);
});

test('a long event key is hashed in the request key and whole in the message', () => {
  const url = `https://example.com/?${'q'.repeat(5000)}`;
  const view = parseInboundMessage(event({ Event: 'VIEW', EventKey: `<![CDATA[${url}]]>` }));
  assert.equal(view.kind === 'event' && view.eventKey, url);
  assert.ok(view.key.length < 150);
  assert.equal(parseInboundMessage(event({ Event: 'VIEW', EventKey: `<![CDATA[${url}]]>` })).key, view.key);
});

test('an unknown kind of message is kept as other, with or without a MsgId', () => {
  const image = parseInboundMessage(aTextXml({ MsgType: 'image', Content: undefined }));
  assert.deepEqual([image.kind, image.key], ['other', `m:6054768590064713728:${FOLLOWER}`]);
  const future = parseInboundMessage(aTextXml({ MsgType: 'hologram', MsgId: undefined }));
  assert.deepEqual([future.kind, future.key], ['other', `o:1409735668:${FOLLOWER}:hologram`]);
});

test('an openid in the address that is not the sender is refused for messages, ignored for events', () => {
  refused('openid-differs', undefined, () => parseInboundMessage(aTextXml(), 'oSomebodyElse'));
  assert.equal(parseInboundMessage(event({ Event: 'user_authorization_revoke' }), 'oSomebodyElse').kind, 'event');
});

test('missing and malformed fields are named', () => {
  const fault = (name: string, xml: string) => refused('message-malformed', name, () => parseInboundMessage(xml));
  for (const name of ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'MsgId']) {
    fault(name, aTextXml({ [name]: undefined }));
    fault(name, aTextXml({ [name]: '<![CDATA[]]>' }));
    fault(name, aTextXml({ [name]: '<a>1</a>' }));
  }
  fault('CreateTime', aTextXml({ CreateTime: 'yesterday' }));
  fault('CreateTime', aTextXml({ CreateTime: '-1' }));
  fault('CreateTime', aTextXml({ CreateTime: '1e9' }));
  fault('MsgId', aTextXml({ MsgId: '12x' }));
  fault('FromUserName', aTextXml({ FromUserName: '<![CDATA[o/../x]]>' }));
  fault('FromUserName', aTextXml({ FromUserName: `a</FromUserName><FromUserName>b` }));
  fault('Event', event({ Event: undefined }));
});

test('what is no XML, or declares a document type, is refused', () => {
  for (const xml of [
    '',
    'success',
    '{"a":1}',
    '<xml>',
    '<xml></yml>',
    '<!DOCTYPE xml><xml></xml>',
    aTextXml({ Content: '&#xD800;' }),
  ]) {
    assert.throws(() => parseInboundMessage(xml), WrongRequest, xml);
  }
});
