import { z } from 'zod';
import { addDays } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ParticipantFacts } from '../facts.ts';
import type { Mechanic } from './mechanic.ts';

const schema = z.strictObject({
  kind: z.literal('check-in'),
  milestones: z
    .array(z.strictObject({ streakDays: z.int().min(1).max(366), prizeId: z.string() }))
    .min(1)
    .max(20)
    .describe('Which prize a streak of so many Beijing days wins'),
});

/** Once a Beijing day; a streak of so many days wins. */
export const checkIn = {
  kind: 'check-in',
  schema,
  reaches: ({ milestones }) =>
    milestones.map(({ prizeId }, index) => ({ prizeId, path: ['milestones', index, 'prizeId'] })),
  refuse(_, { person, day, trace }) {
    const passed = person.checkInDay !== day;
    trace.push({ check: 'checked-in-today', passed, seen: person.checkInDay, limit: day });
    return passed ? null : 'checked-in-today';
  },
  play({ milestones }, { prizes, person, day, trace }) {
    const streakDays = streakAfter(person, day);
    const milestone = milestones.find((candidate) => candidate.streakDays === streakDays);
    const prize = milestone && prizes.find(({ id }) => id === milestone.prizeId);
    trace.push({ check: 'streak', passed: prize !== undefined, seen: streakDays, limit: prize?.id ?? null });
    const after = { ticket: null, person: { ...person, checkInDay: day, streakDays, checkIns: person.checkIns + 1 } };
    return prize === undefined ? { gain: null, why: 'no-milestone', ...after } : { gain: prize, ...after };
  },
} satisfies Mechanic<z.infer<typeof schema>>;

/** Returns the streak of Beijing days after checking in on `day`: one more when yesterday was one, else 1. */
function streakAfter(person: Pick<ParticipantFacts, 'checkInDay' | 'streakDays'>, day: BeijingDay): number {
  return person.checkInDay === addDays(day, -1) ? person.streakDays + 1 : 1;
}
