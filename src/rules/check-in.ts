import { addDays } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type { Prize } from './activity-rule.ts';
import type { ParticipantFacts } from './facts.ts';

/** Returns the streak of Beijing days after checking in on `day`: one more when yesterday was one, else 1. */
export function streakAfter(person: Pick<ParticipantFacts, 'checkInDay' | 'streakDays'>, day: BeijingDay): number {
  return person.checkInDay === addDays(day, -1) ? person.streakDays + 1 : 1;
}

/** Returns the prize a streak of exactly so many days has earned, or undefined. */
export function milestonePrize(
  streakDays: number,
  milestones: readonly { readonly streakDays: number; readonly prizeId: string }[],
  prizes: readonly Prize[],
): Prize | undefined {
  const milestone = milestones.find((candidate) => candidate.streakDays === streakDays);
  return milestone && prizes.find((prize) => prize.id === milestone.prizeId);
}
