import type { BeijingDay } from '../base/beijing-day.ts';
import { placedMechanics } from './chains.ts';
import type { ChainedRule } from './chains.ts';
import type { ParticipantFacts } from './facts.ts';
import { calendarOf, daysInMonthOf } from './mechanics/check-in-calendar.ts';
import type { CheckInCalendar } from './mechanics/check-in-calendar.ts';
import { streakShown } from './mechanics/check-in.ts';
import { cardsLeft } from './mechanics/make-up-cards.ts';
import { owedInAll } from './mechanics/owed-gains.ts';

/** Where a person stands in an activity's check-in. */
export interface CheckInStanding {
  /** The days in a row that end with the last check-in, counted anew where the rule says so. */
  readonly streakDays: number;
  readonly calendar: CheckInCalendar;
  /** How many days of the day's month. */
  readonly daysThisMonth: number;
  /** Days in all. */
  readonly checkIns: number;
  /** What is given when the person checks in again, the same day too. */
  readonly owed: number;
  /** The mechanic that makes days up, and the cards left for it on this day; null where the rule has none. */
  readonly makeUp: { readonly id: string; readonly cards: number; readonly reachBackDays: number } | null;
}

/** Returns where a person stands on a Beijing day; null where nobody checks in by the rule. */
export function checkInStanding(rule: ChainedRule, person: ParticipantFacts, day: BeijingDay): CheckInStanding | null {
  const placed = placedMechanics(rule);
  for (const { id, settings } of placed) {
    if (settings.kind !== 'check-in') continue;
    const calendar = calendarOf(person, id);
    return {
      streakDays: streakShown(settings, person.streakDays),
      calendar,
      daysThisMonth: daysInMonthOf(calendar, day),
      checkIns: person.checkIns,
      owed: owedInAll(person, id),
      makeUp: makeUpOf(rule, person, day),
    };
  }
  return null;
}

function makeUpOf(rule: ChainedRule, person: ParticipantFacts, day: BeijingDay): CheckInStanding['makeUp'] {
  for (const { id, settings } of placedMechanics(rule)) {
    if (settings.kind !== 'make-up') continue;
    const cards = cardsLeft(person, id, { day, cardsPerMonth: settings.cardsPerMonth });
    return { id, cards, reachBackDays: settings.reachBackDays };
  }
  return null;
}

/** Returns what a text's placeholders tell of checking in. */
export function checkInValues({
  rule,
  person,
  day,
}: {
  readonly rule: ChainedRule;
  readonly person: ParticipantFacts;
  readonly day: BeijingDay;
}): Readonly<Record<'streak' | 'total' | 'month' | 'cards' | 'owed', string>> {
  const standing = checkInStanding(rule, person, day);
  return {
    streak: String(standing?.streakDays ?? person.streakDays),
    total: String(standing?.checkIns ?? person.checkIns),
    month: String(standing?.daysThisMonth ?? ''),
    cards: String(standing?.makeUp?.cards ?? ''),
    owed: String(standing?.owed ?? ''),
  };
}
