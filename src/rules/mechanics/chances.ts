import { z } from 'zod';
import type { Mechanic } from './mechanic.ts';
import { mechanicId } from './lead.ts';

const schema = z.strictObject({
  kind: z.literal('chances'),
  in: mechanicId.describe('The lottery of earned chances, or the make-up, in which they can be spent'),
  count: z.int().min(1).max(100).describe('How many chances each time'),
});

/** Gives chances in a lottery: for a payment, an accepted invitation, a first follow. */
export const chances = {
  kind: 'chances',
  schema,
  reaches: (settings) => [{ leadsTo: settings, path: ['in'] }],
  play: (settings, { person }) => ({ gain: settings, ticket: null, person }),
} satisfies Mechanic<z.infer<typeof schema>>;
