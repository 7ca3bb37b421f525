import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import type { ActivityRule, ActivityRuleInput } from '../../../src/rules/activity-rule.ts';
import { enumerate } from '../../../src/rules/forecast/enumerate.ts';
import type { Exact } from '../../../src/rules/forecast/enumerate.ts';
import { makeForecast, usualHours } from '../../../src/rules/forecast/forecast-job.ts';
import { quickChance } from '../../../src/rules/forecast/quick-chance.ts';
import { simulateRun } from '../../../src/rules/forecast/simulate-run.ts';
import type { Run } from '../../../src/rules/forecast/simulate-run.ts';
import { stageOf } from '../../../src/rules/forecast/stage.ts';
import { planVisits } from '../../../src/rules/forecast/visits.ts';
import type { Visits } from '../../../src/rules/forecast/visits.ts';
import { lotteryRule } from '../../support/live-activity.ts';
import { BEGIN_MS, randomRules } from '../../support/random-rules.ts';

const SEED = '6d2a9f01c3b84e57a1f02c9d8e7b6a53';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Fewer while each of thousands of mutants is held against them. */
const RULES = Number(process.env['FORECAST_RULES'] ?? 200);

const ruleOf = (changes: Partial<ActivityRuleInput>): ActivityRule => activityRuleSchema.parse(lotteryRule(changes));

/** Two people who come three and two times, over a day's end. */
const FEW: Visits = {
  people: 2,
  persons: Uint32Array.of(0, 1, 0, 0, 1),
  atMs: Float64Array.of(0, 1, 3, 25, 26).map((hours) => BEGIN_MS + 400 * HOUR_MS + hours * HOUR_MS),
};

/** As the few, within the time of a rule that begins or ends. */
function fewWithin(rule: ActivityRule): Visits {
  const fromMs = rule.startsAtMs ?? (rule.endsAtMs === null ? BEGIN_MS : rule.endsAtMs - 2 * DAY_MS);
  return { ...FEW, atMs: FEW.atMs.map((atMs) => atMs - BEGIN_MS - 400 * HOUR_MS + fromMs) };
}

/** A random rule without what only the counters bound; two of three have a lottery in front. */
function enumerable(rule: ActivityRule, index: number): ActivityRule {
  const tamed = <Settings extends ActivityRule['mechanic']>(settings: Settings): Settings =>
    settings.kind === 'lottery' && settings.gone === 'redraw' ? { ...settings, gone: 'next' } : settings;
  const front = { kind: 'lottery', blankTickets: 1 + (index % 4), guaranteed: null, chances: 'free' } as const;
  const prizes = rule.prizes.map(({ id, name, tickets, stock }, place) => {
    const amountFen = 100 + 50 * place;
    return { id, name, tickets: Math.max(tickets, index % 2), stock, kind: 'red-packet' as const, amountFen };
  });
  return {
    ...rule,
    prizes,
    budgetFen: rule.budgetFen + (index % 3) * 700,
    mechanic: index % 3 === 0 ? tamed(rule.mechanic) : { ...front, gone: index % 2 === 0 ? 'blank' : 'next' },
    chained: rule.chained.map(({ id, mechanic }) => ({ id, mechanic: tamed(mechanic) })),
  };
}

function simulated(rule: ActivityRule, visits: Visits, runs: number): readonly Run[] {
  const stage = stageOf(rule, visits.atMs[0] ?? 0);
  const chance = quickChance(SEED);
  const measure = { fromMs: visits.atMs[0] ?? 0, hours: 1, stepDraws: 100, steps: 1 };
  return Array.from({ length: runs }, () => simulateRun({ stage, visits, drawsPerVisit: 1, measure, chance }));
}

/** How many standard errors the mean of runs lies off what is exact; its spread is the exact one. */
function errorsOff(exact: Exact, runs: readonly Run[]): number {
  const mean = runs.reduce((sum, { costFen }) => sum + costFen, 0) / runs.length;
  const variance = exact.costs.reduce((sum, one) => sum + one.probability * (one.costFen - exact.costFen) ** 2, 0);
  const errorFen = Math.sqrt(variance / runs.length);
  return errorFen < 1e-6 ? Math.abs(mean - exact.costFen) : Math.abs(mean - exact.costFen) / errorFen;
}

