import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InboundMessage } from '../../../src/flows/ports/messages.ts';
import { parseInboundMessage } from '../../../src/wechat/messages/inbound-message.ts';
import { mayReply } from '../../../src/wechat/messages/may-reply.ts';
import { aTextXml } from '../builders.ts';

const cdata = (text: string): string => `<![CDATA[${text}]]>`;

function read(msgType: string, fields: Record<string, string | undefined>): InboundMessage {
  const given = Object.entries(fields).map(([name, value]) => [name, value && cdata(value)]);
  return parseInboundMessage(aTextXml({ MsgType: cdata(msgType), Content: undefined, ...Object.fromEntries(given) }));
}

/** The fields of a message that are its own. */
function own(message: InboundMessage): object {
  const { toUser: _to, fromUser: _from, createTimeSeconds: _at, key: _key, ...rest } = message;
  return rest;
}

const head = { msgId: '6054768590064713728', article: null };

for (const [what, msgType, fields, expected] of [
  ['a text', 'text', { Content: '抽奖' }, { ...head, kind: 'text', content: '抽奖', menuId: null }],
  [
    'a tapped menu message',
    'text',
    { Content: '满意', bizmsgmenuid: '101' },
    { ...head, kind: 'text', content: '满意', menuId: '101' },
  ],
  ['a built-in face', 'text', { Content: '/::)' }, { ...head, kind: 'text', content: '/::)', menuId: null }],
  ['a sticker', 'text', { Content: '【收到不支持的消息类型，暂无法显示】' }, { ...head, kind: 'sticker' }],
  [
    'an image',
    'image',
    { PicUrl: 'http://mmbiz.qpic.cn/a', MediaId: 'm1' },
    { ...head, kind: 'image', pictureUrl: 'http://mmbiz.qpic.cn/a', mediaId: 'm1' },
  ],
  [
    'a voice without recognition',
    'voice',
    { MediaId: 'm1', Format: 'amr', MediaId16K: 'm2' },
    { ...head, kind: 'voice', mediaId: 'm1', format: 'amr', mediaId16K: 'm2', recognition: '' },
  ],
  [
    'a voice with recognition',
    'voice',
    { MediaId: 'm1', Format: 'speex', Recognition: '抽奖' },
    { ...head, kind: 'voice', mediaId: 'm1', format: 'speex', mediaId16K: null, recognition: '抽奖' },
  ],
  [
    'a video',
    'video',
    { MediaId: 'm1', ThumbMediaId: 't1' },
    { ...head, kind: 'video', mediaId: 'm1', thumbMediaId: 't1' },
  ],
  [
    'a short video',
    'shortvideo',
    { MediaId: 'm1', ThumbMediaId: 't1' },
    { ...head, kind: 'shortvideo', mediaId: 'm1', thumbMediaId: 't1' },
  ],
  [
    'a place',
    'location',
    { Location_X: '23.134521', Location_Y: '-113.358803', Scale: '20', Label: '广州' },
    { ...head, kind: 'location', latitude: 23.134521, longitude: -113.358803, scale: 20, label: '广州' },
  ],
  [
    'a place without numbers',
    'location',
    { Location_X: '1e400', Location_Y: 'NaN', Scale: '' },
    { ...head, kind: 'location', latitude: null, longitude: null, scale: null, label: '' },
  ],
  [
    'a link',
    'link',
    { Title: 't', Description: 'd', Url: 'https://a.example/' },
    { ...head, kind: 'link', title: 't', description: 'd', url: 'https://a.example/' },
  ],
  ['a mini-program card', 'miniprogrampage', { Title: 't' }, { kind: 'other', msgType: 'miniprogrampage' }],
  ['a file', 'file', { Title: 't', FileKey: 'k' }, { kind: 'other', msgType: 'file' }],
  ['an image without its picture', 'image', {}, { kind: 'other', msgType: 'image' }],
  ['a message without a MsgId', 'image', { MsgId: undefined, MediaId: 'm' }, { kind: 'other', msgType: 'image' }],
] as const) {
  test(`${what} is read and may be answered`, () => {
    const message = read(msgType, fields);
    assert.deepEqual(own(message), expected);
    assert.ok(mayReply(message));
  });
}

test('a message sent from inside an article names the article', () => {
  const message = read('text', { Content: 'x', MsgDataId: '2247483657_1', Idx: '1' });
  assert.deepEqual(message.kind === 'text' && message.article, { dataId: '2247483657_1', index: '1' });
});

test('fields in any order, unknown ones and line ends change nothing', () => {
  const lines = aTextXml({ NewField: cdata('x') })
    .slice('<xml>'.length, -'\n</xml>'.length)
    .split('\n');
  const other = `<xml>${lines.toReversed().join('\r\n')}</xml>`;
  assert.deepEqual(parseInboundMessage(other), parseInboundMessage(aTextXml()));
});

test('a text that looks like a declaration is a text', () => {
  const message = read('text', { Content: '<!DOCTYPE html><html lang="zh">' });
  assert.equal(message.kind === 'text' && message.content, '<!DOCTYPE html><html lang="zh">');
});
