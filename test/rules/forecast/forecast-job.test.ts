import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../../src/rules/activity-rule.ts';
import { makeForecast, USUAL_DAY, usualHours } from '../../../src/rules/forecast/forecast-job.ts';
import type { RecordedTraffic } from '../../../src/rules/forecast/forecast-job.ts';
import { quickChance } from '../../../src/rules/forecast/quick-chance.ts';
import { planVisits } from '../../../src/rules/forecast/visits.ts';
import type { TrafficPlan } from '../../../src/rules/forecast/visits.ts';
import { lotteryRule } from '../../support/live-activity.ts';

const HOUR_MS = 3_600_000;
/** Eight in the evening in Beijing. */
const FROM_MS = Date.parse('2026-11-20T20:00:00+08:00');
const SEED = '6d2a9f01c3b84e57a1f02c9d8e7b6a53';
const ruleOf = (changes: Partial<ActivityRuleInput>) => activityRuleSchema.parse(lotteryRule(changes));

const recorded = (count: number): RecordedTraffic => ({
  fromMs: FROM_MS,
  people: count,
  persons: Uint32Array.from({ length: count }, (_, index) => index),
  atMs: Float64Array.from({ length: count }, (_, index) => FROM_MS + index * HOUR_MS),
});
const plan = (changes: Partial<TrafficPlan> = {}): TrafficPlan => ({
  followers: 1000,
  visitsPerThousand: 2000,
  fromMs: FROM_MS,
  hours: [1, 0, 3],
  ...changes,
});

describe('a forecast of traffic as it was', () => {
  const made = (count: number, changes: Partial<ActivityRuleInput> = {}) => {
    const making = makeForecast({
      rule: ruleOf(changes),
      traffic: { recorded: recorded(count) },
      drawsPerVisit: 1,
      seed: SEED,
    });
    making.run();
    return { making, result: making.result() };
  };

  it('plays each visit at its hour, and the exact outcome beside it where there are few', () => {
    const { making, result } = made(4, { budgetFen: 300 });
    assert.deepEqual([result.followers, result.fromMs, result.visits, result.draws], [4, FROM_MS, 4, 4]);
    assert.deepEqual(
      result.hours.map(({ draws }) => draws.mean),
      [1, 2, 3, 4],
    );
    assert.deepEqual(result.exact, { costFen: 300, wins: 3, draws: 4, costs: [{ costFen: 300, probability: 1 }] });
    assert.equal(making.runsWanted, 2000, 'no more runs than tell anything');
    assert.deepEqual(
      result.byDraws.map(({ draws, costFen }) => [draws, costFen.mean]),
      [
        [1, 100],
        [2, 200],
        [3, 300],
        [4, 300],
      ],
    );
  });

  it('has an exact outcome up to 40 visits', () => {
    assert.ok(made(40).result.exact !== null);
    assert.equal(made(41).result.exact, null);
  });

  it('of nobody is a forecast all the same', () => {
    const { result } = made(0);
    assert.deepEqual([result.visits, result.draws, result.hours.length], [0, 0, 1]);
  });
});

