import { z } from 'zod';

const fen = z.number().describe('Fen');
const share = z.number().describe('Between 0 and 1');
const count = z.number();
const band = z
  .object({ mean: z.number(), low: z.number(), high: z.number() })
  .describe('The mean, and between what 999 of 1000 honest activities stay');

export const expected = z.strictObject({
  followers: z.int().min(1).max(1_000_000).describe('How many people come'),
  visitsPerThousand: z
    .int()
    .min(1000)
    .max(20_000)
    .default(1500)
    .describe('How often each comes on average, in thousandths: 1500 is one and a half times'),
  days: z.int().min(1).max(92).default(7).describe('For how many days people come, to the activity’s end at most'),
  keptPercent: z.int().min(1).max(200).default(60).describe('Visits of a day for each hundred of the day before'),
  drawsPerVisit: z.int().min(1).max(10).default(1).describe('How often somebody draws at a visit, as long as they may'),
});
export type Expected = z.infer<typeof expected>;

export const forecastDraftRequest = z.strictObject({
  draft: z.record(z.string(), z.unknown()).describe('A rule; it is not stored'),
  expected: expected.exactOptional().describe('Who is expected; this or `replayOf`'),
  replayOf: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .exactOptional()
    .describe('The activity whose visitors come again, at the same hours'),
});

export const forecastAnswer = z.object({
  followers: count,
  runs: count.describe('How many times the activity was played'),
  simulatedFollowers: count.describe('People in all the runs together'),
  assumes: z.array(z.enum(['everyone-admitted', 'codes-valid', 'vouchers-enough', 'no-invitations'])),
  visits: count,
  draws: count,
  wins: count,
  refused: count,
  meanCostFen: fen,
  errorFen: fen.describe('Standard error of the mean'),
  costs: z.object({
    estimated: z.boolean().describe('From too few runs to be counted'),
    quantiles: z.array(z.object({ permille: z.number(), costFen: fen })),
    bins: z.array(z.object({ fromFen: fen, toFen: fen, share })),
  }),
  budgetFen: fen,
  budgetHitShare: share.describe('How often a prize was drawn that the budget did not pay for any more'),
  soldOut: z.object({ share, atMs: z.array(z.number()).describe('The 5th, 50th and 95th of a hundred, Unix ms') }),
  winsPerPerson: z.array(share).describe('Shares of people who won never, once, ..., five times or more'),
  prizes: z.array(z.object({ prizeId: z.string(), stock: count, meanWon: z.number(), goneShare: share })),
  fromMs: z.number().describe('Unix ms'),
  hours: z.array(z.object({ draws: band, costFen: band })).describe('Up to the end of each hour'),
  byDraws: z.array(z.object({ draws: count, costFen: band })).describe('The cost after so many draws'),
  exact: z
    .object({
      costFen: fen,
      wins: z.number(),
      draws: z.number(),
      costs: z.array(z.object({ costFen: fen, probability: share })),
    })
    .nullable()
    .describe('By every luck there is, where few enough visits are replayed'),
});
export type ForecastAnswer = z.infer<typeof forecastAnswer>;

export const watchedForecastAnswer = z.object({
  kept: z
    .object({ madeAtMs: z.number(), madeBy: z.string(), expected, forecast: forecastAnswer })
    .nullable()
    .describe('Null while none was made'),
  live: z
    .array(z.object({ untilMs: z.number().describe('Unix ms'), draws: count, costFen: fen }))
    .describe('What really came, up to the end of each hour'),
  strays: z
    .array(
      z.object({
        about: z.enum(['traffic', 'luck']).describe('luck: what so many draws came to cost'),
        side: z.enum(['above', 'below']),
        fromMs: z.number(),
        toMs: z.number(),
      }),
    )
    .describe('Parts of the live curve outside of the 99.9 % band'),
});
export type WatchedForecastAnswer = z.infer<typeof watchedForecastAnswer>;
