import { z } from 'zod';

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'needs a day such as 2026-11-20');
const fen = z.number().describe('Fen');

export const personMonthQuery = z.object({
  month: z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, 'needs a month such as 2026-11'),
  format: z.enum(['csv', 'xlsx']).default('csv'),
  language: z.enum(['zh', 'en']).default('zh'),
});

export const merchantDaysQuery = z.object({ from: day, to: day });
export const merchantDaysAnswer = z.object({
  days: z.array(
    z.object({
      merchantId: z.string(),
      day,
      sent: z.number().describe('Packets whose money left on that day'),
      sentFen: fen,
      returned: z.number(),
      returnedFen: fen,
    }),
  ),
});
export type MerchantDaysAnswer = z.infer<typeof merchantDaysAnswer>;

export const fundFlowQuery = z.object({ day });
export const fundFlowAnswer = z.object({
  lines: z.number(),
  others: z.number().describe('Lines about other things than packets and transfers'),
  bill: z.object({ sent: z.number(), sentFen: fen, returned: z.number(), returnedFen: fen }),
  books: z.object({ sent: z.number(), sentFen: fen }),
  matched: z.number(),
  breakCount: z.number(),
  breaks: z
    .array(
      z.object({
        kind: z.enum([
          'not-in-books',
          'amount-differs',
          'not-paid-in-books',
          'not-returned-in-books',
          'not-in-bill',
          'twice-in-bill',
        ]),
        line: z.number().nullable(),
        number: z.string(),
        billFen: fen.nullable(),
        booksFen: fen.nullable(),
        nearMidnight: z.boolean(),
      }),
    )
    .describe('The first 500'),
});
export type FundFlowAnswer = z.infer<typeof fundFlowAnswer>;
