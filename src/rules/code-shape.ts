import { foldWord } from './fold-word.ts';

/** The name of a pool of codes, as rules write it. */
export const POOL_ID = /^[a-z0-9-]{1,32}$/;

/** What the codes of a pool look like, folded: by it a message is known for a code. */
export interface CodeShape {
  /** What every code begins with, folded; may be empty. */
  readonly prefix: string;
  /** Characters in all, the prefix included. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** True where nothing behind the prefix looks like something else: neither 0, 1, i, l nor o. */
  readonly unmistakable: boolean;
}

/** What generated codes are made of behind their prefix. */
export const CODE_LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';
/** 31^10 is 2^49.5: with a million codes one guess in 800 million is right. */
export const CODE_LENGTH = 10;

const LETTERS_ONLY = /^[a-z0-9]+$/;
const LETTERS = /[a-z0-9]+/g;
const MISTAKABLE = /[01ilo]/;

/** Folds a code as people type it: width, case, spaces and dashes do not count. Two spellings of one code are equal then. */
export function foldCode(text: string): string {
  return foldWord(text);
}

/** Says whether a folded text is nothing but what could be a code of that shape. */
export function fitsShape(folded: string, shape: CodeShape): boolean {
  const { prefix, lengthMin, lengthMax, unmistakable } = shape;
  if (folded.length < lengthMin || folded.length > lengthMax || !folded.startsWith(prefix)) return false;
  return LETTERS_ONLY.test(folded) && !(unmistakable && MISTAKABLE.test(folded.slice(prefix.length)));
}

/**
 * Finds the code in what somebody said: the whole of it, what follows one of the activity's words (`word` + code), or else
 * its longest run of letters and digits, which then counts as a guess. Folded; null where nothing could be meant for one.
 */
export function codeSaid(text: string, words: readonly string[], shape: CodeShape | null): string | null {
  const folded = foldWord(text);
  const heads = words.map(foldWord).filter((word) => word !== '' && folded.startsWith(word));
  const rests = heads.toSorted((one, other) => other.length - one.length).map((word) => folded.slice(word.length));
  const parts = [folded, ...rests];
  const fitting = parts.find((part) => shape !== null && fitsShape(part, shape));
  if (fitting !== undefined) return fitting;
  const runs = (rests[0] ?? folded).match(LETTERS) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === '' ? null : longest.slice(0, CODE_MAX);
}

/** More characters than any code has. */
const CODE_MAX = 64;

/** Shows of a code what tells it from others, and not the code: its first two and last two characters. */
export function maskedCode(code: string): string {
  const characters = Array.from(code);
  if (characters.length < 8) return '••••';
  return `${characters.slice(0, 2).join('')}••••${characters.slice(-2).join('')}`;
}
