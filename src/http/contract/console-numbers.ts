import { z } from 'zod';

const count = z.number().describe('Whole');
const fen = z.number().describe('Whole fen');
const day = z.string().describe('A Beijing day, as 2026-02-17');

export const periodQuery = z.object({
  from: z.string().max(10).optional().describe('First Beijing day, as 2026-02-17; `to` unless given'),
  to: z.string().max(10).optional().describe('Last Beijing day, included; today unless given'),
});

const period = z.object({ from: day, to: day });
const counted = { draws: count.describe('Draws that were not refused'), wins: count, wonFen: fen };
const dayCount = z.object({
  day,
  ...counted,
  participants: count.describe('People who drew that day, each once'),
});
export type DayCount = z.infer<typeof dayCount>;

export const activityNumbersAnswer = z.object({
  period,
  ...counted,
  participants: count.describe('People who drew in the period, each once'),
  newcomers: count.describe('Those among them who had never drawn in the activity before'),
  refusals: z.array(z.object({ why: z.string(), number: count })),
  days: z.array(dayCount).describe('Days on which anybody drew'),
  hours: z.array(z.object({ hour: z.string().describe('Beijing hour, 00 to 23'), ...counted })),
  ways: z
    .array(
      z.object({
        way: z.string().describe('`page`, `menu`, `words/` and the word, `scenes/` and the scene'),
        ...counted,
      }),
    )
    .describe('The 50 ways in that led to most draws; counted since they are'),
  packets: z
    .object({ sent: count, sentFen: fen, opened: count, openedFen: fen, returned: count, returnedFen: fen })
    .describe('Red packets for awards of the period, whenever they were sent, opened or came back'),
  odds: z
    .array(
      z.object({
        version: z.int(),
        mechanic: z.string(),
        draws: count,
        cells: z.array(
          z.object({
            prizeId: z.string().nullable().describe('Null for tickets that win nothing'),
            tickets: z.int().describe('As the rule states'),
            ofTickets: z.int(),
            drawn: count,
          }),
        ),
        test: z
          .object({ chiSquared: z.number(), degrees: z.int(), probability: z.number() })
          .nullable()
          .describe('Pearson’s chi-squared; null while there are too few draws'),
        strays: z.boolean().describe('Probability below 0.001: one honest lottery of a thousand is told so'),
      }),
    )
    .describe('Drawn tickets of all time against the stated odds, by version and mechanic'),
});
export type ActivityNumbersAnswer = z.infer<typeof activityNumbersAnswer>;

export const allNumbersAnswer = z.object({
  period,
  days: z.array(dayCount).describe('All activities together; people are counted in each activity'),
  activities: z
    .array(z.object({ accountId: z.string(), id: z.string(), name: z.string(), ...counted, participants: count }))
    .describe('Activities in which anybody drew, those with most draws first; 200 at most'),
});
export type AllNumbersAnswer = z.infer<typeof allNumbersAnswer>;
