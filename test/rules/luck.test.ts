import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chanceFrom } from '../../src/rules/luck.ts';
import { systemLuck } from '../../src/wiring-payouts.ts';

/** A fair source is called unfair once in a million runs: z is the normal quantile of 1 - 1e-6. */
const Z = 4.7534;

/** The value of chi-squared that a fair source passes once in a million, by Wilson and Hilferty's approximation. */
function chiSquaredMax(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread + Z * Math.sqrt(spread)) ** 3;
}

function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function tally(cells: number, draws: number, draw: () => number): readonly number[] {
  const counts = Array.from({ length: cells }, () => 0);
  for (let index = 0; index < draws; index += 1) {
    const cell = draw();
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

const CELLS = 100;
const DRAWS = 200_000;

describe('chance', () => {
  it('of the service is uniform: chi-squared over 200,000 tickets, wrong about a fair source once in 1e6 runs', () => {
    assert.ok(chiSquared(tally(CELLS, DRAWS, () => systemLuck.below(CELLS))) < chiSquaredMax(CELLS - 1));
  });

  it('that follows from the service’s seeds is uniform, the first number as well as the second', () => {
    const first = tally(CELLS, DRAWS, () => chanceFrom(systemLuck.randomId()).below(CELLS));
    const second = tally(CELLS, DRAWS, () => {
      const chance = chanceFrom(systemLuck.randomId());
      chance.below(7);
      return chance.below(CELLS);
    });
    assert.ok(chiSquared(first) < chiSquaredMax(CELLS - 1));
    assert.ok(chiSquared(second) < chiSquaredMax(CELLS - 1));
  });

  it('twin: a source that gives one ticket of a hundred a fifth too often is caught', () => {
    const loaded = (): number => {
      const cell = systemLuck.below(CELLS * 10);
      return cell >= 990 && cell < 992 ? 0 : cell % CELLS;
    };
    assert.ok(chiSquared(tally(CELLS, DRAWS * 2, loaded)) > chiSquaredMax(CELLS - 1));
  });

  it('keeps below any bound, and the same seed gives the same numbers', () => {
    const seeds = fc.array(
      fc.nat(15).map((digit) => digit.toString(16)),
      { minLength: 32, maxLength: 32 },
    );
    fc.assert(
      fc.property(seeds, fc.array(fc.integer({ min: 1, max: 2 ** 47 }), { maxLength: 20 }), (digits, bounds) => {
        const [one, two] = [chanceFrom(digits.join('')), chanceFrom(digits.join(''))];
        for (const bound of bounds) {
          const drawn = one.below(bound);
          assert.ok(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < bound);
          assert.equal(two.below(bound), drawn);
        }
      }),
    );
  });

  it('follows xoshiro128**: the first numbers of the seed 1, 2, 3, 4', () => {
    const chance = chanceFrom('00000001000000020000000300000004');
    // As published for the reference code (rust-random/rngs, rand_xoshiro): its words are 11520, 0, 5927040, 70819200: 53 bits take the upper 21 of one and all 32 of the next.
    assert.equal(chance.below(2 ** 47), 5 * 2 ** 32 + 0);
    assert.equal(chance.below(2 ** 47), ((5_927_040 >>> 11) * 2 ** 32 + 70_819_200) % 2 ** 47);
  });

  it('also comes from a seed of zeros, and from nothing that is no seed', () => {
    const numbers = Array.from({ length: 8 }, (_, index) => index);
    const chance = chanceFrom('0'.repeat(32));
    assert.ok(numbers.some(() => chance.below(1000) !== 0));
    assert.throws(() => chanceFrom('xyz'), /32 hex digits/);
    for (const bound of [0, -1, 1.5, 2 ** 48]) assert.throws(() => chance.below(bound), /a bound is 1 to 2\^47/);
  });
});
