import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { signFields } from '../../src/pay/sign.ts';
import vectors from '../vectors/pay.json' with { type: 'json' };

for (const vector of vectors.vectors) {
  test(`published example ${vector.id} is signed as printed`, () => {
    const fields = Object.fromEntries(Object.entries(vector.params).filter((entry) => entry[1] !== undefined));
    assert.equal(signFields(fields as Record<string, string>, vectors.key), vector.sign);
  });
}

const fieldName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,11}$/).filter((name) => name !== 'sign');
const anyFields = fc.dictionary(fieldName, fc.string({ unit: 'grapheme', maxLength: 20 }), { noNullPrototype: true });

test('the order of fields, empty fields and an old sign never change a signature', () => {
  fc.assert(
    fc.property(anyFields, fc.string(), (fields, oldSign) => {
      const shuffled = Object.fromEntries(
        [...Object.entries(fields), ['sign', oldSign], ['zz_empty', '']].toReversed(),
      );
      assert.equal(signFields(shuffled, vectors.key), signFields(fields, vectors.key));
    }),
  );
});

test('a signature is the MD5 of the joined text, whatever the text holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (value) => {
      const expected = createHash('md5').update(`B=1&a=${value}&key=${vectors.key}`).digest('hex').toUpperCase();
      assert.equal(signFields({ a: value, B: '1' }, vectors.key), expected);
    }),
  );
});

test('another value, another key or a value moved to another field gives another signature', () => {
  const sign = signFields({ a: '1', b: '2' }, vectors.key);
  assert.notEqual(signFields({ a: '1', b: '3' }, vectors.key), sign);
  assert.notEqual(signFields({ a: '2', b: '1' }, vectors.key), sign);
  assert.notEqual(signFields({ a: '1', b: '2' }, vectors.key.toUpperCase()), sign);
});
