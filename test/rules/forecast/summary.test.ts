import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import type { Run } from '../../../src/rules/forecast/simulate-run.ts';
import { summarize } from '../../../src/rules/forecast/summary.ts';
import type { Forecast } from '../../../src/rules/forecast/summary.ts';
import { lotteryRule } from '../../support/live-activity.ts';

// All there is to win costs 1,500,000 fen, below the budget; the dearest prize 100.
const rule = activityRuleSchema.parse(
  lotteryRule({
    prizes: [
      { id: 'one', name: '一元', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 10_000 },
      { id: 'few', name: '一元', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 5000 },
    ],
    budgetFen: 2_000_000,
  }),
);

function aRun(changes: Partial<Run> = {}): Run {
  return {
    visits: 0,
    draws: 0,
    wins: 0,
    refused: 0,
    costFen: 0,
    squaresFen: 0,
    prizes: [0, 0],
    soldOutAtMs: null,
    budgetHit: false,
    winners: [0, 0, 0, 0, 0, 0],
    hourDraws: Float64Array.of(0, 0),
    hourCostFen: Float64Array.of(0, 0),
    stepCostFen: Float64Array.of(Number.NaN, Number.NaN),
    ...changes,
  };
}

function summaryOf(runs: readonly Run[], about: { readonly rule?: typeof rule; readonly drawsPerVisit?: number } = {}) {
  return summarize(runs, {
    rule,
    measure: { fromMs: 7, hours: 2, stepDraws: 50, steps: 2 },
    followers: 10,
    assumes: ['codes-valid'],
    drawsPerVisit: 2,
    ...about,
  });
}

const quantiles = ({ costs }: Forecast): readonly number[] => costs.quantiles.map(({ costFen }) => costFen);
const close = (found: number | undefined, expected: number): void => {
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 0.01, `${found}, and not ${expected}`);
};

const few = [
  aRun({
    visits: 5000,
    draws: 4000,
    wins: 3000,
    refused: 100,
    costFen: 300_000,
    squaresFen: 30_000_000,
    prizes: [3000, 5000],
    winners: [7, 2, 1, 0, 0, 0],
    budgetHit: true,
    hourDraws: Float64Array.of(200, 4000),
    hourCostFen: Float64Array.of(100_000, 300_000),
    stepCostFen: Float64Array.of(5000, Number.NaN),
  }),
  aRun({
    visits: 7000,
    draws: 6000,
    wins: 5000,
    refused: 300,
    costFen: 500_000,
    squaresFen: 50_000_000,
    prizes: [5000, 4999],
    winners: [5, 2, 3, 0, 0, 0],
    soldOutAtMs: 99,
    hourDraws: Float64Array.of(400, 6000),
    hourCostFen: Float64Array.of(300_000, 500_000),
    stepCostFen: Float64Array.of(7000, 9000),
  }),
];

