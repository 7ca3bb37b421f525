import { z } from 'zod';

const SUBJECTS = ['draws', 'awards', 'payouts', 'people'] as const;
const FORMATS = ['csv', 'xlsx'] as const;

export const exportQuery = z.object({
  subject: z.enum(SUBJECTS).describe('What the rows are'),
  format: z.enum(FORMATS),
  from: z.string().max(10).optional().describe('First Beijing day, as 2026-02-17; people are exported whole'),
  to: z.string().max(10).optional().describe('Last Beijing day, included; today unless given'),
  language: z.enum(['zh', 'en']).default('zh').describe('Of the columns’ heads'),
});

export const exportsAnswer = z.object({
  exports: z
    .array(
      z.object({
        id: z.string(),
        subject: z.enum(SUBJECTS),
        format: z.enum(FORMATS),
        period: z.object({ from: z.string(), to: z.string() }).nullable(),
        askedBy: z.string(),
        askedByName: z.string().nullable(),
        state: z
          .enum(['running', 'finished', 'broken'])
          .describe('broken: whoever read it went away, or the service did'),
        rows: z.number().describe('Written so far'),
        beganAtMs: z.number().describe('Unix ms'),
        seenAtMs: z.number().describe('Unix ms of the last count'),
      }),
    )
    .describe('The last 20, newest first'),
});
export type ExportsAnswer = z.infer<typeof exportsAnswer>;
