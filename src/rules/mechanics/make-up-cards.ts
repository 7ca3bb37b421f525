import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ParticipantFacts } from '../facts.ts';
import { monthOf } from './check-in-calendar.ts';
import { earnedChances, withChances } from './earned-chances.ts';

/** Returns how many cards a person has on a Beijing day: what is left of the month's, and those they earned. */
export function cardsLeft(person: ParticipantFacts, id: string, at: CardsAt): number {
  return monthsCardsLeft(person, id, at) + earnedChances(person, id);
}

/** Returns the person with a card less: one of the month's, which end with it, before one that was earned. */
export function withCardSpent(person: ParticipantFacts, id: string, at: CardsAt): ParticipantFacts {
  if (monthsCardsLeft(person, id, at) === 0) return withChances(person, id, -1);
  const own = Object.hasOwn(person.state, id) ? person.state[id] : null;
  const rest = typeof own === 'object' && own !== null ? own : {};
  const spent = { month: monthOf(at.day), used: usedInMonth(person, id, at.day) + 1 };
  return { ...person, state: { ...person.state, [id]: { ...rest, ...spent } } };
}

/** The day, and how many cards its month brings. */
export interface CardsAt {
  readonly day: BeijingDay;
  readonly cardsPerMonth: number;
}

function monthsCardsLeft(person: ParticipantFacts, id: string, { day, cardsPerMonth }: CardsAt): number {
  return Math.max(0, cardsPerMonth - usedInMonth(person, id, day));
}

/** Anything unreadable counts as none used. */
function usedInMonth({ state }: ParticipantFacts, id: string, day: BeijingDay): number {
  const own = Object.hasOwn(state, id) ? state[id] : null;
  if (typeof own !== 'object' || own === null || !('month' in own) || !('used' in own)) return 0;
  return own.month === monthOf(day) && Number.isSafeInteger(own.used) ? Math.max(0, Number(own.used)) : 0;
}
