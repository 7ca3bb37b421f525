import { foldPart, foldWord } from './fold-word.ts';
import { numberRange } from './number-in-text.ts';
import type { NumberRange } from './number-in-text.ts';
import { PatternFault } from './pattern.ts';
import type { Pattern } from './pattern.ts';
import { readWordPattern } from './word-pattern.ts';

/** How a word is held against a text, the one that counts first in front. */
export const WORD_MATCHES = ['exact', 'number', 'prefix', 'pattern', 'contains'] as const;
export type WordMatch = (typeof WORD_MATCHES)[number];

/** A word as an operator writes it. */
export interface WrittenWord {
  readonly match: WordMatch;
  readonly word: string;
}

/** A word ready to be held against folded texts. */
export type ReadWord =
  /** `signs`: nothing but punctuation, which folded texts have none of. */
  | { readonly match: 'exact' | 'prefix' | 'contains'; readonly folded: string; readonly signs: boolean }
  | { readonly match: 'number'; readonly range: NumberRange }
  | { readonly match: 'pattern'; readonly pattern: Pattern };

/** Reads a word, or says what is wrong with it. */
export function readTriggerWord({ match, word }: WrittenWord): ReadWord | { readonly fault: string } {
  if (match === 'number') {
    const range = numberRange(word);
    return range === null ? { fault: 'is neither a whole number, as 42, nor two of them, as 10-20' } : { match, range };
  }
  if (match === 'pattern') {
    try {
      return { match, pattern: readWordPattern(word) };
    } catch (error) {
      if (error instanceof PatternFault) return { fault: error.message };
      throw error;
    }
  }
  const folded = foldWord(word);
  if (folded === '') return { fault: 'is empty' };
  return { match, folded, signs: foldPart(word) === '' };
}
