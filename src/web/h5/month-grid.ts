/** A day of the month: `column` is 1 for Monday to 7 for Sunday. */
export interface MonthDay {
  readonly day: string;
  readonly number: number;
  readonly column: number;
}

/** Returns all days of the month that a day such as 2026-11-21 lies in. Plain calendar days: no time zone plays a part. */
export function monthGrid(today: string): readonly MonthDay[] {
  const [year = 1970, month = 1] = today.split('-').map(Number);
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: days }, (_, index) => ({
    day: `${today.slice(0, 8)}${String(index + 1).padStart(2, '0')}`,
    number: index + 1,
    column: ((new Date(Date.UTC(year, month - 1, index + 1)).getUTCDay() + 6) % 7) + 1,
  }));
}
