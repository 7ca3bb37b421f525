import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { payTextFault, utf8Bytes } from '../../src/base/pay-text.ts';

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['an empty text', '', /needed/],
  ['a line break', '恭喜\n发财', /control/],
  ['a NUL', 'a\u0000b', /control/],
  ['a control character above ASCII', 'a\u0085b', /control/],
  ['half a character', 'a\ud83d', /half/],
  ['a character XML forbids', 'a\uffffb', /control/],
  ['a space before', ' a', /spaces/],
  ['a space behind', 'a ', /spaces/],
  ['a wide space behind', '红包\u3000', /spaces/],
  ['one byte too many', '红'.repeat(11), /at most 32 bytes of UTF-8; this has 33/],
];
for (const [name, value, why] of refused) {
  test(`${name} is refused and told why`, () => assert.match(payTextFault(value, 32) ?? 'taken', why));
}

test('texts of exactly the most bytes, with spaces within and characters outside the first plane, are taken', () => {
  for (const value of [`${'红'.repeat(10)}ab`, 'a b', '😀'.repeat(8), '&<>"\']]>', 'x'])
    assert.equal(payTextFault(value, 32), null, value);
});

test('bytes are counted as an encoder counts them, half characters included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      assert.equal(utf8Bytes(value), new TextEncoder().encode(value).length);
    }),
  );
  assert.equal(utf8Bytes('\ud83d'), 3);
});
