import { z } from 'zod';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ParticipantFacts } from '../facts.ts';
import {
  addCheckIn,
  calendarOf,
  daysInMonthOf,
  daysInWeekOf,
  isCheckedIn,
  lengthOfMonth,
} from './check-in-calendar.ts';
import type { DayAdded } from './check-in-calendar.ts';
import { leadSchema } from './lead.ts';
import { gainFaults, gainOf, reachOf } from './mechanic.ts';
import type { GainSettings, Mechanic, Play, SettingsFault } from './mechanic.ts';
import { owedGains, owedInAll, withOwed } from './owed-gains.ts';
import type { OwedGains } from './owed-gains.ts';

const gains = {
  prizeId: z.string().nullable().default(null).describe('The prize it wins'),
  leadsTo: leadSchema.nullable().default(null).describe('What it leads to instead of a prize'),
};
const milestone = z.strictObject({
  streakDays: z.int().min(1).max(366).describe('How many Beijing days in a row'),
  ...gains,
});
const total = z.strictObject({
  of: z
    .enum(['total', 'week', 'month'])
    .describe(
      'total: the days of the whole activity; week: those of a week, Monday to Sunday; month: those of a month',
    ),
  days: z
    .union([z.int().min(1).max(10_000), z.literal('all')])
    .describe('How many days, in a row or not; all: every day of the week or the month'),
  ...gains,
});
const schema = z.strictObject({
  kind: z.literal('check-in'),
  milestones: z.array(milestone).max(20).describe('What a streak of so many Beijing days wins'),
  totals: z.array(total).max(20).default([]).describe('What so many Beijing days win, in a row or not'),
  restartAfterDays: z
    .int()
    .min(1)
    .max(366)
    .nullable()
    .default(null)
    .describe('A streak counts anew after so many days, so that its milestones repeat; null: it grows on'),
});
/** What an operator sets for checking in. */
export type CheckInSettings = z.infer<typeof schema>;

/**
 * Once a Beijing day; a streak of so many days wins, and so many days in a week, a month or in all. A day that reaches
 * several wins the first of them; the rest is owed, and given one by one when the person checks in again.
 */
export const checkIn = {
  kind: 'check-in',
  schema,
  reaches: (settings) => placedGains(settings).flatMap(({ gain, path }) => reachOf(gain, path)),
  faults: (settings) => [
    ...placedGains(settings).flatMap(({ gain, path }) => gainFaults(gain, path)),
    ...countFaults(settings),
  ],
  refuse(_, { id, person, day, forDay, trace }) {
    // What led here with an earlier day has looked at it.
    if (forDay !== null) return null;
    const passed = !isCheckedIn(calendarOf(person, id), day) || owedInAll(person, id) > 0;
    trace.push({ check: 'checked-in-today', passed, seen: person.checkInDay, limit: day });
    return passed ? null : { why: 'checked-in-today' };
  },
  play(settings, play) {
    const { id, day, forDay, prizes, trace } = play;
    const at = forDay ?? day;
    const calendar = calendarOf(play.person, id);
    const fresh = !isCheckedIn(calendar, at);
    const added = fresh ? addCheckIn(play.person, calendar, at) : null;
    const checkedIn = added === null ? play.person : personWith(play, added);
    const before = owedGains(play.person, id);
    const due = added === null ? before : withReached(settings, before, { at, added, total: checkedIn.checkIns });
    if (added !== null) trace.push({ check: 'check-in', passed: true, seen: at, limit: forDay === null ? null : day });
    const given = placedGains(settings).find(({ name }) => (due[name] ?? 0) > 0);
    const gain = given && gainOf(given.gain, prizes);
    const named = given === undefined ? null : (given.gain.prizeId ?? given.gain.leadsTo?.in ?? null);
    const seen = streakShown(settings, checkedIn.streakDays);
    trace.push({ check: 'streak', passed: gain !== undefined, seen, limit: named });
    const left = given === undefined ? due : { ...due, [given.name]: (due[given.name] ?? 0) - 1 };
    const after = {
      ticket: null,
      person: withOwed(checkedIn, id, left),
      marks: fresh ? [{ kind: 'check-in' as const, day: at, madeUp: forDay !== null }] : [],
    };
    return gain === undefined ? { gain: null, why: 'no-milestone', ...after } : { gain, ...after };
  },
} satisfies Mechanic<CheckInSettings>;

