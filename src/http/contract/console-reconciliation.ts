import { z } from 'zod';
import { nextPage, pageQuery } from './console-lists.ts';

const fen = z.int();
const atMs = z.number().describe('Unix ms');

export const reconciliationDaysQuery = pageQuery.extend({
  limit: z.coerce.number<string | number>().int().min(1).max(366).default(90),
});
export const reconciliationDaysAnswer = z.object({
  days: z.array(z.string()).describe('Beijing days with a report, `yyyy-mm-dd`, the latest first'),
  next: nextPage,
});
export type ReconciliationDaysAnswer = z.infer<typeof reconciliationDaysAnswer>;

export const reconciliationAnswer = z.object({
  day: z.string(),
  madeAtMs: atMs,
  totals: z.array(z.object({ merchantId: z.string(), state: z.string(), payouts: z.int(), amountFen: fen })),
  breakCount: z.int(),
  breaks: z
    .array(
      z.object({
        kind: z.enum(['parked', 'dead', 'unsettled', 'no-query', 'told-otherwise', 'books']),
        accountId: z.string(),
        activityId: z.string(),
        awardId: z.string().nullable(),
        orderNumber: z.string().nullable(),
        amountFen: fen,
        awardState: z.string().nullable(),
        payoutState: z.string().nullable(),
        query: z.object({ status: z.string(), atMs }).nullable().describe('What the last clear query said'),
        books: z.string().describe('Where the books have the money'),
        reason: z.string(),
        sinceMs: atMs.describe('Since when it has been so'),
      }),
    )
    .describe('The oldest 500'),
});
export type ReconciliationAnswer = z.infer<typeof reconciliationAnswer>;