describe('a forecast of a plan', () => {
  const made = (
    given: { plan?: Partial<TrafficPlan>; rule?: Partial<ActivityRuleInput>; drawsPerVisit?: number } = {},
  ) => {
    const { drawsPerVisit = 1 } = given;
    const traffic = { plan: plan(given.plan) };
    const making = makeForecast({ rule: ruleOf(given.rule ?? {}), traffic, drawsPerVisit, seed: SEED }, 10_000);
    making.run();
    return { making, result: making.result() };
  };
  const steps = (result: ReturnType<typeof made>['result']): number | undefined => result.byDraws[0]?.draws;

  it('plays as many people as are wanted in all its runs, and one run at least', () => {
    assert.equal(made().making.runsWanted, 10);
    assert.equal(made({ plan: { followers: 3000 } }).making.runsWanted, 4);
    assert.equal(made({ plan: { followers: 20_000 } }).making.runsWanted, 1);
    assert.equal(made().result.exact, null);
  });

  it('has a hundred steps over all draws there can be', () => {
    assert.equal(steps(made().result), 20, '2000 visits');
    assert.equal(steps(made({ drawsPerVisit: 3 }).result), 60);
    assert.equal(steps(made({ rule: { limits: { drawsPerPerson: 1 } } }).result), 10, 'nobody draws twice');
    assert.equal(steps(made({ plan: { followers: 10 } }).result), 1);
  });

  it('has the hours of the plan, with nobody in an hour that has no part', () => {
    const { result } = made();
    const [first = 0, second = 0, third = 0] = result.hours.map(({ draws }) => draws.mean);
    assert.deepEqual([result.hours.length, second], [3, first]);
    assert.equal(third, result.draws);
    assert.ok(first > 0.2 * third && first < 0.3 * third, `${first} of ${third}`);
  });
});

describe('planned visits', () => {
  it('stand at even distances within their hour, each hour as its part', () => {
    const visits = planVisits(plan({ followers: 4000, visitsPerThousand: 1000 }), quickChance(SEED));
    assert.deepEqual([visits.people, visits.persons.length, new Set(visits.persons).size], [4000, 4000, 4000]);
    const inHour = [0, 1, 2].map((hour) =>
      [...visits.atMs].filter((atMs) => Math.floor((atMs - FROM_MS) / HOUR_MS) === hour),
    );
    const [first = [], second = [], third = []] = inHour;
    assert.equal(second.length, 0);
    assert.ok(Math.abs(first.length - 1000) < 5 * Math.sqrt(750), `${first.length} in the first hour`);
    assert.equal(first.length + third.length, 4000);
    first.forEach((atMs, index) => {
      assert.equal(atMs, FROM_MS + Math.floor(((index + 0.5) * HOUR_MS) / first.length));
    });
    assert.notDeepEqual(
      [...visits.persons],
      [...visits.persons].sort((one, other) => one - other),
      'in any order',
    );
  });

  it('are of everybody the same number on average, and of nobody more than 200', () => {
    const many = planVisits(plan({ visitsPerThousand: 3000 }), quickChance(SEED));
    assert.ok(Math.abs(many.persons.length - 3000) < 5 * Math.sqrt(6000), `${many.persons.length} visits`);
    const mad = planVisits(plan({ followers: 2, visitsPerThousand: 1_000_000_000 }), quickChance(SEED));
    assert.equal(mad.persons.length, 400);
  });

  it('are refused where nobody comes', () => {
    assert.throws(
      () => planVisits(plan({ visitsPerThousand: 999 }), quickChance(SEED)),
      /everybody comes once at least/,
    );
    assert.throws(() => planVisits(plan({ hours: [0, 0] }), quickChance(SEED)), /somebody comes in some hour/);
  });
});

describe('usual hours', () => {
  it('follow the day from its Beijing hour on, each day by its share of the day before', () => {
    const hours = usualHours({ fromMs: FROM_MS, hours: 50, keptPercent: 50 });
    assert.equal(hours.length, 50);
    assert.deepEqual(USUAL_DAY.length, 24);
    assert.deepEqual(hours.slice(0, 5), [920_000, 950_000, 780_000, 450_000, 200_000]);
    assert.deepEqual([hours[24], hours[48], hours[49]], [460_000, 230_000, 237_500]);
  });

  it('are one at least and 92 days at most, and none has no part at all', () => {
    assert.equal(usualHours({ fromMs: FROM_MS, hours: 0, keptPercent: 60 }).length, 1);
    const long = usualHours({ fromMs: FROM_MS, hours: 10_000, keptPercent: 1 });
    assert.deepEqual([long.length, Math.min(...long)], [24 * 92, 1]);
  });
});
