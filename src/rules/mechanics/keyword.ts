import { z } from 'zod';
import { gainFaults, gainOf, reachOf } from './mechanic.ts';
import type { Mechanic } from './mechanic.ts';
import { leadSchema } from './lead.ts';

const schema = z.strictObject({
  kind: z.literal('keyword'),
  prizeId: z
    .string()
    .nullable()
    .default(null)
    .describe('The prize everyone gets who says the word, while stock and budget last'),
  leadsTo: leadSchema.nullable().default(null).describe('What saying the word leads to instead of a prize'),
});

/** Whoever says the word gets the prize, first come first served. */
export const keyword = {
  kind: 'keyword',
  schema,
  reaches: (settings) => reachOf(settings),
  faults: (settings) => gainFaults(settings),
  play(settings, { prizes, person }) {
    const gain = gainOf(settings, prizes);
    if (gain === undefined) return { gain: null, why: 'sold-out', ticket: null, person };
    return { gain, ticket: null, person };
  },
} satisfies Mechanic<z.infer<typeof schema>>;
