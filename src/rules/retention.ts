import { addDays, beijingDay, startOfBeijingDayMs } from '../base/beijing-day.ts';

/**
 * Returns the Unix time in ms before which somebody must have been seen last to be forgotten now: so many whole Beijing
 * days lie between the day they were seen and today.
 */
export function forgottenBeforeMs(nowMs: number, retentionDays: number): number {
  return startOfBeijingDayMs(addDays(beijingDay(nowMs), -retentionDays));
}
