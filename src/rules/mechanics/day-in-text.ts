import { addDays } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { numberIn } from '../number-in-text.ts';
import { lengthOfMonth, monthOf } from './check-in-calendar.ts';

const WHOLE = /(?<!\d)(?<year>\d{4})[-/.年](?<month>\d{1,2})[-/.月](?<date>\d{1,2})(?!\d)/;
// Words hold numbers too (一起, 十分), so those in Chinese need the sign behind them.
const CHINESE_DATE = /[一二三四五六七八九十]+(?=[日号號])/;
const IN_YEAR = /(?<!\d)(?<month>\d{1,2})[-/.月](?<date>\d{1,2})(?!\d)/;

/**
 * Reads the day that a text names, as 2026-11-18, 11-18, 11月18日, 18日 or 18: without a year or a month, the latest such
 * day that is not after `today`. Returns null for a text that names none, and `unreadable` for what is no day.
 */
export function dayInText(text: string, today: BeijingDay): BeijingDay | 'unreadable' | null {
  const plain = text.normalize('NFKC');
  const chinese = CHINESE_DATE.exec(plain)?.[0];
  if (!/\d/.test(plain) && chinese === undefined) return null;
  const whole = WHOLE.exec(plain)?.groups;
  if (whole !== undefined) return dayOf(whole['year'], whole['month'], whole['date']) ?? 'unreadable';
  const inYear = IN_YEAR.exec(plain)?.groups;
  if (inYear !== undefined) return latestInYear(inYear, today) ?? 'unreadable';
  const date = numberIn(chinese ?? plain);
  return (date === null ? null : latestInMonth(date, today)) ?? 'unreadable';
}

/** Eight years hold a 29 February, whatever century ends among them. */
function latestInYear(
  { month, date }: { readonly [name: string]: string | undefined },
  today: BeijingDay,
): BeijingDay | null {
  const thisYear = Number(today.slice(0, 4));
  for (let back = 0; back <= 8; back += 1) {
    const day = dayOf(String(thisYear - back), month, date);
    if (day !== null && day <= today) return day;
  }
  return null;
}

function latestInMonth(date: number, today: BeijingDay): BeijingDay | null {
  let month = monthOf(today);
  for (let back = 0; back < 3; back += 1) {
    const day = dayOf(month.slice(0, 4), month.slice(5), String(date));
    if (day !== null && day <= today) return day;
    month = monthOf(addDays(`${month}-01` as BeijingDay, -1));
  }
  return null;
}

function dayOf(year = '', month = '', date = ''): BeijingDay | null {
  const [months, dates] = [Number(month), Number(date)];
  if (months < 1 || months > 12 || dates < 1) return null;
  const first = `${year}-${month.padStart(2, '0')}-01` as BeijingDay;
  return dates > lengthOfMonth(first) ? null : (`${monthOf(first)}-${date.padStart(2, '0')}` as BeijingDay);
}
