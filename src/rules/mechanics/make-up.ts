import { z } from 'zod';
import { addDays, beijingDay } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { calendarOf, firstCheckIn, isCheckedIn } from './check-in-calendar.ts';
import { dayInText } from './day-in-text.ts';
import { mechanicId } from './lead.ts';
import { cardsLeft, withCardSpent } from './make-up-cards.ts';
import type { Mechanic, Play } from './mechanic.ts';

const schema = z.strictObject({
  kind: z.literal('make-up'),
  in: mechanicId.describe('The check-in whose missed days are made up'),
  cardsPerMonth: z.int().min(0).max(31).default(0).describe('How many cards everybody has each month'),
  reachBackDays: z.int().min(1).max(31).default(7).describe('How many days back a day may lie'),
});
/** What an operator sets for making up. */
export type MakeUpSettings = z.infer<typeof schema>;

/**
 * Makes a missed day of a check-in count, for a card: one of the month's, or one that was earned as a chance in it. The
 * day is the one the person names, or the latest they missed, and never one before the activity began for them.
 */
export const makeUp = {
  kind: 'make-up',
  schema,
  reaches: (settings) => [{ leadsTo: { kind: 'draw', in: settings.in }, path: ['in'] }],
  refuse(settings, play) {
    const { id, person, day, said, trace } = play;
    const cards = cardsLeft(person, id, { ...settings, day });
    trace.push({ check: 'no-card', passed: cards > 0, seen: cards, limit: 1 });
    if (cards === 0) return { why: 'no-card' };
    const found = missedDay(settings, play);
    trace.push({ check: 'nothing-to-make-up', passed: found !== null, seen: found ?? said, limit: day });
    return found === null ? { why: 'nothing-to-make-up' } : null;
  },
  play(settings, play) {
    const { id, person, day } = play;
    const forDay = missedDay(settings, play);
    if (forDay === null) return { gain: null, why: 'not-admitted', ticket: null, person };
    const spent = withCardSpent(person, id, { ...settings, day });
    return { gain: { kind: 'draw', in: settings.in }, forDay, ticket: null, person: spent };
  },
} satisfies Mechanic<MakeUpSettings>;

/** Returns the day to be made up: the one that was named if it can be, else the latest one; null for none. */
function missedDay(settings: MakeUpSettings, play: Play): BeijingDay | null {
  const named = play.said === null ? null : dayInText(play.said, play.day);
  return missedDays(settings, play).find((missed) => named === null || named === missed) ?? null;
}

/** Returns the days that a person may make up, the latest first. */
export function missedDays(
  settings: Pick<MakeUpSettings, 'in' | 'reachBackDays'>,
  { person, day, startsAtMs }: Pick<Play, 'person' | 'day' | 'startsAtMs'>,
): readonly BeijingDay[] {
  const calendar = calendarOf(person, settings.in);
  const first = startsAtMs === null ? firstCheckIn(calendar) : beijingDay(startsAtMs);
  if (first === null) return [];
  const days = Array.from({ length: settings.reachBackDays }, (_, index) => addDays(day, -1 - index));
  return days.filter((missed) => missed >= first && !isCheckedIn(calendar, missed));
}
