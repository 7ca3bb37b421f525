import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fitsPattern, PatternFault, PATTERN_CHARACTERS_MAX, readPattern } from '../../src/rules/pattern.ts';

const fits = (pattern: string, text: string): boolean => fitsPattern(readPattern(pattern), text);

describe('a pattern', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['红包', ['红包'], ['红包！', '发红包', '', '红']],
    ['*红包*', ['红包', '我要红包', '红包来', '我要红包来'], ['红 包', '']],
    ['?等奖', ['一等奖', '🧧等奖'], ['等奖', '第一等奖']],
    ['猜##', ['猜42', '猜00'], ['猜4', '猜423', '猜４２', '猜ab']],
    ['[红蓝]包', ['红包', '蓝包'], ['绿包', '红蓝包']],
    ['(我要|给我)红包', ['我要红包', '给我红包'], ['我要给我红包', '红包']],
    ['(a|b(c|d))e', ['ae', 'bce', 'bde'], ['abce', 'be', 'ce']],
    ['(|谢谢)红包', ['红包', '谢谢红包'], ['谢谢']],
    ['\\*\\?\\#\\[\\(\\\\', ['*?#[(\\'], ['a?#[(\\']],
    ['[\\]*]', [']', '*'], ['\\', 'a']],
    ['*', ['', '任何', '两\n行'], []],
    ['**a**', ['a', 'xax'], ['x', '']],
  ];
  for (const [pattern, fitting, other] of cases) {
    test(`${pattern} fits ${fitting.length} and leaves ${other.length}`, () => {
      for (const text of fitting) assert.equal(fits(pattern, text), true, text);
      for (const text of other) assert.equal(fits(pattern, text), false, text);
    });
  }

  const faults: readonly (readonly [string, number, RegExp])[] = [
    ['', 1, /at least one/],
    ['a(b', 2, /"\(" is never closed/],
    ['ab)', 3, /nothing to end/],
    ['a|b', 2, /nothing to end/],
    ['a]', 2, /nothing to end/],
    ['[ab', 1, /"\[" is never closed/],
    ['x[]', 2, /nothing to choose/],
    ['a\\', 2, /has to follow/],
    ['('.repeat(11) + ')'.repeat(11), 12, /10 deep/],
    ['a'.repeat(PATTERN_CHARACTERS_MAX + 1), PATTERN_CHARACTERS_MAX + 1, /at most/],
  ];
  for (const [pattern, position, why] of faults) {
    test(`${JSON.stringify(pattern.slice(0, 20))} is refused at character ${position}: ${why.source}`, () => {
      assert.throws(
        () => readPattern(pattern),
        (error) => error instanceof PatternFault && error.position === position && why.test(error.message),
      );
    });
  }
});

/** Patterns with the regular expression that means the same. */
const letter = fc.constantFrom('a', 'b', '1', '2');
const part: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  letter.map((sign) => [sign, sign] as const),
  fc.constant(['*', '[^]*'] as const),
  fc.constant(['?', '[^]'] as const),
  fc.constant(['#', '[0-9]'] as const),
  fc.uniqueArray(letter, { minLength: 1 }).map((signs) => [`[${signs.join('')}]`, `[${signs.join('')}]`] as const),
  fc
    .array(fc.string({ unit: letter, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((words) => [`(${words.join('|')})`, `(?:${words.join('|')})`] as const),
);

test('means what the same regular expression means', () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: letter, maxLength: 8 }),
      (parts, text) => {
        const expression = new RegExp(`^${parts.map(([, meaning]) => meaning).join('')}$`, 'u');
        assert.equal(fits(parts.map(([source]) => source).join(''), text), expression.test(text));
      },
    ),
    { numRuns: 5000 },
  );
});

test('takes time linear in the text, also where a regular expression would take for ever', () => {
  const pattern = readPattern(`${'*a'.repeat(60)}(a|aa|aaa)(a|aa|aaa)b`);
  const took = (length: number): number => {
    const text = 'a'.repeat(length);
    const times = [1, 2, 3].map(() => {
      const started = performance.now();
      fitsPattern(pattern, text);
      return performance.now() - started;
    });
    return Math.min(...times);
  };
  took(500);
  const [short, long] = [took(500), took(4000)];
  assert.ok(long < short * 24 + 20, `${short} ms for 500 characters, ${long} ms for 4000`);
});
