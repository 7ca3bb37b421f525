import { foldPart } from './fold-word.ts';
import { PatternFault, readPattern } from './pattern.ts';
import type { Pattern } from './pattern.ts';

const SIGNS = '*?#[]()|';

/** A character of a folded pattern with its place among the author's, counted from 1. */
interface Placed {
  readonly character: string;
  readonly position: number;
}

/**
 * Reads a pattern for folded texts: its letters and digits are folded as `foldWord` does it, its punctuation is left out
 * because no folded text has any, and full-width signs mean what the plain ones mean. Throws PatternFault with the
 * place in the pattern as it was written.
 */
export function readWordPattern(source: string): Pattern {
  const characters = Array.from(source.normalize('NFC'));
  const placed = fold(characters);
  if (placed.length === 0) throw new PatternFault('nothing but punctuation, which does not count', 1);
  try {
    return readPattern(placed.map(({ character }) => character).join(''));
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    const position = placed[error.position - 1]?.position ?? characters.length + 1;
    throw new PatternFault(error.what, Math.min(position, characters.length + 1), { cause: error });
  }
}

/** Writes a pattern for every text that is this folded word, or begins with it, or holds it. */
export function literalPattern(folded: string, where: 'exact' | 'prefix' | 'contains'): Pattern {
  const literal = Array.from(folded, (character) => `\\${character}`).join('');
  return readPattern(`${where === 'contains' ? '*' : ''}${literal}${where === 'exact' ? '' : '*'}`);
}

function fold(characters: readonly string[]): readonly Placed[] {
  const placed: Placed[] = [];
  let inChoice = false;
  for (let at = 0; at < characters.length; at += 1) {
    const position = at + 1;
    const sign = characters[at]?.normalize('NFKC') ?? '';
    if (sign === '\\') {
      at += 1;
      placed.push(...escaped(characters[at], position));
      continue;
    }
    if (inChoice && /^[-–~]$/.test(sign) && characters[at + 1] !== ']' && characters[at - 1] !== '[') {
      throw new PatternFault('there are no ranges like [a-z]: write every sign, or # for a digit', position);
    }
    if (sign.length === 1 && SIGNS.includes(sign)) {
      inChoice = sign === '[' || (inChoice && sign !== ']');
      placed.push({ character: sign, position });
    } else {
      placed.push(...literally(sign, position));
    }
  }
  return placed;
}

function escaped(character: string | undefined, position: number): readonly Placed[] {
  if (character === undefined) throw new PatternFault('a sign has to follow "\\"', position);
  // Whoever writes \d or \w means something else by it than the letter.
  if (/^[a-z0-9]$/i.test(character)) {
    throw new PatternFault(`"\\${character}" has no meaning: # stands for a digit, ? for any character`, position);
  }
  return literally(character.normalize('NFKC'), position);
}

function literally(text: string, position: number): readonly Placed[] {
  return Array.from(foldPart(text)).flatMap((character) =>
    [...(SIGNS.includes(character) ? ['\\'] : []), character].map((sign) => ({ character: sign, position })),
  );
}
