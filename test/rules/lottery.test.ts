import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PrizeId } from '../../src/base/ids.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { decide, luckBounds } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import { lottery } from '../../src/rules/mechanics/lottery.ts';
import type { Play } from '../../src/rules/mechanics/mechanic.ts';
import type { Prize } from '../../src/rules/prize-schema.ts';
import { decisionInput, someDay, ticketLuck, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

function prize(id: string, tickets: number, stock = 100): Prize {
  return { id, name: id, kind: 'red-packet', amountFen: 100, tickets, stock };
}

const settings = (changes: object = {}) => lottery.schema.parse({ kind: 'lottery', blankTickets: 5, ...changes });

/** A play of one ticket in which only the prizes named are left; `second` is what a further draw gives. */
function play(prizes: readonly Prize[], ticket: number, left: readonly string[], second = 0): Play {
  return {
    id: 'main',
    chained: false,
    prizes,
    person: NEWCOMER,
    said: null,
    code: null,
    atMs: 0,
    day: someDay,
    forDay: null,
    startsAtMs: null,
    ticket,
    chance: { below: (bound) => second % bound },
    left: ({ id }) => left.includes(id),
    trace: [],
  };
}

function gainOf(played: ReturnType<typeof lottery.play>): string {
  return played.gain === null ? played.why : played.gain.id;
}

const three = [prize('gold', 2), prize('silver', 3), prize('tin', 4)];

describe('the tickets of 10,000 random tables', () => {
  it('are decided once each, and every prize gets exactly its own', () => {
    const tables = fc.tuple(
      fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 8 }),
    );
    fc.assert(
      fc.property(tables, ([tickets, blankTickets]) => {
        const prizes = tickets.map((count, index) => prize(`p${index}`, count));
        const input = decisionInput({ prizes, mechanic: { kind: 'lottery', blankTickets } });
        const [total] = luckBounds(input.rule);
        assert.equal(
          total,
          tickets.reduce((sum, count) => sum + count, blankTickets),
        );
        const tally = new Map<string, number>();
        for (let ticket = 0; ticket < total; ticket += 1) {
          const { verdict } = decide({ ...input, luck: ticketLuck(ticket) });
          const name = verdict.outcome === 'won' ? verdict.prizeId : verdict.outcome;
          tally.set(name, (tally.get(name) ?? 0) + 1);
        }
        for (const [index, count] of tickets.entries()) assert.equal(tally.get(`p${index}`) ?? 0, count);
        assert.equal(tally.get('lost'), blankTickets);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('the tickets of a prize that is gone', () => {
  it('win nothing unless the rule says otherwise', () => {
    assert.equal(gainOf(lottery.play(settings(), play(three, 0, ['silver', 'tin']))), 'gold');
    const drawn = new Map([['gold' as PrizeId, 100]]);
    const { verdict } = decide(decisionInput({ prizes: three }, { activity: { ...untouched, drawn } }));
    assert.equal(verdict.outcome === 'lost' && verdict.why, 'sold-out');
  });

  it('are drawn again among what is left, each ticket as likely as any other', () => {
    const tally = new Map<string, number>();
    for (let second = 0; second < 9; second += 1) {
      const name = gainOf(lottery.play(settings({ gone: 'redraw' }), play(three, 1, ['tin'], second)));
      tally.set(name, (tally.get(name) ?? 0) + 1);
    }
    assert.deepEqual(
      [...tally],
      [
        ['tin', 4],
        ['blank', 5],
      ],
    );
  });

  it('win nothing when nothing at all is left to draw again', () => {
    const none = settings({ gone: 'redraw', blankTickets: 0 });
    assert.equal(gainOf(lottery.play(none, play(three, 1, []))), 'sold-out');
  });

  it('go to the next prize in the list that is left and has tickets, never back', () => {
    const next = settings({ gone: 'next' });
    assert.equal(gainOf(lottery.play(next, play(three, 0, ['silver', 'tin']))), 'silver');
    assert.equal(gainOf(lottery.play(next, play(three, 0, ['tin']))), 'tin');
    assert.equal(gainOf(lottery.play(next, play(three, 5, ['gold', 'silver']))), 'sold-out');
    const withMilestone = [...three, prize('only-for-streaks', 0)];
    assert.equal(gainOf(lottery.play(next, play(withMilestone, 5, ['only-for-streaks']))), 'sold-out');
  });

  it('are gone as well when the budget does not pay for the prize any more', () => {
    const cheap = { ...prize('tin', 1), amountFen: 100 };
    const dear = { ...prize('gold', 1), amountFen: 500 };
    const mechanic = { kind: 'lottery', blankTickets: 0, gone: 'next' } as const;
    const { verdict } = decide(decisionInput({ prizes: [dear, cheap], mechanic, budgetFen: 400 }));
    assert.equal(verdict.outcome === 'won' && verdict.prizeId, 'tin');
    assert.deepEqual(
      verdict.trace.filter(({ passed }) => !passed),
      [{ check: 'gone', passed: false, seen: 'gold', limit: 'next' }],
    );
  });
});

describe('a guaranteed win', () => {
  const rule = {
    prizes: [prize('gold', 0, 2)],
    mechanic: { kind: 'lottery', blankTickets: 5, guaranteed: { afterMisses: 3, prizeId: 'gold' } },
  } satisfies Partial<ActivityRuleInput>;

  it('comes with the fourth draw after three misses, again and again while the prize lasts', () => {
    let { activity, person } = decisionInput(rule);
    const outcomes: string[] = [];
    for (let draw = 0; draw < 13; draw += 1) {
      const decision = decide(decisionInput(rule, { activity, person }));
      ({ activity, person } = decision);
      outcomes.push(decision.verdict.outcome);
    }
    const wins = outcomes.flatMap((outcome, index) => (outcome === 'won' ? [index + 1] : []));
    assert.deepEqual(wins, [4, 8]);
    assert.equal(person.misses, 5);
  });

  it('needs a prize that there is', () => {
    const bad = activityRuleSchema.safeParse(
      lotteryRule({ ...rule, mechanic: { ...rule.mechanic, guaranteed: { afterMisses: 3, prizeId: 'none' } } }),
    );
    assert.deepEqual(
      bad.error?.issues.map(({ path }) => path.join('.')),
      ['mechanic.guaranteed.prizeId'],
    );
  });
});

describe('the trace of a lottery', () => {
  const traced = (changes: object, at: Play): readonly unknown[] => {
    lottery.play(settings(changes), at);
    return at.trace;
  };
  const ticketOf = (seen: number, limit: string) => ({ check: 'ticket', passed: limit !== 'blank', seen, limit });

  it('says whose the ticket is', () => {
    assert.deepEqual(traced({}, play(three, 1, ['gold'])), [ticketOf(1, 'gold')]);
    assert.deepEqual(traced({}, play(three, 9, [])), [ticketOf(9, 'blank')]);
  });

  it('says what became of the tickets of a prize that is gone', () => {
    const gone = (limit: string) => [ticketOf(0, 'gold'), { check: 'gone', passed: false, seen: 'gold', limit }];
    const redraw = (second: number) => traced({ gone: 'redraw' }, play(three, 0, ['tin'], second));
    const redrawn = { check: 'redraw', passed: true, seen: 3, limit: 'tin' };
    assert.deepEqual(redraw(3), [...gone('redraw'), redrawn]);
    assert.deepEqual(redraw(4), [...gone('redraw'), { ...redrawn, passed: false, seen: 4, limit: 'blank' }]);
    const next = { check: 'next', passed: true, seen: 'gold', limit: 'tin' };
    assert.deepEqual(traced({ gone: 'next' }, play(three, 0, ['tin'])), [...gone('next'), next]);
    const none = { ...next, passed: false, limit: null };
    assert.deepEqual(traced({ gone: 'next' }, play(three, 0, [])), [...gone('next'), none]);
  });

  it('counts the misses before a guaranteed win, which is the prize that is named', () => {
    const guaranteed = { afterMisses: 3, prizeId: 'silver' };
    for (const misses of [2, 3]) {
      const at = { ...play(three, 0, ['gold', 'silver']), person: { ...NEWCOMER, misses } };
      assert.equal(gainOf(lottery.play(settings({ guaranteed }), at)), misses === 3 ? 'silver' : 'gold');
      const step = { check: 'guaranteed', passed: misses === 3, seen: misses, limit: 3 };
      assert.deepEqual(at.trace, misses === 3 ? [step] : [step, ticketOf(0, 'gold')]);
    }
    const at = { ...play(three, 0, ['gold']), person: { ...NEWCOMER, misses: 3 } };
    assert.equal(gainOf(lottery.play(settings({ guaranteed: { ...guaranteed, prizeId: 'none' } }), at)), 'gold');
  });

  it('says how many chances there are where they have to be earned', () => {
    for (const chances of [0, 1]) {
      const at = { ...play(three, 0, []), person: { ...NEWCOMER, state: { main: { chances } } } };
      const refused = lottery.refuse(settings({ chances: 'earned' }), at);
      assert.deepEqual(refused, chances === 0 ? { why: 'no-chance' } : null);
      assert.deepEqual(at.trace, [{ check: 'no-chance', passed: chances === 1, seen: chances, limit: 1 }]);
    }
  });
});

describe('the settings of a lottery', () => {
  it('need a ticket, and reach the prizes that have any and the guaranteed one', () => {
    const fault = { path: ['blankTickets'], message: 'at least one ticket is needed' };
    assert.deepEqual(lottery.faults(settings({ blankTickets: 0 }), [prize('gold', 0)]), [fault]);
    assert.deepEqual(lottery.faults(settings({ blankTickets: 0 }), [prize('gold', 1)]), []);
    assert.deepEqual(lottery.faults(settings({ blankTickets: 1 }), [prize('gold', 0)]), []);
    const guaranteed = { afterMisses: 3, prizeId: 'gold' };
    assert.deepEqual(lottery.reaches(settings({ guaranteed }), [prize('gold', 0), prize('tin', 1)]), [
      { prizeId: 'tin', path: [] },
      { prizeId: 'gold', path: ['guaranteed', 'prizeId'] },
    ]);
  });
});

describe('a rule stored before lotteries could do all this', () => {
  it('keeps its meaning: nothing is drawn again, guaranteed, earned or chained', () => {
    const { mechanic, chained, limits } = activityRuleSchema.parse(lotteryRule());
    assert.deepEqual(mechanic, {
      kind: 'lottery',
      blankTickets: 0,
      gone: 'blank',
      guaranteed: null,
      chances: 'free',
    });
    assert.deepEqual(chained, []);
    assert.ok(Object.values(limits).every((limit) => limit === null));
  });
});