describe('a forecast by enumeration', () => {
  it('weighs every outcome by its exact share', () => {
    const rule = ruleOf({
      mechanic: { kind: 'lottery', blankTickets: 3 },
      prizes: [{ id: 'p', name: '红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1 }],
    });
    const exact = enumerate(stageOf(rule, BEGIN_MS), { visits: FEW, drawsPerVisit: 1 });
    const none = 0.75 ** 5;
    assert.equal(exact?.costs.length, 2);
    assert.ok(Math.abs((exact?.costs[0]?.probability ?? 0) - none) < 1e-12);
    assert.ok(Math.abs((exact?.costFen ?? 0) - 100 * (1 - none)) < 1e-9);
  });

  it(`is kept by the simulation for ${RULES} random rules, within five standard errors`, () => {
    const rules = fc.sample(randomRules, { seed: 20, numRuns: RULES }).map(enumerable);
    assert.equal(rules.length, RULES);
    let lively = 0;
    for (const [index, rule] of rules.entries()) {
      const visits = fewWithin(rule);
      const exact = enumerate(stageOf(rule, visits.atMs[0] ?? 0), { visits, drawsPerVisit: 1 });
      assert.ok(exact !== null, `rule ${index} has few enough states`);
      assert.ok(Math.abs(exact.costs.reduce((sum, one) => sum + one.probability, 0) - 1) < 1e-9);
      if (exact.costs.length > 1) lively += 1;
      const off = errorsOff(exact, simulated(rule, visits, 300));
      assert.ok(off < 5, `rule ${index} is ${off} standard errors off: ${JSON.stringify(rule)}`);
    }
    assert.ok(lively > 0.35 * RULES, `only ${lively} of the rules leave anything to luck`);
  });

  it('is missed by a simulation of another rule', () => {
    const prizes = (tickets: number): ActivityRuleInput['prizes'] => [
      { id: 'p', name: '红包', kind: 'red-packet', amountFen: 100, tickets, stock: 100 },
    ];
    const stated = ruleOf({ mechanic: { kind: 'lottery', blankTickets: 9 }, prizes: prizes(2) });
    const other = ruleOf({ mechanic: { kind: 'lottery', blankTickets: 9 }, prizes: prizes(3) });
    const exact = enumerate(stageOf(stated, BEGIN_MS), { visits: FEW, drawsPerVisit: 1 });
    assert.ok(exact !== null && errorsOff(exact, simulated(other, FEW, 2000)) > 5);
  });
});

describe('a forecast by simulation', () => {
  const plan = {
    followers: 5000,
    visitsPerThousand: 1500,
    fromMs: BEGIN_MS,
    hours: usualHours({ fromMs: BEGIN_MS, hours: 72, keptPercent: 60 }),
  };
  const rule = ruleOf({
    mechanic: { kind: 'lottery', blankTickets: 95 },
    prizes: [
      { id: 'one', name: '一元', kind: 'red-packet', amountFen: 100, tickets: 4, stock: 1000 },
      {
        id: 'some',
        name: '随机',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 900,
        meanFen: 300,
        tickets: 1,
        stock: 40,
      },
    ],
    limits: { drawsPerPersonPerDay: 2 },
    budgetFen: 200_000,
  });
  const forecastOf = (job: { rule: ActivityRule; runs: number }) => {
    const making = makeForecast({ rule: job.rule, traffic: { plan }, drawsPerVisit: 1, seed: SEED });
    for (let run = 0; run < job.runs; run += 1) making.run();
    return { making, forecast: making.result() };
  };

  it('plans as many visits as are expected, in the hours they are expected in', () => {
    const visits = planVisits(plan, quickChance(SEED));
    assert.ok(Math.abs(visits.persons.length - 7500) < 5 * Math.sqrt(5000 * 0.75));
    assert.ok(visits.atMs.every((atMs, index) => index === 0 || atMs >= (visits.atMs[index - 1] ?? 0)));
    assert.equal(new Set(visits.persons).size, 5000);
  });

  it('plays a million people where few are expected each time', () => {
    const { making } = forecastOf({ rule, runs: 1 });
    assert.equal(making.runsWanted, 200);
  });

  it('tells cost, people, prizes and curves that belong together', () => {
    const { forecast } = forecastOf({ rule, runs: 32 });
    assert.equal(forecast.simulatedFollowers, 160_000);
    const shares = forecast.winsPerPerson.reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs(shares - 1) < 1e-9);
    const expectedFen = forecast.prizes.reduce(
      (sum, prize) => sum + prize.meanWon * (prize.prizeId === 'one' ? 100 : 300),
      0,
    );
    assert.ok(Math.abs(expectedFen - forecast.meanCostFen) < 0.03 * forecast.meanCostFen);
    assert.ok((forecast.prizes[1]?.goneShare ?? 0) > 0.9);
    assert.ok(Math.abs((forecast.hours.at(-1)?.costFen.mean ?? 0) - forecast.meanCostFen) < 1e-6);
    assert.ok(Math.abs((forecast.hours.at(-1)?.draws.mean ?? 0) - forecast.draws) < 1e-6);
    assert.ok(Math.abs(forecast.costs.bins.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.ok(forecast.byDraws.length > 50);
  });

  it('holds other honest runs within its band', () => {
    const { forecast } = forecastOf({ rule, runs: 32 });
    const chance = quickChance(SEED.replaceAll('6', '7'));
    const measure = { fromMs: BEGIN_MS, hours: 72, stepDraws: 75, steps: 100 };
    for (let again = 0; again < 6; again += 1) {
      const visits = planVisits(plan, chance);
      const run = simulateRun({ stage: stageOf(rule, BEGIN_MS), visits, drawsPerVisit: 1, measure, chance });
      forecast.hours.forEach(({ costFen }, hour) => {
        const seen = run.hourCostFen[hour] ?? 0;
        assert.ok(seen >= costFen.low && seen <= costFen.high, `hour ${hour}: ${seen} of ${JSON.stringify(costFen)}`);
      });
    }
  });

  it('says how often the budget ends, and when nothing is left', () => {
    const tight = ruleOf({
      mechanic: { kind: 'lottery', blankTickets: 0 },
      prizes: [{ id: 'one', name: '一元', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 }],
      budgetFen: 20_000,
      whenBudgetEnds: 'nobody-wins',
    });
    const { forecast } = forecastOf({ rule: tight, runs: 3 });
    assert.equal(forecast.budgetHitShare, 1);
    assert.equal(forecast.soldOut.share, 1);
    assert.equal(forecast.meanCostFen, 20_000);
    assert.ok((forecast.soldOut.atMs[1] ?? 0) >= BEGIN_MS);
  });

  it('follows from its seed alone', () => {
    const twice = [forecastOf({ rule, runs: 2 }), forecastOf({ rule, runs: 2 })].map(({ forecast }) => forecast);
    assert.deepEqual(twice[0], twice[1]);
  });
});
