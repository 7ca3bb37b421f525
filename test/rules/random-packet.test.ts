import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { Chance } from '../../src/rules/luck.ts';
import { chanceFrom } from '../../src/rules/luck.ts';
import type { RandomPacketPrize } from '../../src/rules/prize-schema.ts';
import { drawAmountFen, packetRange } from '../../src/rules/random-packet.ts';
import type { PacketRange } from '../../src/rules/random-packet.ts';
import { lotteryRule } from '../support/live-activity.ts';

/** Every way chance can fall, with how likely each amount is, as exact fractions. */
function outcomes(range: PacketRange): ReadonlyMap<number, readonly [bigint, bigint]> {
  const found = new Map<number, readonly [bigint, bigint]>();
  const walk = (drawn: readonly number[]): void => {
    const asked: number[] = [];
    const chance: Chance = {
      below(bound) {
        asked.push(bound);
        return drawn[asked.length - 1] ?? 0;
      },
    };
    const amount = drawAmountFen(range, chance);
    if (asked.length > drawn.length) {
      const bound = asked[drawn.length] ?? 1;
      for (let value = 0; value < bound; value += 1) walk([...drawn, value]);
      return;
    }
    const weight = asked.reduce((product, bound) => product * BigInt(bound), 1n);
    const [above, below] = found.get(amount) ?? [0n, 1n];
    found.set(amount, [above * weight + below, below * weight]);
  };
  walk([]);
  return found;
}

const prizes = fc
  .tuple(fc.nat(400), fc.nat(400), fc.nat(400), fc.integer({ min: 1, max: 40 }))
  .map(([one, two, three, stock]): RandomPacketPrize => {
    const [minFen, meanFen, maxFen] = [one, two, three].map((fen) => fen + 100).toSorted((a, b) => a - b);
    assert.ok(minFen !== undefined && meanFen !== undefined && maxFen !== undefined);
    return { id: 'lucky', name: '随机红包', kind: 'random-packet', minFen, maxFen, meanFen, tickets: 1, stock };
  });
const seeds = fc
  .array(
    fc.nat(15).map((digit) => digit.toString(16)),
    { minLength: 32, maxLength: 32 },
  )
  .map((all) => all.join(''));

describe('packets of random amount', () => {
  it('are exactly what is left for each on average, every amount of the range being possible', () => {
    const small = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(5), fc.nat(5)).chain(([left, below, above]) =>
      fc.integer({ min: (1 + below) * left - below * left, max: (1 + below + above) * left }).map((moneyFen) => ({
        left,
        moneyFen,
        leastFen: 1,
        mostFen: 1 + below + above,
      })),
    );
    fc.assert(
      fc.property(small, (range) => {
        const all = outcomes(range);
        let sum: readonly [bigint, bigint] = [0n, 1n];
        let likely: readonly [bigint, bigint] = [0n, 1n];
        for (const [amount, [above, below]] of all) {
          assert.ok(amount >= range.leastFen && amount <= range.mostFen);
          sum = [sum[0] * below + BigInt(amount) * above * sum[1], sum[1] * below];
          likely = [likely[0] * below + above * likely[1], likely[1] * below];
        }
        assert.equal(likely[0], likely[1]);
        assert.equal(sum[0] * BigInt(range.left), BigInt(range.moneyFen) * sum[1]);
        const inside = range.moneyFen > range.leastFen * range.left && range.moneyFen < range.mostFen * range.left;
        if (inside) assert.equal(all.size, range.mostFen - range.leastFen + 1);
      }),
      { numRuns: 200 },
    );
  });

  it('never leave their bounds or go beyond the money, and the last one takes exactly what is left', () => {
    fc.assert(
      fc.property(prizes, seeds, (prize, seed) => {
        const chance = chanceFrom(seed);
        let givenFen = 0;
        for (let drawn = 0; drawn < prize.stock; drawn += 1) {
          const range = packetRange(prize, { drawn, givenFen });
          assert.ok(range !== null);
          const amountFen = drawAmountFen(range, chance);
          assert.ok(amountFen >= prize.minFen && amountFen <= prize.maxFen);
          givenFen += amountFen;
          const leftFen = prize.stock * prize.meanFen - givenFen;
          assert.ok(leftFen >= (prize.stock - drawn - 1) * prize.minFen);
        }
        assert.equal(givenFen, prize.stock * prize.meanFen);
        assert.equal(packetRange(prize, { drawn: prize.stock, givenFen }), null);
      }),
      { numRuns: 2000 },
    );
  });

  it('stay within bounds from any point that can be reached', () => {
    fc.assert(
      fc.property(prizes, fc.nat(1_000_000), (prize, share) => {
        const leastMoney = prize.minFen;
        const mostMoney = prize.maxFen;
        const moneyFen = leastMoney + (share % (mostMoney - leastMoney + 1));
        const drawn = prize.stock - 1;
        const range = packetRange(prize, { drawn, givenFen: prize.stock * prize.meanFen - moneyFen });
        assert.deepEqual(range, { left: 1, moneyFen, leastFen: moneyFen, mostFen: moneyFen });
      }),
    );
  });

  it('have a mean between their bounds and amounts that WeChat Pay takes, or the rule says which is wrong', () => {
    const faults = (changes: object) => {
      const prize = {
        id: 'a',
        name: 'a',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 300,
        meanFen: 200,
        stock: 1,
      } as const;
      const read = activityRuleSchema.safeParse(lotteryRule({ prizes: [{ ...prize, tickets: 1, ...changes }] }));
      return read.error?.issues.map(({ path }) => path.join('.')) ?? [];
    };
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ meanFen: 301 }), ['prizes.0.meanFen']);
    assert.deepEqual(faults({ meanFen: 99 }), ['prizes.0.meanFen']);
    assert.deepEqual(faults({ minFen: 99, maxFen: 20_001 }), ['prizes.0.minFen', 'prizes.0.maxFen']);
    assert.deepEqual(faults({ meanFen: 1.5 }), ['prizes.0.meanFen']);
  });
});
