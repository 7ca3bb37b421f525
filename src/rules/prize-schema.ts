import { z } from 'zod';

/** What a rule hands out. Amounts are whole fen; 4999 yuan is the most WeChat Pay sends in one packet. */
const amountFen = z.int().min(1).max(499_900);

const everyPrize = {
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.string().min(1).max(40),
  tickets: z.int().min(0).max(1_000_000_000).default(0).describe('How many of the tickets win this prize'),
  stock: z.int().min(0).max(10_000_000).describe('How many of this prize exist'),
};
const redPacketPrize = z.strictObject({
  ...everyPrize,
  kind: z.literal('red-packet'),
  // With a scene, and by arrangement.
  amountFen: amountFen.describe('What the winner gets, in fen; 100 to 20000 without a special scene'),
});
const textPrize = z.strictObject({ ...everyPrize, kind: z.literal('text') });

export const prizeSchema = z.discriminatedUnion('kind', [redPacketPrize, textPrize]);
export type Prize = z.infer<typeof prizeSchema>;