describe('few runs together', () => {
  const summary = summaryOf(few);

  it('are told by their means', () => {
    const { followers, runs, simulatedFollowers, assumes, visits, draws, wins, refused, meanCostFen } = summary;
    assert.deepEqual([followers, runs, simulatedFollowers, assumes], [10, 2, 20, ['codes-valid']]);
    assert.deepEqual([visits, draws, wins, refused, meanCostFen], [6000, 5000, 4000, 200, 400_000]);
    assert.deepEqual([summary.budgetFen, summary.budgetHitShare, summary.fromMs], [2_000_000, 0.5, 7]);
    assert.deepEqual(summary.soldOut, { share: 0.5, atMs: [99, 99, 99] });
    assert.deepEqual(
      summary.winsPerPerson.map((share) => Math.round(share * 1000) / 1000),
      [0.6, 0.2, 0.2, 0, 0, 0],
    );
    assert.deepEqual(summary.prizes, [
      { prizeId: 'one', stock: 10_000, meanWon: 4000, goneShare: 0 },
      { prizeId: 'few', stock: 5000, meanWon: 4999.5, goneShare: 0.5 },
    ]);
  });

  it('take their spread from the squares of the amounts: the root of 40,000,000 is 6324.56', () => {
    close(summary.errorFen, 6324.555 / Math.SQRT2);
    assert.deepEqual([summary.costs.estimated, summary.costs.bins], [true, []]);
    assert.deepEqual(quantiles(summary), [379_189, 389_597, 395_734, 400_000, 404_266, 410_403, 420_811]);
    assert.deepEqual(
      summary.costs.quantiles.map(({ permille }) => permille),
      [0.5, 50, 250, 500, 750, 950, 999.5],
    );
  });

  it('say no cost below nothing or above all there is to win', () => {
    const wild = few.map((run) => ({ ...run, squaresFen: 10 ** 13 }));
    const said = quantiles(summaryOf(wild));
    assert.deepEqual([said[0], said[3], said[6]], [0, 400_000, 1_500_000]);
    const poor = { ...rule, budgetFen: 450_000 };
    assert.equal(quantiles(summaryOf(wild, { rule: poor }))[6], 450_000);
  });

  it('have no spread where each gives everything away, or nothing', () => {
    const all = quantiles(summaryOf([aRun({ costFen: 1_500_000, squaresFen: 10 ** 8 })]));
    assert.deepEqual(
      all,
      Array.from({ length: 7 }, () => 1_500_000),
    );
    const nothing = summaryOf([aRun()]);
    assert.deepEqual([nothing.errorFen, nothing.soldOut], [0, { share: 0, atMs: [] }]);
    assert.deepEqual(
      quantiles(nothing),
      Array.from({ length: 7 }, () => 0),
    );
    // Step 100 alone: 100 * ln(2000) / 3.
    assert.deepEqual(nothing.hours[0]?.costFen, { mean: 0, low: 0, high: 254 });
  });

  it('have bands by Bernstein’s inequality', () => {
    // Draws: root of 300 * 2 visits, times root of 2 ln 2000, and 2 ln 2000 / 3.
    assert.deepEqual(summary.hours[0]?.draws, { mean: 300, low: 199, high: 401 });
    assert.deepEqual(summary.hours[1]?.draws, { mean: 5000, low: 4605, high: 5395 });
    // Cost: the spread above by the root of the half of the cost that is spent by then, and 100 ln 2000 / 3.
    assert.deepEqual(summary.hours[0]?.costFen, { mean: 200_000, low: 182_310, high: 217_690 });
    assert.deepEqual(summary.hours[1]?.costFen, { mean: 400_000, low: 375_087, high: 424_913 });
    assert.equal(summary.byDraws.length, 1, 'a step that one run did not reach says nothing');
    const { draws, costFen } = summary.byDraws[0] ?? assert.fail();
    assert.deepEqual([draws, costFen.mean], [50, 6000]);
    close(costFen.high, Math.ceil(6000 + 6324.555 * Math.sqrt(0.015) * 3.898_949 + 253.363));
  });
});

describe('thirty runs together', () => {
  const many = Array.from({ length: 30 }, (_, index) => {
    const number = 30 - index;
    return aRun({
      costFen: number * 1000,
      squaresFen: 10 ** 12,
      soldOutAtMs: number % 2 === 0 ? number : null,
      hourDraws: Float64Array.of(number * 100, number * 200),
      hourCostFen: Float64Array.of(number * 500, number * 1000),
      stepCostFen: Float64Array.of(number * 10, number * 20),
    });
  });
  const summary = summaryOf(many);
  // Of 1 to 30: the root of 77.5.
  const DEVIATION = 8.803_408;

  it('are counted', () => {
    assert.equal(summary.costs.estimated, false);
    assert.deepEqual(quantiles(summary), [1000, 2000, 8000, 16_000, 23_000, 29_000, 30_000]);
    assert.deepEqual(summary.soldOut, { share: 0.5, atMs: [2, 16, 30] });
    close(summary.errorFen, (DEVIATION * 1000) / Math.sqrt(30));
  });

  it('stand in twenty bins of the same width, each run in one', () => {
    const { bins } = summary.costs;
    assert.equal(bins.length, 20);
    assert.deepEqual([bins[0]?.fromFen, bins[0]?.toFen, bins[1]?.fromFen], [1000, 2451, 2451]);
    close(bins[0]?.share, 2 / 30);
    close(
      bins.reduce((sum, { share }) => sum + share, 0),
      1,
    );
    const edge = summaryOf(many.map((run, index) => ({ ...run, costFen: index < 15 ? 0 : 19 })));
    assert.deepEqual(
      edge.costs.bins.map(({ share }) => share),
      [0.5, ...Array.from({ length: 18 }, () => 0), 0.5],
    );
  });

  it('have bands by their own spread', () => {
    const reach = (step: number, deviation: number): number => deviation * 3.898_949 + (step * 7.600_902) / 3;
    const first = summary.hours[0] ?? assert.fail();
    assert.deepEqual(first.draws, { mean: 1550, low: 0, high: Math.ceil(1550 + reach(2, DEVIATION * 100)) });
    assert.deepEqual(first.costFen, { mean: 7750, low: 0, high: Math.ceil(7750 + reach(100, DEVIATION * 500)) });
    assert.equal(summary.byDraws[1]?.costFen.high, Math.ceil(310 + reach(100, DEVIATION * 20)));
    const still = summaryOf(many.map((run) => ({ ...run, hourDraws: Float64Array.of(800, 800) })));
    assert.deepEqual(still.hours[0]?.draws, { mean: 800, low: 638, high: 962 }, 'whoever comes, comes by themselves');
  });
});
