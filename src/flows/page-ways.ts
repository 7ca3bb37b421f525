import { addDays, beijingDay } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import { WrongRequest } from '../base/errors.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { placedMechanics, settingsOf } from '../rules/chains.ts';
import type { ParticipantFacts } from '../rules/facts.ts';
import {
  calendarOf,
  daysInMonthOf,
  daysInWeekOf,
  isCheckedIn,
  lengthOfMonth,
  monthOf,
} from '../rules/mechanics/check-in-calendar.ts';
import { streakShown } from '../rules/mechanics/check-in.ts';
import { earnedChances } from '../rules/mechanics/earned-chances.ts';
import { mechanicOf } from '../rules/mechanics/list.ts';
import { missedDays } from '../rules/mechanics/make-up.ts';
import { cardsLeft } from '../rules/mechanics/make-up-cards.ts';
import { owedInAll } from '../rules/mechanics/owed-gains.ts';
import { mechanicAt } from '../rules/trigger-schema.ts';

/** The days somebody checked in on, in Beijing. */
export interface PageCalendar {
  /** Of this month, the first one first. */
  readonly days: readonly BeijingDay[];
  /** In a row, as they are told; 0 once the streak is broken. */
  readonly streakDays: number;
  readonly total: number;
  readonly week: number;
  readonly month: number;
}

/**
 * What a page offers beside the mechanic it leads to: missed days of its check-in are made up, and chances that its
 * mechanic gives are spent. `to` is the mechanic.
 */
export type PageSide =
  | { readonly kind: 'make-up'; readonly to: string; readonly cards: number; readonly days: readonly BeijingDay[] }
  | { readonly kind: 'chances'; readonly to: string; readonly chances: number };

/** Returns null for a page that does not check people in. */
export function pageCalendar(rule: ActivityRule, person: ParticipantFacts, nowMs: number): PageCalendar | null {
  const start = mechanicAt(rule.trigger, 'page');
  const settings = settingsOf(rule, start);
  if (settings.kind !== 'check-in') return null;
  const today = beijingDay(nowMs);
  const calendar = calendarOf(person, start);
  const first = `${monthOf(today)}-01` as BeijingDay;
  const month = Array.from({ length: lengthOfMonth(today) }, (_, index) => addDays(first, index));
  // A streak is alive when its last day is today or yesterday.
  const alive = person.checkInDay !== null && person.checkInDay >= addDays(today, -1);
  return {
    days: month.filter((day) => isCheckedIn(calendar, day)),
    streakDays: streakShown(settings, alive ? person.streakDays : 0),
    total: person.checkIns,
    week: daysInWeekOf(calendar, today),
    month: daysInMonthOf(calendar, today),
  };
}

/** Returns how often a person may check in today: once, and again as long as something is owed for earlier days. */
export function checkInsLeft(person: ParticipantFacts, id: string, day: BeijingDay): number {
  return (isCheckedIn(calendarOf(person, id), day) ? 0 : 1) + owedInAll(person, id);
}

/** Returns what else a person may do on the page of an activity. */
export function sideWays(rule: ActivityRule, person: ParticipantFacts, nowMs: number): readonly PageSide[] {
  const day = beijingDay(nowMs);
  return sideIds(rule).flatMap((to): PageSide[] => {
    const settings = settingsOf(rule, to);
    if (settings.kind === 'lottery') return [{ kind: 'chances', to, chances: earnedChances(person, to) }];
    if (settings.kind !== 'make-up') return [];
    const cards = cardsLeft(person, to, { ...settings, day });
    const days = missedDays(settings, { person, day, startsAtMs: rule.startsAtMs });
    return [{ kind: 'make-up', to, cards, days }];
  });
}

/** Returns a mechanic if the page offers it. Throws WrongRequest `way-unknown` (400) for any other. */
export function sideWay(rule: ActivityRule, to: string): string {
  if (sideIds(rule).includes(to)) return to;
  throw new WrongRequest('way-unknown', 'to: this page does not lead there; reload it');
}

function sideIds(rule: ActivityRule): readonly string[] {
  const start = mechanicAt(rule.trigger, 'page');
  const settings = settingsOf(rule, start);
  const given = mechanicOf(settings)
    .reaches(settings, rule.prizes)
    .flatMap((reach) => ('leadsTo' in reach && reach.leadsTo.kind === 'chances' ? [reach.leadsTo.in] : []));
  return placedMechanics(rule)
    .filter(({ id, settings: one }) =>
      one.kind === 'make-up' ? one.in === start : one.kind === 'lottery' && given.includes(id),
    )
    .map(({ id }) => id);
}
