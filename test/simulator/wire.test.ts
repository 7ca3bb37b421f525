import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { payV2Sign } from '../../src/simulator/pay/pay-sign.ts';
import { decryptMessage, encryptMessage, encryptPadded, sortedSha1 } from '../../src/simulator/wire/envelope.ts';
import { flatFields, readXml, writeXml, XmlFault } from '../../src/simulator/wire/xml.ts';
import { envelopes, payKey, paySigns, urlCheck } from './vectors.ts';

test('published red packet signatures are reproduced', () => {
  for (const { fields, sign } of paySigns) assert.equal(payV2Sign(Object.entries(fields), payKey), sign);
});

test('empty fields and the sign itself take no part in a signature', () => {
  const [first] = paySigns;
  const more = { ...first.fields, sign: 'X', attach: '' };
  assert.equal(payV2Sign(Object.entries(more), payKey), first.sign);
});

test('the published URL check is reproduced', () => {
  const { token, timestamp, nonce, signature } = urlCheck;
  assert.equal(sortedSha1(token, timestamp, nonce), signature);
});

for (const vector of envelopes) {
  test(`the published message opens and closes byte for byte: ${vector.source}`, () => {
    const { token, timestamp, nonce, encrypted, messageSignature, encodingAesKey, appId, text, luck } = vector;
    assert.equal(sortedSha1(token, timestamp, nonce, encrypted), messageSignature);
    assert.deepEqual(decryptMessage(encrypted, encodingAesKey), { text, appId });
    assert.equal(encryptMessage(text, Buffer.from(luck), { appId, encodingAesKey }), encrypted);
  });
}

test('every text survives encryption, whatever its padding', () => {
  const keys = { appId: 'wx0123456789abcdef', encodingAesKey: 'a'.repeat(43) };
  for (let length = 0; length < 70; length += 1) {
    const text = '红'.repeat(length % 5) + 'x'.repeat(length);
    const opened = decryptMessage(encryptMessage(text, Buffer.alloc(16, 7), keys), keys.encodingAesKey);
    assert.deepEqual(opened, { text, appId: keys.appId });
  }
});

test('a broken envelope is refused with its reason', () => {
  const key = 'a'.repeat(43);
  const block = (...bytes: readonly number[]): string => encryptPadded(Buffer.from(bytes), key);
  assert.throws(() => decryptMessage('****', key), /not base64/);
  assert.throws(() => decryptMessage('AAAA', key), /whole blocks/);
  assert.throws(() => decryptMessage(block(...Array<number>(32).fill(33)), key), /padding/);
  assert.throws(() => decryptMessage(block(...Array<number>(32).fill(32)), key), /shorter than its head/);
  const tooLong = [...Array<number>(16).fill(0), 0, 0, 1, 0, ...Array<number>(12).fill(12)];
  assert.throws(() => decryptMessage(block(...tooLong), key), /too large/);
});

test('what is written is read back', () => {
  const words = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !hasForbidden(text));
  fc.assert(
    fc.property(words, fc.nat(), (text, number) => {
      const fields = flatFields(
        readXml(
          writeXml([
            ['Content', text],
            ['CreateTime', number],
          ]),
        ),
      );
      assert.equal(fields.get('Content'), text);
      assert.equal(fields.get('CreateTime'), String(number));
    }),
    { numRuns: 300 },
  );
});

for (const [what, source] of [
  ['a document type', '<!DOCTYPE xml><xml><a>1</a></xml>'],
  ['an unknown entity', '<xml><a>&evil;</a></xml>'],
  ['a bare ampersand', '<xml><a>a & b</a></xml>'],
  ['an entity for a forbidden character', '<xml><a>&#0;</a></xml>'],
  ['a control character', '<xml><a>\u0001</a></xml>'],
  ['a lone surrogate', '<xml><a>\ud83d</a></xml>'],
  ['a wrong closing tag', '<xml><a>1</b></xml>'],
  ['no end', '<xml><a>1</a>'],
  ['something after the end', '<xml><a>1</a></xml><xml/>'],
  ['text beside children', '<xml>x<a>1</a></xml>'],
  ['an attribute', '<xml a="1"><a>1</a></xml>'],
  ['a comment', '<xml><!-- --></xml>'],
  ['the same field twice', '<xml><a>1</a><a>2</a></xml>'],
  ['nesting where fields are flat', '<xml><a><b>1</b></a></xml>'],
  ['another root', '<html><a>1</a></html>'],
  ['endless depth', `${'<a>'.repeat(50)}${'</a>'.repeat(50)}`],
  ['nothing', ''],
] as const) {
  test(`XML with ${what} is refused`, () => {
    assert.throws(() => flatFields(readXml(source)), XmlFault);
  });
}

test('a declaration, white space, known entities and CDATA are read', () => {
  const source =
    '<?xml version="1.0"?>\n<xml>\n <a>1 &lt; 2 &#x4e2d;</a><b><![CDATA[<x>&]]]]><![CDATA[>]]></b><c/>\n</xml>\n';
  assert.deepEqual(Object.fromEntries(flatFields(readXml(source))), { a: '1 < 2 中', b: '<x>&]]>', c: '' });
});

function hasForbidden(text: string): boolean {
  return /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(text);
}
