import { z } from 'zod';
import { FEN_MAX } from '../../base/fen.ts';

const atMs = z.number().describe('Unix ms');

export const enterBalanceRequest = z.strictObject({
  kind: z
    .enum(['top-up', 'stated'])
    .describe('top-up: paid in; stated: the balance, as the merchant platform shows it'),
  amountFen: z.int().min(0).max(FEN_MAX),
  note: z.string().trim().max(200).default(''),
});

export const balancesAnswer = z.object({
  merchants: z.array(
    z.object({
      merchantId: z.string(),
      balanceFen: z
        .number()
        .nullable()
        .describe('What was stated, plus top-ups, less what left since; null before anything was entered'),
      empty: z.boolean().describe('WeChat Pay said NOTENOUGH and nothing was entered since'),
      leftFen: z.number(),
      leftWithinMs: z.number(),
      hourFen: z.number().describe('What leaves in an hour at the pace of the last one'),
      emptyAtMs: atMs.nullable().describe('When nothing is left at this pace; null while nothing leaves'),
      entries: z
        .array(
          z.object({
            kind: z.enum(['top-up', 'stated', 'empty']),
            amountFen: z.number(),
            note: z.string(),
            enteredByName: z.string().nullable(),
            enteredAtMs: atMs,
          }),
        )
        .describe('The last 10, newest first'),
    }),
  ),
});
export type BalancesAnswer = z.infer<typeof balancesAnswer>;
export type MerchantBalance = BalancesAnswer['merchants'][number];
