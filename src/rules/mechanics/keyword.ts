import { z } from 'zod';
import type { Mechanic } from './mechanic.ts';

const schema = z.strictObject({
  kind: z.literal('keyword'),
  prizeId: z.string().describe('The prize everyone gets who says the word, while stock and budget last'),
});

/** Whoever says the word gets the prize, first come first served. */
export const keyword = {
  kind: 'keyword',
  schema,
  reaches: ({ prizeId }) => [{ prizeId, path: ['prizeId'] }],
  play({ prizeId }, { prizes, person }) {
    const prize = prizes.find(({ id }) => id === prizeId);
    if (prize === undefined) return { gain: null, why: 'sold-out', ticket: null, person };
    return { gain: prize, ticket: null, person };
  },
} satisfies Mechanic<z.infer<typeof schema>>;
