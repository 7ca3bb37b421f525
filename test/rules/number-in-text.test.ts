import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { numberIn, numberRange } from '../../src/rules/number-in-text.ts';

const DIGITS = Array.from('零一二三四五六七八九');

/** Writes a number below 10,000 as it is said, place by place. */
function section(value: number, leading: boolean): string {
  const places = ['千', '百', '十', ''];
  let written = '';
  let zero = false;
  for (const [index, unit] of places.entries()) {
    const digit = Math.floor(value / 10 ** (3 - index)) % 10;
    if (digit === 0) {
      zero = written !== '' || leading;
      continue;
    }
    written += `${zero ? '零' : ''}${DIGITS[digit]}${unit}`;
    zero = false;
  }
  return written;
}

function said(value: number): string {
  if (value === 0) return '零';
  const [high, low] = [Math.floor(value / 10_000), value % 10_000];
  if (high === 0) return section(low, false);
  return `${section(high, false)}万${section(low, true)}`;
}

describe('the number in a text', () => {
  it('is read as it is said in Chinese, up to eight digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(99_999_999), fc.nat(20_000)), (value) => {
        assert.equal(numberIn(`我猜是${said(value)}。`), value, said(value));
      }),
      { numRuns: 3000 },
    );
  });

  it('is read as digits in any width, with 15 of them at most', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const wide = Array.from(String(value), (digit) => String.fromCodePoint(0xff10 + Number(digit))).join('');
        assert.equal(numberIn(`答案 ${wide}!`), value < 1e15 ? value : null);
      }),
    );
  });

  const cases: readonly (readonly [string, number | null])[] = [
    ['42', 42],
    ['我一定猜42', 42],
    ['我一定猜四十二', null],
    ['12 34', null],
    ['3.5', null],
    ['-5', null],
    ['−5', null],
    ['no-5', 5],
    ['1,234', 1234],
    ['1,234,567分', 1_234_567],
    ['1,23', null],
    ['二〇二六', 2026],
    ['壹佰贰拾叁', 123],
    ['两百', 200],
    ['一百五', 150],
    ['一万五', 15_000],
    ['十', 10],
    ['十五', 15],
    ['一十五', 15],
    ['十万', 100_000],
    ['3百', 300],
    ['2万3千', 23_000],
    ['二十三十', null],
    ['三百二千', null],
    ['二三十', null],
    ['百', null],
    ['千万', null],
    ['5万万', null],
    ['一万零十', 10_010],
    ['12345万', null],
    ['007', 7],
    ['没有', null],
    ['', null],
  ];
  for (const [text, value] of cases) {
    it(`${JSON.stringify(text)} is ${value ?? 'none'}`, () => assert.equal(numberIn(text), value));
  }
});

describe('a word of numbers', () => {
  it('is one number or a range, in any way of writing', () => {
    for (const word of ['10-20', '１０～２０', '十到二十', ' 10 — 20 ', '10至20', '10–二十']) {
      assert.deepEqual(numberRange(word), { low: 10, high: 20 }, word);
    }
    assert.deepEqual(numberRange('1,000'), { low: 1000, high: 1000 });
    assert.deepEqual(numberRange('0'), { low: 0, high: 0 });
  });

  it('is nothing else', () => {
    for (const word of ['20-10', 'a', '1-2-3', '-5', '3.5', '', '10-', '4 2x', '百']) {
      assert.equal(numberRange(word), null, word);
    }
  });
});
