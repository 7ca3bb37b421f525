import { z } from 'zod';

/** What every refused or failed request of the console's API answers with. */
export const problemSchema = z.object({
  code: z.string().describe('Stable machine word, such as revision-stale'),
  message: z.string().describe('What is wrong and what to do, in English'),
  faults: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .describe('Faults by field, when there are fields'),
  present: z.unknown().exactOptional().describe('What stands now, when someone changed it meanwhile'),
});
export type Problem = z.infer<typeof problemSchema>;
