import { addDays, weekdayOf } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ParticipantFacts } from '../facts.ts';

/**
 * The Beijing days a person checked in on: for each month, as 2026-11, bit 0 for its first day up to bit 30. At least
 * the twelve months before the last check-in's own are known, which is what anything that looks back is held against.
 */
export type CheckInCalendar = Readonly<Record<string, number>>;

const MONTHS_BACK = 12;
const MONTH = /^\d{4}-\d{2}$/;
const MASK_MAX = 2 ** 31 - 1;

/** A day put into a calendar, and what it joins. */
export interface DayAdded {
  readonly calendar: CheckInCalendar;
  /** Days in a row right before it and right behind it. */
  readonly before: number;
  readonly after: number;
  /** The last day checked in on, and the days in a row that end with it. */
  readonly checkInDay: BeijingDay;
  readonly streakDays: number;
}

/**
 * Returns the days that a check-in mechanic remembers of a person; where it remembers none, or nothing readable, those
 * of the last streak.
 */
export function calendarOf(person: ParticipantFacts, id: string): CheckInCalendar {
  const own = Object.hasOwn(person.state, id) ? person.state[id] : null;
  const months = typeof own === 'object' && own !== null && 'months' in own ? own.months : null;
  return isCalendar(months) ? months : lastStreak(person);
}

function isCalendar(value: unknown): value is CheckInCalendar {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value as Readonly<Record<string, unknown>>).every(
    ([month, mask]) => MONTH.test(month) && Number.isInteger(mask) && Number(mask) >= 0 && Number(mask) <= MASK_MAX,
  );
}

function lastStreak({ checkInDay, streakDays }: ParticipantFacts): CheckInCalendar {
  if (checkInDay === null) return {};
  const days: Record<string, number> = {};
  const first = firstMonthKept(checkInDay);
  let day = checkInDay;
  for (let count = 0; count < streakDays && monthOf(day) >= first; count += 1) {
    days[monthOf(day)] = (days[monthOf(day)] ?? 0) | bitOf(day);
    day = addDays(day, -1);
  }
  return days;
}

/** Says whether a person checked in on a day. */
export function isCheckedIn(calendar: CheckInCalendar, day: BeijingDay): boolean {
  return ((calendar[monthOf(day)] ?? 0) & bitOf(day)) !== 0;
}

/** Returns the first day known, or null of an empty calendar. */
export function firstCheckIn(calendar: CheckInCalendar): BeijingDay | null {
  const [month] = Object.keys(calendar)
    .filter((one) => calendar[one] !== 0)
    .sort();
  if (month === undefined) return null;
  let date = 1;
  while (((calendar[month] ?? 0) & (1 << (date - 1))) === 0) date += 1;
  return `${month}-${String(date).padStart(2, '0')}` as BeijingDay;
}

/** Puts a day that is not in it into a person's calendar, whether it is the latest or one made up. */
export function addCheckIn(person: ParticipantFacts, calendar: CheckInCalendar, day: BeijingDay): DayAdded {
  const { checkInDay: last } = person;
  // The streak that ends with the last check-in may be longer than the calendar remembers.
  const before = last === addDays(day, -1) ? person.streakDays : inARow(calendar, day, -1);
  const after = last === null || last < day ? 0 : inARow(calendar, day, 1);
  const latest = last === null || addDays(day, after) >= last;
  const checkInDay = last === null || last < day ? day : last;
  return {
    calendar: withDay(calendar, day, checkInDay),
    before,
    after,
    checkInDay,
    streakDays: latest ? before + 1 + after : person.streakDays,
  };
}

function withDay(calendar: CheckInCalendar, day: BeijingDay, last: BeijingDay): CheckInCalendar {
  const first = firstMonthKept(last);
  const kept = Object.entries(calendar).filter(([month]) => month >= first);
  const month = monthOf(day);
  return { ...Object.fromEntries(kept), [month]: (calendar[month] ?? 0) | bitOf(day) };
}

/** A calendar has an end, so this has one. */
function inARow(calendar: CheckInCalendar, day: BeijingDay, step: 1 | -1): number {
  let count = 0;
  while (isCheckedIn(calendar, addDays(day, step * (count + 1)))) count += 1;
  return count;
}

/** Returns on how many days of a day's calendar month a person checked in. */
export function daysInMonthOf(calendar: CheckInCalendar, day: BeijingDay): number {
  let mask = calendar[monthOf(day)] ?? 0;
  let count = 0;
  for (; mask !== 0; mask &= mask - 1) count += 1;
  return count;
}

/** Returns on how many days of a day's week, Monday to Sunday, a person checked in. */
export function daysInWeekOf(calendar: CheckInCalendar, day: BeijingDay): number {
  const monday = addDays(day, 1 - weekdayOf(day));
  return [0, 1, 2, 3, 4, 5, 6].filter((offset) => isCheckedIn(calendar, addDays(monday, offset))).length;
}

/** Returns how many days the calendar month of a day has. */
export function lengthOfMonth(day: BeijingDay): number {
  // The fourth week never leads out of the next month's first days.
  const inNext = addDays(`${monthOf(day)}-28` as BeijingDay, 4);
  return Number(addDays(`${monthOf(inNext)}-01` as BeijingDay, -1).slice(8));
}

/** Returns the month of a day, as 2026-11. */
export function monthOf(day: BeijingDay): string {
  return day.slice(0, 7);
}

function firstMonthKept(last: BeijingDay): string {
  const year = Number(last.slice(0, 4)) - MONTHS_BACK / 12;
  return `${String(year).padStart(4, '0')}${last.slice(4, 7)}`;
}

function bitOf(day: BeijingDay): number {
  return 1 << (Number(day.slice(8)) - 1);
}
