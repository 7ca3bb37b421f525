import { z } from 'zod';

const fen = z.int().min(0);
const atMs = z.number().describe('Unix ms');

export const pageQuery = z.object({
  after: z.string().max(1000).optional().describe('`next` of the page before; absent for the newest'),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
});
export const nextPage = z.string().nullable().describe('Give it as `after` for the next page; null at the end');
const next = nextPage;

export const drawsAnswer = z.object({
  rows: z.array(
    z.object({
      requestKey: z.string(),
      atMs,
      openid: z.string(),
      ruleVersion: z.int(),
      outcome: z.enum(['won', 'lost', 'refused']),
      prizeId: z.string().nullable(),
      awardId: z.string().nullable(),
      amountFen: fen.nullable(),
      ticket: z.int().nullable(),
      why: z.string().nullable().describe('Why nothing was won'),
      inShort: z
        .object({ zh: z.string(), en: z.string() })
        .nullable()
        .describe('The same in a sentence that may be passed on to the person; null for a win'),
      steps: z
        .array(
          z.object({
            check: z.string(),
            passed: z.boolean(),
            seen: z.union([z.string(), z.number()]).nullable(),
            limit: z.union([z.string(), z.number()]).nullable(),
          }),
        )
        .describe('What was looked at, in order'),
    }),
  ),
  next,
});
export type DrawsAnswer = z.infer<typeof drawsAnswer>;
export type DrawLine = DrawsAnswer['rows'][number];

export const awardsAnswer = z.object({
  rows: z.array(
    z.object({
      awardId: z.string(),
      atMs,
      openid: z.string(),
      prizeId: z.string(),
      amountFen: fen,
      state: z.enum(['reserved', 'sending', 'sent', 'received', 'returned', 'parked', 'given']),
      orderNumber: z.string().nullable().describe('mch_billno at WeChat Pay'),
      payoutState: z.string().nullable(),
      reason: z.string().nullable(),
      attempts: z.int().describe('Calls made to WeChat Pay for it'),
    }),
  ),
  next,
});
export type AwardsAnswer = z.infer<typeof awardsAnswer>;
export type AwardLine = AwardsAnswer['rows'][number];

export const booksAnswer = z.object({
  spentFen: fen.describe('What was won as the counters say, at the moment of the sums'),
  sums: z.array(z.object({ account: z.string(), debitFen: fen, creditFen: fen, balanceFen: z.int() })),
  rows: z.array(
    z.object({
      entryId: z.int(),
      atMs,
      kind: z.string(),
      debit: z.string(),
      credit: z.string(),
      amountFen: fen,
      awardId: z.string().nullable(),
    }),
  ),
  next,
});
export type BooksAnswer = z.infer<typeof booksAnswer>;
export type BookLine = BooksAnswer['rows'][number];
