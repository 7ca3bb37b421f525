import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderMultipart } from '../../../src/wechat/api/multipart.ts';
import { readWireJson, renderWireJson } from '../../../src/wechat/api/wire-json.ts';

// chuanyi/msexcel-builder#18: emoji and lone surrogates
test('emoji / 4-byte text goes out as raw UTF-8, and no escape ever does', () => {
  assert.equal(renderWireJson({ a: '红包🧧' }), '{"a":"红包🧧"}');
  assert.equal(renderWireJson({ a: 'x\ud83dy' }), '{"a":"x\ufffdy"}');
  assert.equal(renderWireJson({ a: 'a\u0001b\u001fc\n\t"\\u4f60' }), '{"a":"abc\\n\\t\\"\\\\u4f60"}');
  for (let unit = 0; unit <= 0xffff; unit += 1) {
    assert.ok(!/\\u/.test(renderWireJson([String.fromCharCode(unit)])), unit.toString(16));
  }
});

// chanxuehong/wechat PR#187: control characters inside nicknames
test('control characters inside JSON are read without harm', () => {
  assert.deepEqual(readWireJson('{"nickname":"a\u0000\u001fb","n":7}'), { nickname: 'a  b', n: 7 });
});

test('numbers beyond 2^53 stay their digits, others stay numbers', () => {
  assert.deepEqual(readWireJson('{"msgid":2305843009213693953,"n":9007199254740991,"list":[-9007199254740993]}'), {
    msgid: '2305843009213693953',
    n: 9_007_199_254_740_991,
    list: ['-9007199254740993'],
  });
  assert.deepEqual(readWireJson('{"x":0.1234567890123456,"t":"1234567890123456789"}'), {
    x: 0.1234567890123456,
    t: '1234567890123456789',
  });
});

test('no name can break out of a form', () => {
  const bytes = Buffer.from([0, 13, 10, 255]);
  const file = { field: 'media', fileName: 'a"\r\nX: y\\.png', contentType: 'image/png\r\nX: z', bytes };
  const { contentType, body } = renderMultipart(file, { description: '{"title":"红"}' });
  const boundary = contentType.split('boundary=')[1] ?? '';
  const text = body.toString('latin1');
  assert.equal(text.split(`--${boundary}`).length, 4);
  assert.ok(!/\r\nX:/.test(text));
  assert.ok(body.includes(bytes) && body.includes(Buffer.from('{"title":"红"}')));
});
