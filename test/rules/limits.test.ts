import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { decide } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts, Verdict } from '../../src/rules/facts.ts';
import { decisionInput, someDay, ticketLuck, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

const prizes = [
  { id: 'gold', name: '金', kind: 'red-packet', amountFen: 500, tickets: 2, stock: 30 },
  { id: 'lucky', name: '随机', kind: 'random-packet', minFen: 100, maxFen: 900, meanFen: 300, tickets: 4, stock: 12 },
  { id: 'card', name: '卡', kind: 'text', tickets: 1, stock: 5 },
] as const;

const draws = fc.array(
  fc.record({
    person: fc.nat(3),
    ticket: fc.nat(9),
    dayOffset: fc.nat(2),
    seed: fc.nat(0xffff_ffff).map((word) => word.toString(16).padStart(8, '0').repeat(4)),
  }),
  { maxLength: 120 },
);
const limits = fc.record({
  winsPerPersonPerDay: fc.option(fc.integer({ min: 1, max: 3 })),
  budgetFenPerDay: fc.option(fc.nat(3000)),
  budgetFenPerPerson: fc.option(fc.nat(3000)),
});
const mechanics = fc
  .constantFrom('blank', 'redraw', 'next')
  .map((gone) => ({ kind: 'lottery', blankTickets: 3, gone }) as const);

function why(verdict: Verdict): string {
  return verdict.outcome === 'won' ? 'won' : verdict.why;
}

describe('no order of draws', () => {
  it('gives more money than a budget of the activity, a day or a person has, or wins or packets beyond a limit', () => {
    fc.assert(
      fc.property(draws, limits, fc.nat(6000), mechanics, (list, limit, budgetFen, mechanic) => {
        const rule = activityRuleSchema.parse(lotteryRule({ prizes: [...prizes], mechanic, limits: limit, budgetFen }));
        let activity = untouched;
        const people = new Map<number, ParticipantFacts>();
        const [byDay, byPerson, byPrize, winsByDay] = [new Map(), new Map(), new Map(), new Map()] as Map<
          unknown,
          number
        >[];
        assert.ok(byDay && byPerson && byPrize && winsByDay);
        const add = (sums: Map<unknown, number>, key: unknown, more: number) =>
          sums.set(key, (sums.get(key) ?? 0) + more);
        for (const { person, ticket, dayOffset, seed } of list.toSorted((a, b) => a.dayOffset - b.dayOffset)) {
          const day = addDays(someDay, dayOffset);
          const today = activity.day === day ? activity : { ...activity, day, winsToday: 0, wonTodayFen: fen(0) };
          const facts = { rule, activity: today, person: people.get(person) ?? NEWCOMER, atMs: 0, day };
          const { verdict, ...after } = decide({ ...facts, luck: ticketLuck(ticket, seed) });
          activity = after.activity;
          people.set(person, after.person);
          // The trace agrees with the verdict: what was not won has its reason among the steps.
          if (verdict.outcome === 'refused') assert.equal(verdict.trace.at(-1)?.check, verdict.why);
          if (verdict.outcome !== 'won') continue;
          assert.ok(verdict.trace.slice(-2).every(({ passed }) => passed));
          add(byDay, day, verdict.amountFen);
          add(byPerson, person, verdict.amountFen);
          add(byPrize, verdict.prizeId, verdict.amountFen);
          add(winsByDay, `${person} ${day}`, 1);
        }
        assert.ok(activity.spentFen <= budgetFen);
        for (const sum of byDay.values()) assert.ok(sum <= (limit.budgetFenPerDay ?? Infinity));
        for (const sum of byPerson.values()) assert.ok(sum <= (limit.budgetFenPerPerson ?? Infinity));
        for (const count of winsByDay.values()) assert.ok(count <= (limit.winsPerPersonPerDay ?? Infinity));
        assert.ok((byPrize.get('lucky') ?? 0) <= 12 * 300);
        for (const [id, sum] of byPrize) assert.equal(activity.givenFen.get(id as never) ?? 0, sum);
        for (const [person, sum] of byPerson) assert.equal(people.get(person as number)?.spentFen, sum);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a limit', () => {
  const always = { prizes: [{ ...prizes[0], stock: 100 }] } satisfies Partial<ActivityRuleInput>;

  it('of wins on one day ends with the Beijing day', () => {
    const person = { ...NEWCOMER, day: someDay, drawsToday: 1, winsToday: 1, draws: 1, wins: 1 };
    const rule = { ...always, limits: { winsPerPersonPerDay: 1 } };
    assert.equal(why(decide(decisionInput(rule, { person })).verdict), 'win-day-limit');
    const next = decide(decisionInput(rule, { person, day: addDays(someDay, 1) }));
    assert.equal(why(next.verdict), 'won');
    assert.equal(next.person.winsToday, 1);
    assert.equal(next.person.wins, 2);
  });

  it('of a day’s money refuses nobody, and says which budget it was', () => {
    const rule = { ...always, limits: { budgetFenPerDay: 900 } };
    const spent = (wonTodayFen: number) => ({ activity: { ...untouched, wonTodayFen: fen(wonTodayFen) } });
    assert.equal(why(decide(decisionInput(rule, spent(400))).verdict), 'won');
    const { verdict } = decide(decisionInput(rule, spent(401)));
    assert.equal(why(verdict), 'day-budget');
    assert.equal(verdict.text, '已抢光');
    assert.deepEqual(verdict.trace.at(-1), { check: 'day-budget', passed: false, seen: 901, limit: 900 });
  });

  it('of a person’s money tells the person that it is their limit', () => {
    const rule = { ...always, limits: { budgetFenPerPerson: 900 } };
    const person = { ...NEWCOMER, spentFen: fen(500) };
    const { verdict } = decide(decisionInput(rule, { person }));
    assert.equal(why(verdict), 'person-budget');
    assert.equal(verdict.text, '机会用完了');
  });

  it('of rest lets a person draw again when the last second is over', () => {
    const rule = { ...always, limits: { coolDownSeconds: 60 } };
    const atMs = Date.parse('2026-11-21T04:00:00Z');
    const after = (restMs: number) => {
      const person = { ...NEWCOMER, lastDrawAtMs: atMs - restMs };
      return decide(decisionInput(rule, { person }));
    };
    assert.equal(why(after(59_999).verdict), 'cool-down');
    assert.equal(why(after(60_000).verdict), 'won');
    assert.equal(after(60_000).person.lastDrawAtMs, atMs);
    assert.equal(after(59_999).person.lastDrawAtMs, atMs - 59_999);
    // Another process's clock may be a little ahead.
    assert.equal(why(after(-5000).verdict), 'cool-down');
    assert.equal(why(decide(decisionInput(rule)).verdict), 'won');
  });
});
