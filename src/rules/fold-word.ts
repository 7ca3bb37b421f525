/** How digits are written beside 0 to 9: in words, as on cheques, and the circle typed for zero. */
const DIGITS: Readonly<Record<string, string>> = {
  〇: '0',
  零: '0',
  '○': '0',
  一: '1',
  壹: '1',
  壱: '1',
  二: '2',
  贰: '2',
  貳: '2',
  弐: '2',
  三: '3',
  叁: '3',
  叄: '3',
  參: '3',
  四: '4',
  肆: '4',
  五: '5',
  伍: '5',
  六: '6',
  陆: '6',
  陸: '6',
  七: '7',
  柒: '7',
  八: '8',
  捌: '8',
  九: '9',
  玖: '9',
};

// The simplified 参 is left alone: it is never written for 3, but stands in 参加 (to take part).
const DIGIT_SIGNS = /[〇零○一壹壱二贰貳弐三叁叄參四肆五伍六陆陸七柒八捌九玖]/g;
// Skin tones of emoji are modifiers (Sk); ~ is no punctuation to Unicode, but ends many Chinese messages.
const NO_MEANING = /[\p{Z}\p{P}\p{Cc}\p{Cf}\p{Sk}\p{Default_Ignorable_Code_Point}~]+/gu;
const UNSEEN = /[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;

/**
 * Folds what people type differently without meaning it: width and form (NFKC), letter case, spaces, punctuation, signs
 * that are not seen, and the way digits are written. Two spellings of one word fold to the same text, and folding twice
 * is folding once. What consists of punctuation alone keeps it, as `foldSigns` does; nothing but space folds to ''.
 */
export function foldWord(text: string): string {
  const plain = plainForm(text);
  const folded = meaningIn(plain);
  return folded === '' ? withoutUnseen(plain) : folded;
}

/** Folds a part of a word, as `foldWord` does; punctuation alone folds to ''. */
export function foldPart(text: string): string {
  return meaningIn(plainForm(text));
}

/** Folds the words of one list, once as long as the list lives. */
export type WordFolder = (words: readonly string[]) => readonly string[];

/** Builds a folder of word lists that do not change. */
export function createWordFolder(): WordFolder {
  const known = new WeakMap<readonly string[], readonly string[]>();
  return (words) => {
    const folded = known.get(words) ?? words.map(foldWord);
    known.set(words, folded);
    return folded;
  };
}

/** Folds width, form, case and spaces only: for a word of nothing but punctuation. */
export function foldSigns(text: string): string {
  return withoutUnseen(plainForm(text));
}

/** Replaces every other way of writing a digit by 0 to 9. */
export function foldDigits(text: string): string {
  return text.replace(DIGIT_SIGNS, (sign) => DIGITS[sign] ?? sign);
}

function meaningIn(plain: string): string {
  return foldDigits(plain.replace(NO_MEANING, '')).normalize('NFKC');
}

function withoutUnseen(plain: string): string {
  return plain.replace(UNSEEN, '').normalize('NFKC');
}

/** The two small sigmas are one letter; which of them a capital becomes depends on what stands around it. */
function plainForm(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ');
}
