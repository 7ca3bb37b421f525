/** A calendar day in Beijing, `yyyy-mm-dd`. Compares and sorts as text. */
export type BeijingDay = string & { readonly __unit: 'beijing-day' };

// China has kept UTC+8 without summer time since 1991-09-15, so a fixed offset is exact for every day we handle.
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Takes a Unix time in ms and returns the Beijing day it falls on. */
export function beijingDay(atMs: number): BeijingDay {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 10) as BeijingDay;
}

/** Takes a Unix time in ms and returns the Beijing hour it falls in, `00` to `23`. */
export function beijingHour(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(11, 13);
}

/** Takes a Beijing day and returns the Unix time in ms at which it begins. */
export function startOfBeijingDayMs(day: BeijingDay): number {
  return Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
}

/** Takes a Beijing day and returns the day `days` later (earlier when negative). */
export function addDays(day: BeijingDay, days: number): BeijingDay {
  return beijingDay(startOfBeijingDayMs(day) + days * DAY_MS);
}

/** Takes a Unix time in ms and returns `yyyy-MM-dd HH:mm:ss` Beijing wall-clock time. */
export function beijingTime(atMs: number): string {
  return new Date(atMs + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Returns how many days `later` comes after `earlier`; negative when it comes before. */
export function daysBetween(earlier: BeijingDay, later: BeijingDay): number {
  return (startOfBeijingDayMs(later) - startOfBeijingDayMs(earlier)) / DAY_MS;
}

/** Returns the day of the week, Monday 1 to Sunday 7. */
export function weekdayOf(day: BeijingDay): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}
