import { numberIn } from './number-in-text.ts';
import { textForBoth } from './pattern-meeting.ts';
import type { Effort } from './pattern-meeting.ts';
import { fitsPattern, readPattern } from './pattern.ts';
import type { Pattern } from './pattern.ts';
import type { ReadWord } from './trigger-word.ts';
import { literalPattern } from './word-pattern.ts';

/**
 * How two words meet. `same`: somebody who means one of them is heard by the other. `may-meet`: only a text that holds
 * more than either. `example` is such a text, folded; null where none is known.
 */
export interface Meeting {
  readonly kind: 'same' | 'may-meet';
  readonly example: string | null;
}

type Literal = Extract<ReadWord, { folded: string }>;
type NumberWord = Extract<ReadWord, { match: 'number' }>;

/**
 * Finds out whether some text fits both words; null where none does. Exact for words and patterns; a number beside
 * anything but an exact word, and what the effort does not reach, count as `may-meet`.
 */
export function meetingOf(first: ReadWord, second: ReadWord, effort: Effort): Meeting | null {
  if (first.match === 'pattern' || second.match === 'pattern') return patternMeeting(first, second, effort);
  if (first.match === 'number') {
    return second.match === 'number' ? numbersMeeting(first, second) : numberMeeting(first, second);
  }
  return second.match === 'number' ? numberMeeting(second, first) : literalMeeting(first, second);
}

function literalMeeting(first: Literal, second: Literal): Meeting | null {
  if (first.signs !== second.signs) {
    const sign = first.signs ? first : second;
    // A text of signs alone has no letters; one with letters may well end in signs.
    return sign.match === 'exact' ? null : { kind: 'may-meet', example: null };
  }
  if (fitsLiteral(first, second.folded)) return { kind: 'same', example: second.folded };
  if (fitsLiteral(second, first.folded)) return { kind: 'same', example: first.folded };
  if (first.match === 'exact' || second.match === 'exact') return null;
  if (first.match === 'prefix' && second.match === 'prefix') return null;
  const [before, behind] = second.match === 'prefix' ? [second, first] : [first, second];
  return { kind: 'may-meet', example: before.folded + behind.folded };
}

function fitsLiteral({ match, folded }: Literal, text: string): boolean {
  switch (match) {
    case 'exact':
      return text === folded;
    case 'prefix':
      return text.startsWith(folded);
    case 'contains':
      return text.includes(folded);
  }
}

function numbersMeeting({ range: first }: NumberWord, { range: second }: NumberWord): Meeting | null {
  const low = Math.max(first.low, second.low);
  return low <= Math.min(first.high, second.high) ? { kind: 'same', example: String(low) } : null;
}

function numberMeeting({ range }: NumberWord, word: Literal): Meeting | null {
  const isIn = (text: string): boolean => {
    const number = numberIn(text);
    return number !== null && range.low <= number && number <= range.high;
  };
  if (isIn(word.folded)) return { kind: 'same', example: word.folded };
  if (word.match === 'exact') return null;
  const own = [range.low, range.high].map(String).find((text) => !word.signs && fitsLiteral(word, text));
  if (own !== undefined) return { kind: 'same', example: own };
  const both = `${word.folded}${range.low}`;
  return { kind: 'may-meet', example: isIn(both) ? both : null };
}

function patternMeeting(first: ReadWord, second: ReadWord, effort: Effort): Meeting | null {
  const [one, other] = [asPattern(first), asPattern(second)];
  if (one === null || other === null) return signMeeting(one ?? other, one === null ? first : second);
  const example = textForBoth(one, other, effort);
  if (example === null) return null;
  if (first.match === 'number' || second.match === 'number') {
    const { range } = first.match === 'number' ? first : (second as NumberWord);
    const pattern = first.match === 'number' ? other : one;
    const own = [range.low, range.high].map(String).find((text) => fitsPattern(pattern, text));
    return own === undefined ? { kind: 'may-meet', example: null } : { kind: 'same', example: own };
  }
  if (example === undefined) return { kind: 'may-meet', example: null };
  const isOwn = [one, other].some((pattern) => textForBoth(pattern, pattern, effort)?.length === example.length);
  return { kind: isOwn ? 'same' : 'may-meet', example };
}

/** Words of signs are held against another form of the text than patterns, unless it has nothing but signs. */
function signMeeting(pattern: Pattern | null, sign: ReadWord): Meeting | null {
  if (pattern === null || !('folded' in sign)) return null;
  if (fitsPattern(pattern, sign.folded)) return { kind: 'same', example: sign.folded };
  return sign.match === 'exact' ? null : { kind: 'may-meet', example: null };
}

/** Null for a word of signs. A number stands for any text with a digit. */
function asPattern(word: ReadWord): Pattern | null {
  if (word.match === 'pattern') return word.pattern;
  if (word.match === 'number') return readPattern('*#*');
  return word.signs ? null : literalPattern(word.folded, word.match);
}
