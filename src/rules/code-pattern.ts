import type { CodeShape } from './code-shape.ts';
import type { Pattern, State } from './pattern.ts';

const EVERY = 'abcdefghijklmnopqrstuvwxyz0123456789';
const MISTAKABLE = '01ilo';

/** Returns a pattern that exactly those folded texts fit which could be a code of that shape. */
export function codePattern({ prefix, lengthMin, lengthMax, unmistakable }: CodeShape): Pattern {
  const letters = new Set(unmistakable ? Array.from(EVERY).filter((letter) => !MISTAKABLE.includes(letter)) : EVERY);
  const states: State[] = Array.from(prefix, (letter, place) => ({ takes: new Set([letter]), next: [place + 1] }));
  for (let length = states.length; length < lengthMax; length += 1) {
    // What is long enough may end here: one place takes a letter more, the other leads to the end.
    const here = states.length;
    if (length >= lengthMin) states.push({ takes: null, next: [here + 1, END] });
    states.push({ takes: letters, next: [states.length + 1] });
  }
  const end = states.length;
  const joined = states.map(({ takes, next }) => ({ takes, next: next.map((place) => (place === END ? end : place)) }));
  const needs = prefix === '' ? null : prefix.slice(0, 1);
  return { source: `${prefix}…`, states: [...joined, { takes: null, next: [] }], needs };
}

/** Stands for the last place while it is not known yet. */
const END = -1;
