import { foldDigits } from './fold-word.ts';

/** Both ends included; whole numbers. */
export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

const UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };
const OTHER_SIGNS: Readonly<Record<string, string>> = { 拾: '十', 佰: '百', 仟: '千', 萬: '万', 两: '2', 兩: '2' };
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
const THOUSANDS = /(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])/g;
// A minus sign is one where nothing it could join stands before it: the one in "no-5" is a dash.
const NUMBERS =
  /(?<minus>(?<![\p{L}\p{N}])[-−])?(?<digits>[0-9〇零○一壹壱二贰貳弐三叁叄參四肆五伍六陆陸七柒八捌九玖十拾百佰千仟万萬两兩]+)(?<fraction>\.[0-9]+)?/gu;
const RANGE = /^(?<low>[^-~–—〜到至]+)(?:[-~–—〜到至](?<high>[^-~–—〜到至]+))?$/u;
// Fifteen digits are exact in a double.
const DIGITS_MAX = 15;
const TEN_THOUSAND = 10_000;

/**
 * Returns the one number a text holds, or null where it holds none, several, or one that is negative, not whole or
 * above 15 digits. Numbers with a digit 0 to 9 count before those that are all Chinese, which many words hold (一定,
 * 十分): "我一定猜42" is 42. Chinese ones may have 十, 百, 千 and 万, and be said shortly: 一百五 is 150.
 */
export function numberIn(text: string): number | null {
  const found = [...prepared(text).matchAll(NUMBERS)];
  const written = found.filter(([whole]) => /[0-9]/.test(whole));
  const [only, ...others] = written.length > 0 ? written : found;
  if (only === undefined || others.length > 0) return null;
  const { minus, digits = '', fraction } = only.groups ?? {};
  return minus === undefined && fraction === undefined ? readNumber(digits) : null;
}

/** Reads what a word of numbers asks for: 42, 10-20, 二十到三十. Returns null for anything else. */
export function numberRange(word: string): NumberRange | null {
  const { low, high = low } = RANGE.exec(prepared(word).replace(/\s+/g, ''))?.groups ?? {};
  if (low === undefined || high === undefined) return null;
  const [first, last] = [wholeNumber(low), wholeNumber(high)];
  return first === null || last === null || first > last ? null : { low: first, high: last };
}

function wholeNumber(text: string): number | null {
  const [only] = text.matchAll(NUMBERS);
  return only?.[0] === text ? numberIn(text) : null;
}

function prepared(text: string): string {
  return text
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .replace(THOUSANDS, (number) => number.replaceAll(',', ''));
}

/** Reads digits with Chinese units between them, as 2千3百 or 一万零五. */
function readNumber(written: string): number | null {
  const run = foldDigits(written.replace(/[拾佰仟萬两兩]/g, (sign) => OTHER_SIGNS[sign] ?? sign));
  if (/^[0-9]+$/.test(run)) return plainNumber(run);
  const [high = '', low, ...more] = run.split('万');
  if (more.length > 0) return null;
  if (low === undefined) return readSection(high, 1);
  const tenThousands = high === '' ? null : readSection(high, 1);
  const rest = low === '' ? 0 : readSection(low, TEN_THOUSAND);
  if (tenThousands === null || rest === null || rest >= TEN_THOUSAND) return null;
  // Not beyond 8 digits, as said in Chinese without 亿.
  return tenThousands < TEN_THOUSAND ? tenThousands * TEN_THOUSAND + rest : null;
}

/**
 * Reads a number without 万. `unitBefore` is what stood before it: one digit right after a unit above ten, without a
 * zero, counts tenths of that unit.
 */
function readSection(run: string, unitBefore: number): number | null {
  let value = 0;
  let unit = unitBefore;
  const parts = [...run.matchAll(/([0-9]*)([十百千])/g)];
  for (const [, digits = '', sign = ''] of parts) {
    const next = UNITS[sign] ?? 1;
    // Units go down, each with one digit: neither 三百二千 nor 二三十 is a number. Ten may stand alone or after a zero.
    if (unit > 1 && next >= unit) return null;
    const count = /^0*$/.test(digits) ? (sign === '十' ? 1 : 0) : plainNumber(digits);
    if (count === null || count < 1 || count > 9) return null;
    value += count * next;
    unit = next;
  }
  const end = run.slice(parts.reduce((length, [whole]) => length + whole.length, 0));
  if (end === '') return value;
  const last = plainNumber(end);
  if (last === null || (parts.length > 0 && last >= unit)) return null;
  const shortly = end.length === 1 && unit > 10;
  return value + (shortly ? (last * unit) / 10 : last);
}

function plainNumber(digits: string): number | null {
  const significant = digits.replace(/^0+(?=.)/, '');
  return significant.length > DIGITS_MAX ? null : Number(significant);
}
