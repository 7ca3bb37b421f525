/**
 * Patterns that operators write for texts, matched in time linear in the text whatever they hold: `*` any run of
 * characters, `?` any one, `#` one digit, `[abc]` one of these, `(red|blue)` one of these words, `\` before a sign that
 * means itself. A pattern stands for the whole text.
 */
export interface Pattern {
  readonly source: string;
  readonly states: readonly State[];
  /** A character without which no text fits, where one is known. */
  readonly needs: string | null;
}

/** Which characters lead on from a place. */
export type Taking = 'any' | 'digit' | ReadonlySet<string>;

/** One place in a pattern. `next` are the places reached by one character that it takes. */
export interface State {
  /** Null for a place that is left without a character. */
  readonly takes: Taking | null;
  readonly next: readonly number[];
}

/** Says what is wrong with a pattern, and at which of its characters, counted from 1. */
export class PatternFault extends Error {
  override readonly name = 'PatternFault';
  /** What is wrong, without the place. */
  readonly what: string;
  readonly position: number;

  constructor(what: string, position: number, options?: ErrorOptions) {
    super(`${what} (character ${position})`, options);
    this.what = what;
    this.position = position;
  }
}

export const PATTERN_CHARACTERS_MAX = 200;
const DEPTH_MAX = 10;

/** Reads a pattern. Throws PatternFault. */
export function readPattern(source: string): Pattern {
  const reader = new PatternReader(source);
  const states = reader.read();
  return { source, states, needs: reader.needs };
}

/** Whether the whole text fits the pattern: at most one step for each place of the pattern and character of the text. */
export function fitsPattern({ states }: Pattern, text: string): boolean {
  let here = reachable(states, [0]);
  for (const character of text) {
    const taken = [...here].filter((place) => isTaken(states[place]?.takes ?? null, character));
    if (taken.length === 0) return false;
    here = reachable(
      states,
      taken.flatMap((place) => states[place]?.next ?? []),
    );
  }
  // The last place is the end.
  return here.has(states.length - 1);
}

/** Everything that can be reached without a character. */
function reachable(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    const state = states[place];
    if (state !== undefined && state.takes === null) open.push(...state.next);
  }
  return found;
}

function isTaken(takes: Taking | null, character: string): boolean {
  if (takes === null) return false;
  if (takes === 'any') return true;
  return takes === 'digit' ? character >= '0' && character <= '9' : takes.has(character);
}

class PatternReader {
  readonly #characters: readonly string[];
  readonly #states: { takes: State['takes']; next: number[] }[] = [];
  #at = 0;
  #needs: string | null = null;

  get needs(): string | null {
    return this.#needs;
  }

  constructor(source: string) {
    this.#characters = Array.from(source);
  }

  read(): readonly State[] {
    const { length } = this.#characters;
    if (length === 0) throw new PatternFault('a pattern needs at least one character', 1);
    if (length > PATTERN_CHARACTERS_MAX) {
      throw new PatternFault(`a pattern has at most ${PATTERN_CHARACTERS_MAX} characters`, PATTERN_CHARACTERS_MAX + 1);
    }
    const start = this.#place(null);
    const last = this.#sequence(start, 0);
    if (this.#at < length) throw this.#fault(`"${this.#characters[this.#at]}" has nothing to end`);
    this.#link(last, this.#place(null));
    return this.#states;
  }

  /** Reads until the end, `|` or `)` and returns the place it ends at. */
  #sequence(from: number, depth: number): number {
    let last = from;
    for (;;) {
      const character = this.#characters[this.#at];
      if (character === undefined || character === '|' || character === ')') return last;
      last = this.#part(last, character, depth);
    }
  }

  #part(from: number, character: string, depth: number): number {
    this.#at += 1;
    switch (character) {
      case '*': {
        // Stays where it is for any character.
        const loop = this.#take(from, 'any');
        this.#link(loop, loop);
        return this.#after([from, loop]);
      }
      case '?':
        return this.#after([this.#take(from, 'any')]);
      case '#':
        return this.#after([this.#take(from, 'digit')]);
      case '[': {
        return this.#after([this.#take(from, this.#choices())]);
      }
      case '(':
        return this.#alternatives(from, depth + 1);
      case ']':
        this.#at -= 1;
        throw this.#fault('"]" has nothing to end');
      default: {
        const literal = character === '\\' ? this.#escaped() : character;
        // What stands between alternatives may be left out.
        if (depth === 0) this.#needs ??= literal;
        return this.#after([this.#take(from, new Set([literal]))]);
      }
    }
  }

  #alternatives(from: number, depth: number): number {
    const openedAt = this.#at;
    if (depth > DEPTH_MAX) throw this.#fault(`brackets go at most ${DEPTH_MAX} deep`);
    const ends: number[] = [];
    for (;;) {
      const begin = this.#place(null);
      this.#link(from, begin);
      ends.push(this.#sequence(begin, depth));
      const sign = this.#characters[this.#at];
      if (sign === undefined) throw new PatternFault('"(" is never closed', openedAt);
      this.#at += 1;
      if (sign === ')') return this.#after(ends);
    }
  }

  #choices(): ReadonlySet<string> {
    const openedAt = this.#at;
    const choices = new Set<string>();
    for (;;) {
      const character = this.#characters[this.#at];
      if (character === undefined) throw new PatternFault('"[" is never closed', openedAt);
      this.#at += 1;
      if (character === ']') break;
      choices.add(character === '\\' ? this.#escaped() : character);
    }
    if (choices.size === 0) throw new PatternFault('"[]" leaves nothing to choose', openedAt);
    return choices;
  }

  #escaped(): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw new PatternFault('a sign has to follow "\\"', this.#at);
    this.#at += 1;
    return character;
  }

  #place(takes: State['takes']): number {
    return this.#states.push({ takes, next: [] }) - 1;
  }

  /** Adds a place behind `from` that takes one character. */
  #take(from: number, takes: Taking): number {
    const place = this.#place(takes);
    this.#link(from, place);
    return place;
  }

  /** Adds a place that follows all of these. */
  #after(places: readonly number[]): number {
    const place = this.#place(null);
    for (const before of places) this.#link(before, place);
    return place;
  }

  #link(from: number, to: number): void {
    this.#states[from]?.next.push(to);
  }

  #fault(message: string): PatternFault {
    return new PatternFault(message, this.#at + 1);
  }
}
