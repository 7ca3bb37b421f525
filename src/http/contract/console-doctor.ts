import { z } from 'zod';

const said = z.object({ en: z.string(), zh: z.string() });

export const doctorAnswer = z.object({
  atMs: z.number().describe('When it was looked, Unix ms'),
  findings: z.array(
    z.object({
      check: z.string().describe('Such as `certificate` or `signed-query`'),
      about: z.string().describe('Which account, merchant or variable'),
      state: z.enum(['ok', 'warning', 'failed', 'skipped']),
      found: said,
      causes: z.array(said).describe('What usually causes it, the most usual first'),
      todo: z.array(said).describe('What to do about it, and where'),
    }),
  ),
});
export type DoctorAnswer = z.infer<typeof doctorAnswer>;
