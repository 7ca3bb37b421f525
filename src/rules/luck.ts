import { assert } from '../base/errors.ts';

/**
 * The chance of one draw. It is taken before the transaction, so that a retry of its batch decides alike, and it is all
 * the chance there is: the same facts and the same luck give the same verdict anywhere.
 */
export interface DrawLuck {
  /** One whole number for each mechanic of the rule, in its order, uniform below what `luckBounds` says. */
  readonly tickets: readonly number[];
  /**
   * 128 random bits as 32 hex digits, for what is drawn below a bound that only the locked counters tell; empty where
   * the rule needs none (`needsSeed`).
   */
  readonly seed: string;
}

/** A source of uniform whole numbers that follow from a seed. */
export interface Chance {
  /** Returns a uniform whole number in [0, bound), `bound` being 1 to 2^47. */
  below(bound: number): number;
}

const WORD = 2 ** 32;
/** Numbers of 53 bits are the largest that stay exact. */
const RANGE = 2 ** 53;
// Each try fails with a chance below 2^-6, so this many fail together once in 2^384.
const TRIES_MAX = 64;

/**
 * Expands a seed of 32 hex digits by xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/): a uniform seed makes
 * the first number exactly uniform, and rejection keeps it so for every bound. Throws OurBug for anything but a seed.
 */
export function chanceFrom(seed: string): Chance {
  assert(/^[0-9a-f]{32}$/.test(seed), 'a seed has 32 hex digits');
  const word = (index: number): number => Number.parseInt(seed.slice(index * 8, index * 8 + 8), 16) >>> 0;
  // All zeros would stay zero for ever.
  const state = { a: word(0), b: word(1), c: word(2), d: word(3) | Number(/^0+$/.test(seed)) };
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(state.b, 5), 7), 9) >>> 0;
    const shifted = state.b << 9;
    state.c ^= state.a;
    state.d ^= state.b;
    state.b ^= state.c;
    state.a ^= state.d;
    state.c ^= shifted;
    state.d = rotate(state.d, 11);
    return result;
  };
  return {
    below(bound) {
      assert(Number.isSafeInteger(bound) && bound >= 1 && bound <= 2 ** 47, `a bound is 1 to 2^47, not ${bound}`);
      const fair = RANGE - (RANGE % bound);
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const drawn = (next() >>> 11) * WORD + next();
        if (drawn < fair) return drawn % bound;
      }
      throw new RangeError('chance failed: a seed that rejects 64 times does not occur');
    },
  };
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
