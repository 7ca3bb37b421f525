import type { ActivityRule } from '../activity-rule.ts';
import { largestAmountFen, prizeCostFen } from '../prize-schema.ts';
import type { Assumption } from './stage.ts';
import type { Measure, Run } from './simulate-run.ts';

/** A value at one point of a curve, and between what 999 of 1000 honest activities keep it. */
export interface BandPoint {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** What an activity is likely to come to. Amounts are fen, times Unix ms, shares between 0 and 1. */
export interface Forecast {
  readonly followers: number;
  /** How many times the activity was played, and with how many people together. */
  readonly runs: number;
  readonly simulatedFollowers: number;
  readonly assumes: readonly Assumption[];
  readonly visits: number;
  readonly draws: number;
  readonly wins: number;
  readonly refused: number;
  readonly meanCostFen: number;
  /** How far the mean may be off by chance: its standard error. */
  readonly errorFen: number;
  /** The cost that so many of a thousand activities stay below. `estimated`: from too few runs to be counted. */
  readonly costs: {
    readonly estimated: boolean;
    readonly quantiles: readonly { readonly permille: number; readonly costFen: number }[];
    readonly bins: readonly { readonly fromFen: number; readonly toFen: number; readonly share: number }[];
  };
  readonly budgetFen: number;
  /** How often a prize was drawn that the budget did not pay for any more. */
  readonly budgetHitShare: number;
  /** How often nothing was left before the end, and when: the 5th, 50th and 95th of a hundred such runs. */
  readonly soldOut: { readonly share: number; readonly atMs: readonly number[] };
  /** Shares of people who won never, once, ... and five times or more. */
  readonly winsPerPerson: readonly number[];
  readonly prizes: readonly {
    readonly prizeId: string;
    readonly stock: number;
    readonly meanWon: number;
    readonly goneShare: number;
  }[];
  readonly fromMs: number;
  /** Up to the end of each hour. */
  readonly hours: readonly { readonly draws: BandPoint; readonly costFen: BandPoint }[];
  /** The cost after so many draws, whenever they come. */
  readonly byDraws: readonly { readonly draws: number; readonly costFen: BandPoint }[];
}

/** From so many runs on their own spread is taken. */
const COUNTED_RUNS_MIN = 30;
const QUANTILES = [
  [0.5, -3.2905],
  [50, -1.6449],
  [250, -0.6745],
  [500, 0],
  [750, 0.6745],
  [950, 1.6449],
  [999.5, 3.2905],
] as const;
const BINS = 20;
/** ln(2 / 0.001): what Bernstein's inequality takes for a band that one of a thousand leaves. */
const LOG = 7.600_902_459_542_082;

/** Puts runs of one activity together. At least one run is needed. */
export function summarize(
  runs: readonly Run[],
  about: {
    readonly rule: ActivityRule;
    readonly measure: Measure;
    readonly followers: number;
    readonly assumes: readonly Assumption[];
    readonly drawsPerVisit: number;
  },
): Forecast {
  const { rule, measure, followers } = about;
  const mean = (value: (run: Run) => number): number => runs.reduce((sum, run) => sum + value(run), 0) / runs.length;
  const meanCostFen = mean(({ costFen }) => costFen);
  const mostFen = mostCostFen(rule);
  const spread = spreadOf(runs, meanCostFen, mostFen);
  const soldOut = runs.flatMap(({ soldOutAtMs }) => (soldOutAtMs === null ? [] : [soldOutAtMs])).sort(ascending);
  return {
    followers,
    runs: runs.length,
    simulatedFollowers: followers * runs.length,
    assumes: about.assumes,
    visits: mean(({ visits }) => visits),
    draws: mean(({ draws }) => draws),
    wins: mean(({ wins }) => wins),
    refused: mean(({ refused }) => refused),
    meanCostFen,
    errorFen: spread.total / Math.sqrt(runs.length),
    costs: costsOf(runs, { meanCostFen, deviationFen: spread.total, mostFen }),
    budgetFen: rule.budgetFen,
    budgetHitShare: mean(({ budgetHit }) => Number(budgetHit)),
    soldOut: {
      share: soldOut.length / runs.length,
      atMs: soldOut.length === 0 ? [] : [0.05, 0.5, 0.95].map((share) => at(soldOut, share)),
    },
    winsPerPerson: (runs[0]?.winners ?? []).map((_, wins) => mean((run) => (run.winners[wins] ?? 0) / followers)),
    prizes: rule.prizes.map(({ id, stock }, index) => ({
      prizeId: id,
      stock,
      meanWon: mean(({ prizes }) => prizes[index] ?? 0),
      goneShare: mean(({ prizes }) => Number((prizes[index] ?? 0) >= stock)),
    })),
    fromMs: measure.fromMs,
    ...curvesOf(runs, about, spread),
  };
}

/** How far runs lie apart. */
interface Spread {
  /** Standard deviation of the final cost, in fen. */
  readonly total: number;
  /** Of values at one point of a curve, around their mean. */
  at(values: readonly number[], meanAt: number, finalMean: number): number;
}

/**
 * Many runs tell their spread themselves. Of few the squares of the amounts do: where each draw wins by itself, their sum
 * is at least the variance of the cost.
 */
function spreadOf(runs: readonly Run[], meanCostFen: number, mostFen: number): Spread {
  if (runs.length >= COUNTED_RUNS_MIN) {
    const total = deviation(
      runs.map(({ costFen }) => costFen),
      meanCostFen,
    );
    return { total, at: (values, meanAt) => deviation(values, meanAt) };
  }
  const squaresFen = runs.reduce((sum, run) => sum + run.squaresFen, 0) / runs.length;
  const sway = Math.sqrt(squaresFen);
  return {
    // Where each run gives everything away, luck only says when.
    total: meanCostFen >= mostFen ? 0 : sway,
    at: (_, meanAt, finalMean) => (finalMean === 0 ? 0 : sway * Math.sqrt(meanAt / finalMean)),
  };
}

/** What everything there is to win costs, or the budget where that is less. */
function mostCostFen({ prizes, budgetFen }: ActivityRule): number {
  return Math.min(
    budgetFen,
    prizes.reduce((sum, prize) => sum + prizeCostFen(prize), 0),
  );
}

function deviation(values: readonly number[], mean: number): number {
  if (values.length < 2) return 0;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function costsOf(
  runs: readonly Run[],
  about: { readonly meanCostFen: number; readonly deviationFen: number; readonly mostFen: number },
): Forecast['costs'] {
  const estimated = runs.length < COUNTED_RUNS_MIN;
  const sorted = runs.map(({ costFen }) => costFen).sort(ascending);
  const within = (costFen: number): number => Math.round(Math.min(about.mostFen, Math.max(0, costFen)));
  const quantiles = QUANTILES.map(([permille, deviations]) => ({
    permille,
    costFen: estimated ? within(about.meanCostFen + deviations * about.deviationFen) : at(sorted, permille / 1000),
  }));
  return { estimated, quantiles, bins: estimated ? [] : binsOf(sorted) };
}

function binsOf(sorted: readonly number[]): Forecast['costs']['bins'] {
  const least = sorted[0] ?? 0;
  const reach = (sorted.at(-1) ?? 0) - least + 1;
  const width = Math.ceil(reach / BINS);
  return Array.from({ length: Math.ceil(reach / width) }, (_, bin) => {
    const fromFen = least + bin * width;
    const toFen = fromFen + width;
    const inside = sorted.filter((costFen) => costFen >= fromFen && costFen < toFen).length;
    return { fromFen, toFen, share: inside / sorted.length };
  });
}

function curvesOf(
  runs: readonly Run[],
  { rule, measure, drawsPerVisit }: { rule: ActivityRule; measure: Measure; drawsPerVisit: number },
  spread: Spread,
): Pick<Forecast, 'hours' | 'byDraws'> {
  const largestFen = Math.max(0, ...rule.prizes.map(largestAmountFen));
  const finalMean = runs.reduce((sum, { costFen }) => sum + costFen, 0) / runs.length;
  const most = mostCostFen(rule);
  const cost = (values: readonly number[]): BandPoint => {
    const meanAt = values.reduce((sum, value) => sum + value, 0) / values.length;
    return band(meanAt, { deviation: spread.at(values, meanAt, finalMean), step: largestFen, most });
  };
  const draws = (values: readonly number[]): BandPoint => {
    const meanAt = values.reduce((sum, value) => sum + value, 0) / values.length;
    const own = runs.length >= COUNTED_RUNS_MIN ? deviation(values, meanAt) : 0;
    // Whoever comes, comes by themselves: the variance of their number is at most its mean.
    const alone = Math.sqrt(meanAt * drawsPerVisit);
    return band(meanAt, { deviation: Math.max(own, alone), step: drawsPerVisit, most: Number.MAX_SAFE_INTEGER });
  };
  return {
    hours: Array.from({ length: measure.hours }, (_, hour) => ({
      draws: draws(runs.map(({ hourDraws }) => hourDraws[hour] ?? 0)),
      costFen: cost(runs.map(({ hourCostFen }) => hourCostFen[hour] ?? 0)),
    })),
    byDraws: Array.from({ length: measure.steps }, (_, step) => ({
      draws: (step + 1) * measure.stepDraws,
      values: runs.map(({ stepCostFen }) => stepCostFen[step] ?? Number.NaN),
    })).flatMap(({ draws: count, values }) =>
      values.some(Number.isNaN) ? [] : [{ draws: count, costFen: cost(values) }],
    ),
  };
}

/**
 * The band that a sum of independent parts, none larger than `step`, leaves once in a thousand times at most, by
 * Bernstein's inequality (https://en.wikipedia.org/wiki/Bernstein_inequalities_(probability_theory)).
 */
function band(
  mean: number,
  { deviation: sigma, step, most }: { readonly deviation: number; readonly step: number; readonly most: number },
): BandPoint {
  const reach = sigma * Math.sqrt(2 * LOG) + (step * LOG) / 3;
  return { mean, low: Math.max(0, Math.floor(mean - reach)), high: Math.min(most, Math.ceil(mean + reach)) };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function ascending(one: number, other: number): number {
  return one - other;
}