/** Returns the days of a streak as they are told: counted anew after so many. */
export function streakShown({ restartAfterDays }: Pick<CheckInSettings, 'restartAfterDays'>, days: number): number {
  return restartAfterDays === null || days === 0 ? days : ((days - 1) % restartAfterDays) + 1;
}

interface PlacedGain {
  /** What it is called among what is owed. */
  readonly name: string;
  readonly gain: GainSettings;
  readonly path: readonly (string | number)[];
}

function placedGains({ milestones, totals }: CheckInSettings): readonly PlacedGain[] {
  const placed = (list: 'milestones' | 'totals') => (gain: GainSettings, index: number) => ({
    name: `${list}.${index}`,
    gain,
    path: [list, index],
  });
  return [...milestones.map(placed('milestones')), ...totals.map(placed('totals'))];
}

function countFaults({ milestones, totals, restartAfterDays }: CheckInSettings): readonly SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (milestones.length + totals.length === 0)
    faults.push({ path: ['milestones'], message: 'say what checking in wins: a milestone or a total' });
  milestones.forEach(({ streakDays }, index) => {
    if (restartAfterDays === null || streakDays <= restartAfterDays) return;
    const message = `no streak gets so long: it counts anew after ${restartAfterDays} days`;
    faults.push({ path: ['milestones', index, 'streakDays'], message });
  });
  totals.forEach(({ of, days }, index) => {
    const path = ['totals', index, 'days'];
    if (of === 'total' && days === 'all')
      faults.push({ path, message: 'say how many: only a week or a month has all' });
    const most = of === 'week' ? 7 : 31;
    if (of !== 'total' && days !== 'all' && days > most)
      faults.push({ path, message: `a ${of} has ${most} days at most` });
  });
  return faults;
}

function personWith({ id, person }: Play, { calendar, checkInDay, streakDays }: DayAdded): ParticipantFacts {
  const own = Object.hasOwn(person.state, id) ? person.state[id] : null;
  const rest = typeof own === 'object' && own !== null ? own : {};
  const state = { ...person.state, [id]: { ...rest, months: calendar } };
  return { ...person, checkInDay, streakDays, checkIns: person.checkIns + 1, state };
}

/** Adds what a new day reaches to what is owed. `total`: the days checked in on in all, with this one. */
function withReached(
  { milestones, totals, restartAfterDays }: CheckInSettings,
  owed: OwedGains,
  { at, added, total: inAll }: { readonly at: BeijingDay; readonly added: DayAdded; readonly total: number },
): OwedGains {
  const { before, after, calendar } = added;
  const due: Record<string, number> = { ...owed };
  const add = (name: string, times: number): void => {
    if (times > 0) due[name] = (due[name] ?? 0) + times;
  };
  milestones.forEach(({ streakDays }, index) => {
    // Of two for the same streak only the first was ever given.
    if (milestones.findIndex((one) => one.streakDays === streakDays) !== index) return;
    const times = (days: number): number => timesReached(days, streakDays, restartAfterDays);
    // What the streaks that a made-up day joins have reached by themselves was given already.
    add(`milestones.${index}`, times(before + 1 + after) - times(before) - times(after));
  });
  const counts = { total: inAll, week: daysInWeekOf(calendar, at), month: daysInMonthOf(calendar, at) };
  const whole = { total: null, week: 7, month: lengthOfMonth(at) };
  totals.forEach(({ of, days }, index) => {
    add(`totals.${index}`, counts[of] === (days === 'all' ? whole[of] : days) ? 1 : 0);
  });
  return due;
}

/** How often a streak of `days` has been at a milestone since it began. */
function timesReached(days: number, milestoneDays: number, restartAfterDays: number | null): number {
  if (days < milestoneDays) return 0;
  if (restartAfterDays === null) return 1;
  const beyond = days - milestoneDays;
  return (beyond - (beyond % restartAfterDays)) / restartAfterDays + 1;
}
