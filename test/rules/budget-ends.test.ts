import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fen } from '../../src/base/fen.ts';
import { worstCaseFault, worstCaseFen } from '../../src/flows/rule-draft.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { decide } from '../../src/rules/engine.ts';
import type { ActivityFacts } from '../../src/rules/facts.ts';
import { decisionInput, ticketLuck, untouched } from '../support/decisions.ts';

const packet = (id: string, amountFen: number, stock: number, tickets = 1) =>
  ({ id, name: id, kind: 'red-packet', amountFen, tickets, stock }) as const;

/** Draws until nobody is let in, at most `most` times, and returns how each ended and what was spent. */
function play(rule: Partial<ActivityRuleInput>, tickets: readonly number[]) {
  let activity: ActivityFacts = untouched;
  const ends = tickets.map((ticket, index) => {
    const seed = index.toString(16).padStart(32, '0');
    const { verdict, activity: next } = decide(decisionInput(rule, { activity, luck: ticketLuck(ticket, seed) }));
    activity = next;
    return verdict.outcome === 'won' ? verdict.prizeId : verdict.why;
  });
  return { ends, spentFen: activity.spentFen };
}

describe('a rule whose prizes cost more than its budget', () => {
  const tight = { prizes: [packet('big', 300, 5), packet('small', 100, 5)], budgetFen: 500 };

  it('goes on without packets where nobody wins any more, as one does that was never asked', () => {
    for (const whenBudgetEnds of [null, 'nobody-wins'] as const) {
      const { ends } = play({ ...tight, whenBudgetEnds }, [0, 0, 1, 1, 1, 0]);
      assert.deepEqual(ends, ['big', 'no-budget', 'small', 'small', 'no-budget', 'no-budget']);
    }
  });

  it('closes only once nothing that can be won is both in stock and paid for', () => {
    const { ends } = play({ ...tight, whenBudgetEnds: 'close' }, [0, 0, 1, 1, 1, 0]);
    assert.deepEqual(ends, ['big', 'no-budget', 'small', 'small', 'nothing-left', 'nothing-left']);
    const gone = play(
      { prizes: [packet('big', 300, 5), packet('small', 100, 1)], budgetFen: 500, whenBudgetEnds: 'close' },
      [1, 0, 1],
    );
    assert.deepEqual(gone.ends, ['small', 'big', 'nothing-left']);
    const coupon = { id: 'coupon', name: '券', kind: 'text', tickets: 1, stock: 2 } as const;
    const mixed = play(
      { prizes: [packet('big', 300, 5), coupon], budgetFen: 300, whenBudgetEnds: 'close' },
      [0, 0, 1, 1, 1],
    );
    assert.deepEqual(mixed.ends, ['big', 'no-budget', 'coupon', 'coupon', 'nothing-left']);
  });

  it('opens again when money comes back, and tells what is left in the trace', () => {
    const input = { ...tight, whenBudgetEnds: 'close' } as const;
    const at = (spentFen: number) =>
      decide(decisionInput(input, { activity: { ...untouched, spentFen: fen(spentFen) }, luck: ticketLuck(1) }))
        .verdict;
    assert.equal(at(401).text, '已抢光');
    assert.deepEqual(at(401).trace.at(-1), { check: 'nothing-left', passed: false, seen: 99, limit: 100 });
    assert.equal(at(400).outcome, 'won');
  });

  it('never spends more than its budget, and all packets together cost exactly the stated worst case', () => {
    const prize = fc.record({
      minFen: fc.integer({ min: 100, max: 300 }),
      more: fc.nat(400),
      stock: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(prize, fc.nat(400), fc.boolean(), ({ minFen, more, stock }, over, closes) => {
        const maxFen = minFen + more;
        const meanFen = minFen + (over % (more + 1));
        const random = {
          id: 'r',
          name: 'r',
          kind: 'random-packet',
          minFen,
          maxFen,
          meanFen,
          tickets: 1,
          stock,
        } as const;
        const whenBudgetEnds = closes ? ('close' as const) : ('nobody-wins' as const);
        const tickets = Array.from({ length: stock + 3 }, () => 0);
        const worstFen = worstCaseFen(decisionInput({ prizes: [random] }).rule);
        assert.equal(play({ prizes: [random], budgetFen: worstFen, whenBudgetEnds }, tickets).spentFen, worstFen);
        const poor = play({ prizes: [random], budgetFen: worstFen - 1, whenBudgetEnds }, tickets);
        assert.ok(poor.spentFen <= worstFen - 1);
        assert.equal(poor.ends.includes('nothing-left'), closes && poor.ends.at(-1) === 'nothing-left');
      }),
      { numRuns: 300 },
    );
  });

  it('is asked about only where the prizes that can be won cost more and nothing was answered', () => {
    const ask = (rule: Partial<ActivityRuleInput>) => worstCaseFault(decisionInput(rule).rule)?.bound ?? null;
    assert.equal(ask(tight), 2000);
    assert.equal(ask({ ...tight, budgetFen: 2000 }), null);
    assert.equal(ask({ ...tight, prizes: [packet('big', 300, 5, 0), packet('small', 100, 5)] }), null);
    assert.equal(ask({ ...tight, whenBudgetEnds: 'close' }), null);
  });
});
