import type { Pattern, State, Taking } from './pattern.ts';

/** How many pairs of places may still be looked at; shared by many comparisons, so that all of them end. */
export interface Effort {
  left: number;
}

/** A character that stands for any one in an example. */
const ANY = '某';

/**
 * Finds a shortest text that fits both patterns: null when there is none, undefined when the effort was used up first.
 * Looks at each pair of their places once (the product of the two automata).
 */
export function textForBoth(first: Pattern, second: Pattern, effort: Effort): string | null | undefined {
  const width = second.states.length;
  const goal = first.states.length * width - 1;
  const seen = new Set<number>();
  // What is reached with as many characters as were taken so far, and what needs one more.
  let now: [number, string][] = [[0, '']];
  let next: [number, string][] = [];
  for (;;) {
    const reached = now.pop();
    if (reached === undefined) {
      if (next.length === 0) return null;
      [now, next] = [next, []];
      continue;
    }
    const [pair, text] = reached;
    if (seen.has(pair)) continue;
    if (pair === goal) return text;
    effort.left -= 1;
    if (effort.left < 0) return undefined;
    seen.add(pair);
    const [left, right] = [Math.floor(pair / width), pair % width];
    for (const [to, taken] of steps(first.states[left], second.states[right], { left, right, width })) {
      (taken === '' ? now : next).push([to, text + taken]);
    }
  }
}

/** Where a pair of places leads, with the character taken: '' where one of them is left without. */
function steps(
  first: State | undefined,
  second: State | undefined,
  { left, right, width }: { readonly left: number; readonly right: number; readonly width: number },
): readonly (readonly [number, string])[] {
  if (first === undefined || second === undefined) return [];
  const alone = [
    ...(first.takes === null ? first.next.map((place) => place * width + right) : []),
    ...(second.takes === null ? second.next.map((place) => left * width + place) : []),
  ];
  if (first.takes === null || second.takes === null) return alone.map((pair) => [pair, ''] as const);
  const character = commonCharacter(first.takes, second.takes);
  if (character === null) return [];
  return first.next.flatMap((one) => second.next.map((other) => [one * width + other, character] as const));
}

function commonCharacter(first: Taking, second: Taking): string | null {
  if (first === 'any') return someCharacter(second);
  if (second === 'any') return someCharacter(first);
  if (first === 'digit') return second === 'digit' ? '0' : (digitOf(second) ?? null);
  if (second === 'digit') return digitOf(first) ?? null;
  return [...first].find((character) => second.has(character)) ?? null;
}

function someCharacter(taking: Taking): string {
  if (taking === 'any') return ANY;
  return taking === 'digit' ? '0' : ([...taking][0] ?? ANY);
}

function digitOf(characters: ReadonlySet<string>): string | undefined {
  return [...characters].find((character) => character >= '0' && character <= '9');
}
