import type { ParticipantFacts } from '../facts.ts';

/** More than anybody spends: a flood of gains stays an exact number. */
const CHANCES_MAX = 1_000_000;

/** Returns how many chances a person has earned in a mechanic and not spent; anything unreadable counts as none. */
export function earnedChances({ state }: Pick<ParticipantFacts, 'state'>, id: string): number {
  const own = Object.hasOwn(state, id) ? state[id] : null;
  const count = typeof own === 'object' && own !== null && 'chances' in own ? own.chances : 0;
  return Number.isSafeInteger(count) ? Math.min(CHANCES_MAX, Math.max(0, Number(count))) : 0;
}

/** Returns the person with so many chances more in a mechanic, or fewer when negative, never below none. */
export function withChances(person: ParticipantFacts, id: string, more: number): ParticipantFacts {
  const chances = Math.min(CHANCES_MAX, Math.max(0, earnedChances(person, id) + more));
  const { [id]: own, ...others } = person.state;
  const rest = typeof own === 'object' && own !== null ? { ...own, chances } : { chances };
  return { ...person, state: { ...others, [id]: rest } };
}
