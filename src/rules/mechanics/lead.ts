import { z } from 'zod';

/** A mechanic's place in its rule: `main`, or the id it has among the chained ones. */
export const mechanicId = z.string().regex(/^[a-z0-9-]{1,32}$/);

/** Where a gain leads that is no prize itself. */
export const leadSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('draw'), in: mechanicId.describe('The mechanic that is played at once') }),
  z.strictObject({
    kind: z.literal('chances'),
    in: mechanicId.describe('The lottery of earned chances, or the make-up, in which they can be spent'),
    count: z.int().min(1).max(100).describe('How many chances'),
  }),
]);
export type Lead = z.infer<typeof leadSchema>;
