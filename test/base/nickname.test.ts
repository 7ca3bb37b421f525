import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shownNickname } from '../../src/base/nickname.ts';

test('names of every script and emoji stay as people write them', () => {
  for (const name of ['小明', '王 小明', 'Ömür', 'ไทยที่', 'वाह', 'שלום', '👨‍👩‍👧‍👦家', '❤️', '<b>&"\'', 'a’b']) {
    assert.equal(shownNickname(name), name.normalize('NFC'));
  }
});

test('what hides, controls or turns text round is taken out', () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['\u202Egnp.exe\u202C', 'gnp.exe'],
    ['a\u2066b\u2069c\u200Fd\u061Ce', 'abcde'],
    ['小\u0000明\u0007\u001b[31m\u007f\u0085', '小明[31m'],
    ['1st\r\n2nd\u20283rd\t4th', '1st 2nd 3rd 4th'],
    ['zero\u200Bwidth\uFEFF\u2060\u00AD', 'zerowidth'],
    ['\uD83D half', 'half'],
    ['half \uDE00', 'half'],
    ['  many   blanks\u3000here  ', 'many blanks here'],
    ['tag\u{E0041}\u{E007F}', 'tag'],
    ['private\uE000\u{F0000}', 'private'],
    [`a${'\u0301'.repeat(40)}bc`, 'bc'],
  ];
  for (const [given, shown] of cases) assert.equal(shownNickname(given), shown, JSON.stringify(given));
});

test('a name of which nothing shows is none', () => {
  for (const name of [
    '',
    ' \t\n',
    '\u200B\u200D',
    '\u3164',
    '\u2800\u2800',
    '\uFE0F',
    '\u0000',
    '\u202E\u202C',
    '\u0301',
  ]) {
    assert.equal(shownNickname(name), null, JSON.stringify(name));
  }
});

test('a name of 10 KB is cut to 24 characters as people count them', () => {
  assert.equal(shownNickname('x'.repeat(10_240)), `${'x'.repeat(23)}…`);
  assert.equal(shownNickname('👨‍👩‍👧‍👦'.repeat(1000)), `${'👨‍👩‍👧‍👦'.repeat(23)}…`);
  assert.equal(shownNickname('字'.repeat(24)), '字'.repeat(24));
});

test('any text is shown safely, within a bounded length, and shown again it stays the same', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, (given) => {
      const shown = shownNickname(given);
      if (shown === null) return;
      assert.ok(shown.isWellFormed() && shown.length <= 24 * 32 && shown === shown.trim());
      assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(shown));
      assert.equal(shownNickname(shown), shown);
    }),
    { numRuns: 5000 },
  );
});
