import type { ParticipantFacts } from '../facts.ts';

/** How often each gain of a mechanic is owed to a person, by its name there. */
export type OwedGains = Readonly<Record<string, number>>;

/** Returns what a mechanic owes a person; anything unreadable is nothing. */
export function owedGains({ state }: Pick<ParticipantFacts, 'state'>, id: string): OwedGains {
  const own = Object.hasOwn(state, id) ? state[id] : null;
  const owed: unknown = typeof own === 'object' && own !== null && 'owed' in own ? own.owed : null;
  if (typeof owed !== 'object' || owed === null) return {};
  const entries = Object.entries(owed as Readonly<Record<string, unknown>>);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => isCount(entry[1])));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** Returns how many gains a mechanic owes a person in all. */
export function owedInAll(person: Pick<ParticipantFacts, 'state'>, id: string): number {
  return Object.values(owedGains(person, id)).reduce((sum, count) => sum + count, 0);
}

/** Returns the person to whom a mechanic owes this and nothing else. */
export function withOwed(person: ParticipantFacts, id: string, owed: OwedGains): ParticipantFacts {
  const left = Object.entries(owed).filter(([, count]) => count > 0);
  const own = Object.hasOwn(person.state, id) ? person.state[id] : null;
  const kept = Object.entries(typeof own === 'object' ? (own ?? {}) : {}).filter(([name]) => name !== 'owed');
  const now = [...kept, ...(left.length === 0 ? [] : [['owed', Object.fromEntries(left)]])];
  return { ...person, state: { ...person.state, [id]: Object.fromEntries(now) as unknown } };
}
