import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldDigits, foldPart, foldSigns, foldWord } from '../../src/rules/fold-word.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const RUNS = { numRuns: 3000 };

/** Ways to write a character that mean the same. */
function spellings(character: string): readonly string[] {
  const ways: Readonly<Record<string, string>> = {
    0: '0０〇零○',
    1: '1１一壹①',
    2: '2２二贰貳',
    3: '3３三叁參',
    4: '4４四肆',
    5: '5５五伍',
    6: '6６六陆陸',
    7: '7７七柒',
    8: '8８八捌',
    9: '9９九玖',
  };
  const own = ways[character];
  if (own !== undefined) return Array.from(own);
  if (!/[a-z]/.test(character)) return [character];
  const capital = character.toUpperCase();
  return [character, capital, wide(character), wide(capital)];
}

function wide(character: string): string {
  return String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0);
}

const meaningless = fc.constantFrom(
  '',
  '',
  '',
  ' ',
  '　',
  '！',
  '，',
  '…',
  '~',
  '～',
  '\u200b',
  '\ufeff',
  '\n',
  '"',
  '-',
);
const spelledTwice = fc
  .array(fc.constantFrom(...Array.from('0123456789abcxyz红包抽奖领福')), { minLength: 1, maxLength: 12 })
  .chain((characters) => {
    const spelled = fc
      .tuple(...characters.map((character) => fc.tuple(meaningless, fc.constantFrom(...spellings(character)))))
      .map((parts) => parts.flat().join(''));
    return fc.tuple(spelled, spelled, meaningless, fc.constant(characters.join('')));
  });

describe('a folded word', () => {
  it('is the same for every spelling, and what a plain hand writes', () => {
    fc.assert(
      fc.property(spelledTwice, ([first, second, end, plain]) => {
        assert.equal(foldWord(first), plain);
        assert.equal(foldWord(second + end), plain);
      }),
      RUNS,
    );
  });

  it('is folded already', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(foldWord(foldWord(text)), foldWord(text));
        assert.equal(foldSigns(foldSigns(text)), foldSigns(text));
      }),
      RUNS,
    );
  });

  it('is nothing only where nothing but space was written', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (foldWord(text) === '') assert.match(text, /^[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]*$/u);
      }),
      RUNS,
    );
    assert.equal(foldWord(' \u3000\n\u200b'), '');
  });

  it('keeps its punctuation where there is nothing else', () => {
    assert.equal(foldWord(' ？ ！？'), '?!?');
    assert.equal(foldWord('~'), '~');
    assert.equal(foldWord('好？'), '好');
    assert.deepEqual(['??', '？', '好?', '', ' '].map(foldPart), ['', '', '好', '', '']);
    assert.equal(foldSigns(' 好 ？'), '好?');
  });

  it('knows small sigma, sharp s and accents in either form, and leaves other signs and emoji', () => {
    assert.equal(foldWord('ΟΔΟΣ'), foldWord('οδο σ'));
    assert.equal(foldWord('Cafe\u0301'), foldWord('CAFÉ'));
    assert.equal(foldWord('C++'), 'c++');
    assert.equal(foldWord('🧧!'), '🧧');
    assert.equal(foldWord('👍🏽'), '👍');
  });

  it('has the digits of cheques, and no digit for the 参 of 参加', () => {
    assert.equal(foldDigits('零壹贰叁肆伍陆柒捌玖'), '0123456789');
    assert.equal(foldDigits('〇壱貳參肆伍陸柒捌玖'), '0123456789');
    assert.equal(foldWord('参加'), '参加');
  });
});
