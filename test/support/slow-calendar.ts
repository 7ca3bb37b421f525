import { addDays, weekdayOf } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';

/** What a check-in's settings win, with nothing but prizes. */
export interface SlowSettings {
  readonly milestones: readonly { readonly streakDays: number; readonly prizeId: string }[];
  readonly totals: readonly {
    readonly of: 'total' | 'week' | 'month';
    readonly days: number | 'all';
    readonly prizeId: string;
  }[];
  readonly restartAfterDays: number | null;
}

/** Counts the days in a row that end with the last of a set, one by one. */
export function streakBySlowCount(days: ReadonlySet<BeijingDay>): number {
  const last = [...days].sort().at(-1);
  let streak = 0;
  for (let day = last; day !== undefined && days.has(day); day = addDays(day, -1)) streak += 1;
  return streak;
}

/**
 * Adds to the prizes reached before what one more day reaches, by walking every streak of the calendar before and after
 * it: a milestone is won as often as it now stands in the streak beyond how often it stood in those that joined.
 */
export function reachedInAll(
  before: ReadonlySet<BeijingDay>,
  day: BeijingDay,
  { milestones, totals, restartAfterDays }: SlowSettings,
  reached: ReadonlyMap<string, number>,
): Map<string, number> {
  const won = new Map(reached);
  const add = (prizeId: string, times: number): void => {
    if (times > 0) won.set(prizeId, (won.get(prizeId) ?? 0) + times);
  };
  const after = new Set([...before, day]);
  const stood = [...streakOf(before, addDays(day, -1)), ...streakOf(before, addDays(day, 1))];
  const stands = streakOf(after, day);
  const at = (streak: readonly number[], streakDays: number): number =>
    streak.filter((place) => shown(place, restartAfterDays) === streakDays).length;
  for (const { streakDays, prizeId } of milestones) add(prizeId, at(stands, streakDays) - at(stood, streakDays));
  for (const { of, days, prizeId } of totals) {
    const among = periodOf(of, day);
    const count = [...after].filter((one) => among === null || among.has(one)).length;
    add(prizeId, count === (days === 'all' ? among?.size : days) ? 1 : 0);
  }
  return won;
}

/** The places 1, 2, 3 … of the days of the streak that a day is in; none where it is in none. */
function streakOf(days: ReadonlySet<BeijingDay>, day: BeijingDay): readonly number[] {
  if (!days.has(day)) return [];
  let first = day;
  while (days.has(addDays(first, -1))) first = addDays(first, -1);
  const places: number[] = [];
  for (let one = first; days.has(one); one = addDays(one, 1)) places.push(places.length + 1);
  return places;
}

function shown(place: number, restartAfterDays: number | null): number {
  let left = place;
  while (restartAfterDays !== null && left > restartAfterDays) left -= restartAfterDays;
  return left;
}

function periodOf(of: 'total' | 'week' | 'month', day: BeijingDay): ReadonlySet<BeijingDay> | null {
  if (of === 'total') return null;
  const around = Array.from({ length: 81 }, (_, offset) => addDays(day, offset - 40));
  const sameMonth = (one: BeijingDay): boolean => one.slice(0, 7) === day.slice(0, 7);
  if (of === 'month') return new Set(around.filter(sameMonth));
  let monday = day;
  while (weekdayOf(monday) !== 1) monday = addDays(monday, -1);
  return new Set(around.filter((one) => one >= monday && one < addDays(monday, 7)));
}
