import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readXml, xmlText } from '../../../src/base/xml.ts';
import { cutToBytes, renderTextReply, TEXT_REPLY_BYTES_MAX } from '../../../src/wechat/messages/reply.ts';

const render = (text: string) =>
  renderTextReply({ toUser: 'oFollower', fromUser: 'gh_account', createTimeSeconds: 1_409_735_668, text });

test('a text reply has the documented elements', () => {
  assert.equal(
    render('你好'),
    '<xml>\n<ToUserName><![CDATA[oFollower]]></ToUserName>\n<FromUserName><![CDATA[gh_account]]></FromUserName>\n' +
      '<CreateTime>1409735668</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[你好]]></Content>\n</xml>',
  );
});

test('no text can break out of its element', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(']]>', ']', '>', '<', '<![CDATA[', '</Content>', '&', '🧧', '中', 'a', '\uD800', '\u0000'),
      ),
      (pieces) => {
        const fields = readXml(render(pieces.join('')));
        assert.deepEqual(Object.keys(fields), ['ToUserName', 'FromUserName', 'CreateTime', 'MsgType', 'Content']);
        assert.equal(xmlText(fields, 'Content'), pieces.join('').toWellFormed().replaceAll('\u0000', ''));
      },
    ),
  );
});

test('a reply is cut at 2047 bytes between two characters', () => {
  const cut = (text: string) => xmlText(readXml(render(text)), 'Content') ?? '';
  assert.equal(cut('a'.repeat(2047)).length, 2047);
  assert.equal(cut('a'.repeat(3000)).length, 2047);
  assert.equal(cut('红'.repeat(3000)), '红'.repeat(682));
  assert.equal(cut(`a${'🧧'.repeat(600)}`), `a${'🧧'.repeat(511)}`);
});

test('a cut text is a whole start of the text within the bound', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, bytesMax) => {
      const cut = cutToBytes(text, bytesMax);
      assert.ok(text.startsWith(cut));
      assert.ok(Buffer.byteLength(cut) <= bytesMax);
      assert.ok(cut.isWellFormed());
      const next = String.fromCodePoint(text.codePointAt(cut.length) ?? 0);
      assert.ok(cut === text || Buffer.byteLength(cut + next) > bytesMax);
    }),
  );
  assert.equal(TEXT_REPLY_BYTES_MAX, 2047);
});
