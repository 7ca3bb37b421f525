import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../../src/rules/activity-rule.ts';
import { enumerate } from '../../../src/rules/forecast/enumerate.ts';
import { quickChance } from '../../../src/rules/forecast/quick-chance.ts';
import { simulateRun } from '../../../src/rules/forecast/simulate-run.ts';
import type { Run } from '../../../src/rules/forecast/simulate-run.ts';
import { stageOf } from '../../../src/rules/forecast/stage.ts';
import type { Visits } from '../../../src/rules/forecast/visits.ts';
import { lotteryRule } from '../../support/live-activity.ts';

// A run whose tickets all win can be followed by hand.

const HOUR_MS = 3_600_000;
const FROM_MS = Date.parse('2026-11-20T20:00:00+08:00');
const at = (hours: number): number => FROM_MS + hours * HOUR_MS;
const SEED = '6d2a9f01c3b84e57a1f02c9d8e7b6a53';

function visitsOf(people: number, visits: readonly (readonly [person: number, hours: number])[]): Visits {
  return {
    people,
    persons: Uint32Array.from(visits, ([person]) => person),
    atMs: Float64Array.from(visits, ([, hours]) => at(hours)),
  };
}

function play(
  changes: Partial<ActivityRuleInput>,
  visits: Visits,
  given: { drawsPerVisit?: number; hours?: number } = {},
): Run {
  const rule = activityRuleSchema.parse(lotteryRule(changes));
  const { drawsPerVisit = 1, hours = 4 } = given;
  return simulateRun({
    stage: stageOf(rule, FROM_MS),
    visits,
    drawsPerVisit,
    measure: { fromMs: FROM_MS, hours, stepDraws: 2, steps: 3 },
    chance: quickChance(SEED),
  });
}

const three = [{ id: 'one', name: '一元', kind: 'red-packet' as const, amountFen: 100, tickets: 1, stock: 3 }];
const visits = visitsOf(4, [
  [0, 0],
  [1, 0.5],
  [0, 1.2],
  [0, 1.5],
  [2, 3.5],
]);

describe('a run', () => {
  it('counts visits, draws, wins, refusals, money and people', () => {
    const run = play({ prizes: three, limits: { drawsPerPerson: 2 } }, visits);
    const { hourDraws, hourCostFen, stepCostFen, ...counts } = run;
    assert.deepEqual(counts, {
      visits: 5,
      draws: 4,
      wins: 3,
      refused: 1,
      costFen: 300,
      squaresFen: 30_000,
      prizes: [3],
      soldOutAtMs: at(1.2),
      budgetHit: false,
      winners: [2, 1, 1, 0, 0, 0],
    });
    assert.deepEqual([...hourDraws], [2, 3, 3, 4]);
    assert.deepEqual([...hourCostFen], [200, 300, 300, 300]);
    assert.deepEqual([...stepCostFen], [200, 300, Number.NaN]);
  });

  it('counts what comes after the last hour with it', () => {
    const run = play({ prizes: three }, visits, { hours: 2 });
    assert.deepEqual([...run.hourDraws], [2, 5]);
  });

  it('counts whoever won five times or more together', () => {
    const six = visitsOf(
      2,
      Array.from({ length: 6 }, () => [1, 0] as const),
    );
    assert.deepEqual(play({}, six).winners, [1, 0, 0, 0, 0, 1]);
    assert.deepEqual(play({}, visitsOf(2, six.persons.length === 6 ? [[0, 0]] : [])).winners, [1, 1, 0, 0, 0, 0]);
  });

  it('draws as often at a visit as is planned, until somebody is refused', () => {
    const { draws, refused } = play(
      { limits: { drawsPerPerson: 2 } },
      visitsOf(1, [
        [0, 0],
        [0, 1],
      ]),
      { drawsPerVisit: 3 },
    );
    assert.deepEqual([draws, refused], [2, 2]);
  });

  it('says that the budget ended, which leaves nothing to win either', () => {
    const run = play({ prizes: three, budgetFen: 200, whenBudgetEnds: 'nobody-wins' }, visits);
    assert.deepEqual([run.budgetHit, run.wins, run.soldOutAtMs], [true, 2, at(0.5)]);
    const enough = play(
      { prizes: three, budgetFen: 300 },
      visitsOf(3, [
        [0, 0],
        [1, 0],
        [2, 0],
      ]),
    );
    assert.deepEqual([enough.budgetHit, enough.wins], [false, 3]);
  });

  it('goes on the next day in Beijing where only the day’s budget has ended', () => {
    const days = visitsOf(4, [
      [0, 3.5],
      [1, 3.9],
      [2, 4],
      [3, 4.5],
    ]);
    const run = play({ limits: { budgetFenPerDay: 100 } }, days, { hours: 5 });
    assert.deepEqual([...run.hourCostFen], [0, 0, 0, 100, 200]);
    assert.equal(run.soldOutAtMs, null);
  });

  it('is what the enumeration says where nothing is left to luck', () => {
    const rule = activityRuleSchema.parse(lotteryRule({ prizes: three, limits: { drawsPerPerson: 2 } }));
    const exact = enumerate(stageOf(rule, FROM_MS), { visits, drawsPerVisit: 1 });
    assert.deepEqual(exact, { costFen: 300, wins: 3, draws: 4, costs: [{ costFen: 300, probability: 1 }] });
  });
});

describe('an enumeration', () => {
  const half = { mechanic: { kind: 'lottery' as const, blankTickets: 1 } };
  const exactOf = (changes: Partial<ActivityRuleInput>, given: { drawsPerVisit?: number; statesMax?: number } = {}) => {
    const stage = stageOf(activityRuleSchema.parse(lotteryRule(changes)), FROM_MS);
    return enumerate(stage, {
      visits: visitsOf(1, [
        [0, 0],
        [0, 1],
      ]),
      drawsPerVisit: 1,
      ...given,
    });
  };

  it('asks nobody again at a visit who was refused there, and at the next visit anew', () => {
    const twice = exactOf({ ...half, limits: { drawsPerPerson: 3 } }, { drawsPerVisit: 2 });
    assert.deepEqual([twice?.draws, twice?.wins], [3, 1.5]);
    const aDay = exactOf({ ...half, limits: { drawsPerPersonPerDay: 1 } }, { drawsPerVisit: 2 });
    assert.equal(aDay?.draws, 1);
  });

  it('gives up beyond the states it may tell apart, and not before', () => {
    const count = exactOf(half)?.costs.length;
    assert.equal(count, 3, 'of four states, by who won when, two cost the same');
    assert.ok(exactOf(half, { statesMax: 4 }) !== null);
    assert.equal(exactOf(half, { statesMax: 3 }), null);
  });

  it('gives up where amounts are drawn', () => {
    const random = { kind: 'random-packet' as const, minFen: 100, maxFen: 300, meanFen: 200, tickets: 1, stock: 5 };
    assert.equal(exactOf({ prizes: [{ id: 'r', name: '随机', ...random }] }), null);
  });
});
