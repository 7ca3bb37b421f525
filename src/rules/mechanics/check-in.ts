import { z } from 'zod';
import { addDays } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ParticipantFacts } from '../facts.ts';
import { gainFaults, gainOf, reachOf } from './mechanic.ts';
import type { Mechanic } from './mechanic.ts';
import { leadSchema } from './lead.ts';

const milestone = z.strictObject({
  streakDays: z.int().min(1).max(366).describe('How many Beijing days in a row'),
  prizeId: z.string().nullable().default(null).describe('The prize it wins'),
  leadsTo: leadSchema.nullable().default(null).describe('What it leads to instead of a prize'),
});
const schema = z.strictObject({
  kind: z.literal('check-in'),
  milestones: z.array(milestone).min(1).max(20).describe('What a streak of so many Beijing days wins'),
});

/** Once a Beijing day; a streak of so many days wins. */
export const checkIn = {
  kind: 'check-in',
  schema,
  reaches: ({ milestones }) => milestones.flatMap((one, index) => reachOf(one, ['milestones', index])),
  faults: ({ milestones }) => milestones.flatMap((one, index) => gainFaults(one, ['milestones', index])),
  refuse(_, { person, day, trace }) {
    const passed = person.checkInDay !== day;
    trace.push({ check: 'checked-in-today', passed, seen: person.checkInDay, limit: day });
    return passed ? null : { why: 'checked-in-today' };
  },
  play({ milestones }, { prizes, person, day, trace }) {
    const streakDays = streakAfter(person, day);
    const reached = milestones.find((candidate) => candidate.streakDays === streakDays);
    const gain = reached && gainOf(reached, prizes);
    const named = reached?.prizeId ?? reached?.leadsTo?.in ?? null;
    trace.push({ check: 'streak', passed: gain !== undefined, seen: streakDays, limit: named });
    const after = { ticket: null, person: { ...person, checkInDay: day, streakDays, checkIns: person.checkIns + 1 } };
    return gain === undefined ? { gain: null, why: 'no-milestone', ...after } : { gain, ...after };
  },
} satisfies Mechanic<z.infer<typeof schema>>;

/** Returns the streak of Beijing days after checking in on `day`: one more when yesterday was one, else 1. */
function streakAfter(person: Pick<ParticipantFacts, 'checkInDay' | 'streakDays'>, day: BeijingDay): number {
  return person.checkInDay === addDays(day, -1) ? person.streakDays + 1 : 1;
}
