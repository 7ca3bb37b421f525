import type { Chance } from './luck.ts';
import type { RandomPacketPrize } from './prize-schema.ts';

/** What a packet of random amount can be at this moment. */
export interface PacketRange {
  /** How many are left, this one included, and what they are worth together. */
  readonly left: number;
  readonly moneyFen: number;
  readonly leastFen: number;
  readonly mostFen: number;
}

/**
 * Returns what the next packet of a prize can be after `drawn` ones worth `givenFen`, or null when none is left. The
 * prize's money is `stock * meanFen`; the range leaves each of the others between `minFen` and `maxFen`, so however the
 * draws fall the money is never exceeded, no packet leaves its bounds, and the last one takes exactly what is left.
 */
export function packetRange(
  { stock, minFen, maxFen, meanFen }: RandomPacketPrize,
  { drawn, givenFen }: { readonly drawn: number; readonly givenFen: number },
): PacketRange | null {
  const left = stock - drawn;
  if (left <= 0) return null;
  const moneyFen = stock * meanFen - givenFen;
  const leastFen = Math.max(minFen, moneyFen - (left - 1) * maxFen);
  const mostFen = Math.min(maxFen, moneyFen - (left - 1) * minFen);
  return leastFen > mostFen ? null : { left, moneyFen, leastFen, mostFen };
}

/**
 * Draws an amount whose expectation is exactly what is left for each: `moneyFen / left`. So, draw after draw, the
 * expectation of every packet is the prize's stated mean, whatever came before.
 *
 * First that fraction becomes one of its two neighbouring whole fen, the upper as often as the fraction says. Lead the
 * amount is uniform above this middle, up to the most, or uniform below it, down to the least; above as often as
 * `(middle - least) / (most - least)`. Each side's mean lies half way, so both weigh the same and the middle is the
 * mean. Every amount from the least to the most can come; small ones are common where the mean is near the least, and
 * the spread shrinks towards the end as the money runs out. Three whole numbers are drawn, none is rounded.
 */
export function drawAmountFen({ left, moneyFen, leastFen, mostFen }: PacketRange, chance: Chance): number {
  if (leastFen === mostFen) return leastFen;
  const over = moneyFen % left;
  const middle = (moneyFen - over) / left + (over > 0 && chance.below(left) < over ? 1 : 0);
  const above = chance.below(mostFen - leastFen) < middle - leastFen;
  return above ? middle + chance.below(mostFen - middle + 1) : leastFen + chance.below(middle - leastFen + 1);
}
