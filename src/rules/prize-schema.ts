import { z } from 'zod';
import { POOL_ID } from './code-shape.ts';

/** What a rule hands out. Amounts are whole fen; 4999 yuan is the most WeChat Pay sends in one packet. */
const amountFen = z.int().min(1).max(499_900);

const everyPrize = {
  id: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .describe('Its name in this rule: small letters, digits and hyphens'),
  name: z.string().min(1).max(40).describe('What people are told they won'),
  tickets: z.int().min(0).max(1_000_000_000).default(0).describe('How many of the tickets win this prize'),
  stock: z.int().min(0).max(10_000_000).describe('How many of this prize exist'),
};
const redPacketPrize = z.strictObject({
  ...everyPrize,
  kind: z.literal('red-packet'),
  // With a scene, and by arrangement.
  amountFen: amountFen.describe('What the winner gets, in fen; 100 to 20000 without a special scene'),
});
const randomPacketPrize = z.strictObject({
  ...everyPrize,
  kind: z.literal('random-packet'),
  minFen: amountFen.describe('The least a winner gets, in fen'),
  maxFen: amountFen.describe('The most a winner gets, in fen'),
  meanFen: amountFen.describe('What winners get on average, exactly; the prize costs stock times this, never more'),
});
const groupPacketPrize = z
  .strictObject({
    ...everyPrize,
    kind: z.literal('group-packet'),
    amountFen: amountFen.min(300).describe('What all shares come to, in fen; 100 to 20000 for each share on average'),
    shares: z.int().min(3).max(20).describe('How many people get a share, the winner among them'),
  })
  .describe(
    'A packet that the winner shares with friends; WeChat Pay splits it at random. For merchants that have it only',
  );
const miniPacketPrize = z
  .strictObject({
    ...everyPrize,
    kind: z.literal('mini-packet'),
    amountFen: amountFen.describe('What the winner gets, in fen; 100 to 20000 without a special scene'),
  })
  .describe('A packet that the winner takes in a mini program, under whose app id the activity pays');
const worthFen = z
  .int()
  .min(0)
  .max(100_000_000)
  .nullable()
  .default(null)
  .describe('What one of it is worth, in fen: the law wants it published; null: not said');
const textPrize = z
  .strictObject({ ...everyPrize, kind: z.literal('text'), worthFen })
  .describe('Nothing that is paid: the text of a win says what the winner gets');
const voucherPrize = z
  .strictObject({
    ...everyPrize,
    kind: z.literal('voucher'),
    pool: z.string().regex(POOL_ID).describe('The pool of voucher codes, of which each winner gets the next one'),
    worthFen,
  })
  .describe('A code that is good elsewhere; the text of a win shows it as {code}');

const couponPrize = z
  .strictObject({
    ...everyPrize,
    kind: z.literal('coupon'),
    stockId: z
      .string()
      .regex(/^[0-9A-Za-z]{1,32}$/)
      .describe('The stock of coupons, as the merchant platform numbers it'),
  })
  .describe(
    'A coupon of WeChat Pay, from a stock that the merchant has set up and paid for there; it costs no cash here',
  );

/** Every prize there can be. */
export const prizeSchema = z.discriminatedUnion('kind', [
  redPacketPrize,
  randomPacketPrize,
  textPrize,
  voucherPrize,
  groupPacketPrize,
  miniPacketPrize,
  couponPrize,
]);
export type Prize = z.infer<typeof prizeSchema>;
export type RandomPacketPrize = z.infer<typeof randomPacketPrize>;

/** Every amount in fen that a prize states as one packet's, by the field that states it. */
export function packetAmounts(prize: Prize): readonly { readonly field: string; readonly amountFen: number }[] {
  switch (prize.kind) {
    case 'red-packet':
    case 'group-packet':
    case 'mini-packet':
      return [{ field: 'amountFen', amountFen: prize.amountFen }];
    case 'random-packet':
      return [
        { field: 'minFen', amountFen: prize.minFen },
        { field: 'maxFen', amountFen: prize.maxFen },
      ];
    case 'text':
    case 'voucher':
    case 'coupon':
      return [];
  }
}

/** Returns what one person gets of such an amount, on average where several share it: what may or may not need a scene. */
export function oneShareFen(prize: Prize, amountFen: number): number {
  return prize.kind === 'group-packet' ? Math.floor(amountFen / prize.shares) : amountFen;
}

/** Returns the most one of a prize can be worth, in fen; 0 when it is not money. */
export function largestAmountFen(prize: Prize): number {
  return Math.max(0, ...packetAmounts(prize).map(({ amountFen: amount }) => amount));
}

/** Returns what all of a prize cost together, in fen, below 2^53 by the schema's bounds. */
export function prizeCostFen(prize: Prize): number {
  switch (prize.kind) {
    case 'red-packet':
    case 'group-packet':
    case 'mini-packet':
      return prize.amountFen * prize.stock;
    case 'random-packet':
      return prize.meanFen * prize.stock;
    case 'text':
    case 'voucher':
    case 'coupon':
      return 0;
  }
}

/** Whether WeChat Pay hands a prize out: what is paid, and coupons. */
export function isHandedOut(prize: Prize): boolean {
  return prize.kind === 'coupon' || packetAmounts(prize).length > 0;
}

/** Returns what each of one kind of prize is worth, in fen; null where it is not fixed, or no money. */
export function fixedAmountFen(prize: Prize): number | null {
  return 'amountFen' in prize ? prize.amountFen : null;
}

/** Says what is wrong with a prize's numbers taken together, or null. */
export function prizeFault(prize: Prize): { readonly field: string; readonly message: string } | null {
  if (prize.kind === 'group-packet' && prize.amountFen < prize.shares * 100)
    return { field: 'amountFen', message: `${prize.shares} shares are ${prize.shares} yuan at least` };
  if (prize.kind !== 'random-packet' || (prize.minFen <= prize.meanFen && prize.meanFen <= prize.maxFen)) return null;
  return { field: 'meanFen', message: 'the mean lies between the least and the most' };
}
