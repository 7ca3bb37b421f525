import { z } from 'zod';

const inWords = z.object({ zh: z.string(), en: z.string() });

/** `draft` for what is being drafted, else a version's number. */
const compared = z.union([z.literal('draft'), z.coerce.number<string | number>().int().min(1).max(1_000_000)]);

export const versionsAnswer = z.object({
  versions: z
    .array(
      z.object({
        version: z.int(),
        publishedAtMs: z.number().describe('Unix ms'),
        publishedBy: z.string().nullable().describe('The operator’s name; null for somebody the console does not know'),
        inForce: z.boolean().describe('Whether draws are decided by it now'),
      }),
    )
    .describe('The newest 200, the newest first'),
});
export type VersionsAnswer = z.infer<typeof versionsAnswer>;

export const changesQuery = z.object({
  from: compared.describe('What to begin with: a version’s number or draft'),
  to: compared.describe('What to hold against it: a version’s number or draft'),
});

export const changesAnswer = z.object({
  changes: z.array(
    z.object({
      path: z.string().describe('Where in the rule, prizes and chained mechanics by their ids: prizes.gold.amountFen'),
      label: inWords,
      before: inWords.describe('Money in yuan, times of Beijing, prizes by their names'),
      after: inWords,
    }),
  ),
});
export type ChangesAnswer = z.infer<typeof changesAnswer>;
