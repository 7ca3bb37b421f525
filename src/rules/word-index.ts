import { fitsShape } from './code-shape.ts';
import type { CodeShape } from './code-shape.ts';
import { foldSigns, foldWord } from './fold-word.ts';
import { numberIn } from './number-in-text.ts';
import type { NumberRange } from './number-in-text.ts';
import { fitsPattern } from './pattern.ts';
import type { Pattern } from './pattern.ts';
import { WORD_MATCHES } from './trigger-word.ts';
import type { ReadWord, WordMatch } from './trigger-word.ts';

/** What a word leads to; of several the one with the higher `score` counts. */
interface Entry<Target> {
  readonly target: Target;
  readonly score: number;
}

// A pattern costs up to a microsecond a character, and nobody means so long a text by one.
const PATTERN_TEXT_MAX = 200;

/** Exact words and codes, then the other kinds. */
export const RANKS = ['exact', 'code', ...WORD_MATCHES.filter((match) => match !== 'exact')] as const;

/** How much a kind of word, or a code, counts against the others: most for an exact word, 1 for a contained one. */
export function rankOf(match: WordMatch | 'code'): number {
  return RANKS.length - RANKS.indexOf(match);
}

/**
 * The words of many activities, so that a text is held against all of them at once. The time it takes grows with the
 * text and with the number of different lengths of words, not with the number of words; patterns are looked at one by
 * one, but only those whose needed character the text has.
 */
export class WordIndex<Target> {
  readonly #letters = new WordTable<Target>();
  readonly #signs = new WordTable<Target>();
  readonly #codes: (Entry<Target> & { readonly shape: CodeShape })[] = [];
  readonly #numbers: (Entry<Target> & { readonly range: NumberRange })[] = [];
  readonly #patterns: (Entry<Target> & { readonly pattern: Pattern })[] = [];

  /** `score` says how much a word of each rank counts; it must grow with the rank. */
  add(word: ReadWord, target: Target, score: (rank: number) => number): void {
    const entry = { target, score: score(rankOf(word.match)) };
    if (word.match === 'number') {
      this.#numbers.push({ ...entry, range: word.range });
    } else if (word.match === 'pattern') {
      this.#patterns.push({ ...entry, pattern: word.pattern });
    } else {
      const table = word.signs ? this.#signs : this.#letters;
      table.add(word, entry);
      // Whatever its kind, a word that is the whole text is the exact one.
      table.add({ match: 'exact', folded: word.folded }, { target, score: score(rankOf('exact')) });
    }
  }

  /** Lets every text that looks like a code lead to the target. */
  addCodes(shape: CodeShape, target: Target, score: (rank: number) => number): void {
    this.#codes.push({ target, score: score(rankOf('code')), shape });
  }

  /** Returns what the word that counts most leads to. */
  find(text: string): Target | undefined {
    const said = foldWord(text);
    if (said === '') return undefined;
    const best = new Best<Target>();
    this.#letters.offer(said, best);
    if (!this.#signs.isEmpty) this.#signs.offer(foldSigns(text), best);
    best.offerWhere(this.#codes, ({ shape }) => fitsShape(said, shape));
    this.#offerNumbers(text, best);
    if (said.length <= PATTERN_TEXT_MAX) {
      best.offerWhere(
        this.#patterns,
        ({ pattern }) => (pattern.needs === null || said.includes(pattern.needs)) && fitsPattern(pattern, said),
      );
    }
    return best.target;
  }

  #offerNumbers(text: string, best: Best<Target>): void {
    if (this.#numbers.length === 0) return;
    const number = numberIn(text);
    if (number === null) return;
    best.offerWhere(this.#numbers, ({ range }) => range.low <= number && number <= range.high);
  }
}

/** Words by their letters, so that each piece of a text is looked up once for every length there is. */
class WordTable<Target> {
  readonly #exact = new Map<string, Entry<Target>>();
  readonly #prefixes = new Map<string, Entry<Target>>();
  readonly #contained = new Map<string, Entry<Target>>();
  readonly #prefixLengths = new Set<number>();
  readonly #containedLengths = new Set<number>();

  get isEmpty(): boolean {
    return this.#exact.size === 0;
  }

  add(word: { readonly match: 'exact' | 'prefix' | 'contains'; readonly folded: string }, entry: Entry<Target>): void {
    const { match, folded } = word;
    const words = match === 'exact' ? this.#exact : match === 'prefix' ? this.#prefixes : this.#contained;
    if (entry.score <= (words.get(folded)?.score ?? -1)) return;
    words.set(folded, entry);
    if (match === 'prefix') this.#prefixLengths.add(folded.length);
    if (match === 'contains') this.#containedLengths.add(folded.length);
  }

  offer(said: string, best: Best<Target>): void {
    best.offer(this.#exact.get(said));
    for (const length of this.#prefixLengths) best.offer(this.#prefixes.get(said.slice(0, length)));
    for (const length of this.#containedLengths) {
      for (let at = 0; at + length <= said.length; at += 1) {
        best.offer(this.#contained.get(said.slice(at, at + length)));
      }
    }
  }
}

/** The entry that counts most of those that were offered. */
class Best<Target> {
  target: Target | undefined;
  #score = -1;

  offer(entry: Entry<Target> | undefined): void {
    if (entry === undefined || entry.score <= this.#score) return;
    this.#score = entry.score;
    this.target = entry.target;
  }

  /** Looks only at entries that would count more. */
  offerWhere<Offered extends Entry<Target>>(entries: readonly Offered[], fits: (entry: Offered) => boolean): void {
    for (const entry of entries) if (entry.score > this.#score && fits(entry)) this.offer(entry);
  }
}
