import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { foldWord } from '../../src/rules/fold-word.ts';
import { textForBoth } from '../../src/rules/pattern-meeting.ts';
import { fitsPattern, PatternFault, readPattern } from '../../src/rules/pattern.ts';
import { literalPattern, readWordPattern } from '../../src/rules/word-pattern.ts';

const fits = (pattern: string, text: string): boolean => fitsPattern(readWordPattern(pattern), foldWord(text));

describe('a pattern for folded texts', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['我要*红包', ['我要红包！', '我 要 一个 红包', '我要…红包'], ['红包']],
    ['Ｈｉ，##', ['hi 42', 'HI四二', 'hi, 4-2'], ['hi', 'hi 4']],
    ['（红包|现金）＊', ['红包来', '现金'], ['来红包']],
    ['[一２]号', ['1号', '二号', '贰号'], ['3号']],
    ['a\\|b', ['a|b'], ['a', 'b']],
    ['第(一|二)?名', ['第一名名', '第二X名'], ['第一名']],
  ];
  for (const [pattern, fitting, other] of cases) {
    test(`${pattern} fits ${fitting.length} and leaves ${other.length}`, () => {
      for (const text of fitting) assert.equal(fits(pattern, text), true, text);
      for (const text of other) assert.equal(fits(pattern, text), false, text);
    });
  }

  const faults: readonly (readonly [string, number, RegExp])[] = [
    ['，！', 1, /nothing but punctuation/],
    ['， (红', 3, /"\(" is never closed/],
    ['[0-9]', 3, /no ranges/],
    ['a\\d', 2, /no meaning/],
    ['a，\\', 3, /has to follow/],
    ['【a]', 3, /nothing to end/],
  ];
  for (const [pattern, position, why] of faults) {
    test(`${JSON.stringify(pattern)} is refused at its own character ${position}`, () => {
      assert.throws(
        () => readWordPattern(pattern),
        (error) => error instanceof PatternFault && error.position === position && why.test(error.message),
      );
    });
  }

  test('says which character a text must have, only where it must', () => {
    const needs = ['红*', '*红', '(红|蓝)', '(红|蓝)包', '##', '[红]'].map((source) => readWordPattern(source).needs);
    assert.deepEqual(needs, ['红', '红', null, '包', null, null]);
  });
});

const letter = fc.constantFrom('a', 'b', '1');
const part = fc.oneof(letter, fc.constantFrom('*', '?', '#', '[ab]', '(a|b1|)', '(|ab)'));
const source = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
const texts = ['', ...words(1), ...words(2), ...words(3)];

function words(length: number): readonly string[] {
  return length === 0
    ? ['']
    : words(length - 1).flatMap((word) => ['a', 'b', '1', '某', '0'].map((sign) => word + sign));
}

describe('a text for two patterns', () => {
  test('fits both, is a shortest one, and is missed by none', () => {
    fc.assert(
      fc.property(source, source, (one, other) => {
        const [first, second] = [readPattern(one), readPattern(other)];
        const found = textForBoth(first, second, { left: 100_000 });
        const shortest = texts.find((text) => fitsPattern(first, text) && fitsPattern(second, text));
        if (typeof found === 'string') assert.ok(fitsPattern(first, found) && fitsPattern(second, found), found);
        if (shortest !== undefined) assert.equal(found?.length, shortest.length, `${one} ${other}`);
      }),
      { numRuns: 1000 },
    );
  });

  test('is not looked for beyond the effort that is left', () => {
    const long = readPattern('*a*b*a*b');
    assert.equal(textForBoth(long, long, { left: 3 }), undefined);
  });

  test('is the word itself for a word and a part of it', () => {
    const effort = { left: 1000 };
    assert.equal(textForBoth(literalPattern('红包雨', 'exact'), literalPattern('红包', 'contains'), effort), '红包雨');
    assert.equal(textForBoth(literalPattern('红包', 'prefix'), literalPattern('雨', 'contains'), effort), '红包雨');
    assert.equal(textForBoth(literalPattern('a|b', 'exact'), literalPattern('*', 'contains'), effort), null);
  });
});
