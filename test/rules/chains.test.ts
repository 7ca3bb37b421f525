import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../src/base/beijing-day.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { decide, luckBounds, needsSeed } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts, Verdict } from '../../src/rules/facts.ts';
import { earnedChances, withChances } from '../../src/rules/mechanics/earned-chances.ts';
import { winnablePrizes } from '../../src/rules/winnable-prizes.ts';
import { decisionInput, someDay, ticketLuck } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

const wheel = { id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 9 } } as const;
const earnedWheel = { id: 'wheel', mechanic: { kind: 'lottery', blankTickets: 9, chances: 'earned' } } as const;
const luckAt = (...tickets: number[]) => ({ ...ticketLuck(0), tickets });

function outcome(verdict: Verdict): string {
  return verdict.outcome === 'won' ? verdict.prizeId : verdict.why;
}

function faults(rule: Partial<ActivityRuleInput>): readonly string[] {
  const read = activityRuleSchema.safeParse(lotteryRule(rule));
  return read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a keyword that leads to a lottery', () => {
  const rule = {
    mechanic: { kind: 'keyword', leadsTo: { kind: 'draw', in: 'wheel' } },
    chained: [wheel],
  } satisfies Partial<ActivityRuleInput>;

  it('draws there in the same decision, with the lottery’s own ticket', () => {
    const input = decisionInput(rule);
    assert.deepEqual(luckBounds(input.rule), [0, 10]);
    const won = decide({ ...input, luck: luckAt(0, 0) });
    assert.equal(outcome(won.verdict), 'one-yuan');
    assert.equal(won.verdict.ticket, 0);
    assert.equal(won.person.draws, 1);
    const lost = decide({ ...input, luck: luckAt(0, 9) });
    assert.equal(outcome(lost.verdict), 'blank');
    assert.equal(lost.person.misses, 1);
    assert.deepEqual(
      lost.verdict.trace.filter(({ check }) => check === 'mechanic').map(({ seen, limit }) => [seen, limit]),
      [
        ['main', 'keyword'],
        ['wheel', 'lottery'],
      ],
    );
  });

  it('can win what the lottery gives', () => {
    assert.deepEqual(
      winnablePrizes(decisionInput(rule).rule).map(({ id }) => id),
      ['one-yuan'],
    );
  });
});

describe('the seventh day of checking in', () => {
  const rule = {
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 7, leadsTo: { kind: 'draw', in: 'wheel' } }] },
    chained: [earnedWheel],
  } satisfies Partial<ActivityRuleInput>;

  it('gives a draw, without spending any chance, and the day counts however it ends', () => {
    let person: ParticipantFacts = withChances(NEWCOMER, 'wheel', 2);
    const outcomes: string[] = [];
    for (let offset = 0; offset < 8; offset += 1) {
      const input = decisionInput(rule, { person, day: addDays(someDay, offset), luck: luckAt(0, 5) });
      const decision = decide(input);
      ({ person } = decision);
      outcomes.push(outcome(decision.verdict));
    }
    assert.deepEqual(outcomes, [...Array.from({ length: 6 }, () => 'no-milestone'), 'blank', 'no-milestone']);
    assert.equal(person.streakDays, 8);
    assert.equal(earnedChances(person, 'wheel'), 2);
  });
});

describe('a chance', () => {
  const rule = {
    trigger: { words: [{ match: 'exact', word: '抽奖' }], payment: true, leads: { payment: 'paid' } },
    mechanic: { kind: 'lottery', blankTickets: 0, chances: 'earned' },
    chained: [{ id: 'paid', mechanic: { kind: 'chances', in: 'main', count: 2 } }],
  } satisfies Partial<ActivityRuleInput>;
  const draw = (person: ParticipantFacts, start?: string) =>
    decide(decisionInput(rule, { person, luck: luckAt(0, 0), start }));

  it('is earned by a payment, two at a time, and spent by a draw', () => {
    assert.equal(outcome(draw(NEWCOMER).verdict), 'no-chance');
    assert.equal(draw(NEWCOMER).person, NEWCOMER);
    const paid = draw(NEWCOMER, 'paid');
    assert.equal(outcome(paid.verdict), 'chances');
    assert.equal(paid.verdict.text, '获得抽奖机会，现在有 2 次');
    const first = draw(paid.person);
    const second = draw(first.person);
    assert.deepEqual(
      [first, second].map(({ verdict }) => verdict.outcome),
      ['won', 'won'],
    );
    assert.equal(outcome(draw(second.person).verdict), 'no-chance');
  });

  it('is never made of what cannot be read, and never more than a million', () => {
    for (const state of [{}, { main: 1 }, { main: null }, { main: { chances: -1 } }, { main: { chances: 'x' } }])
      assert.equal(earnedChances({ state }, 'main'), 0);
    assert.equal(earnedChances({ state: { main: { chances: 1.5 } } }, 'main'), 0);
    assert.equal(earnedChances(withChances(withChances(NEWCOMER, 'a', 1_000_000), 'a', 100), 'a'), 1_000_000);
    const kept = withChances({ ...NEWCOMER, state: { main: { other: 1 }, b: 2 } }, 'main', 3);
    assert.deepEqual(kept.state, { main: { other: 1, chances: 3 }, b: 2 });
    assert.equal(earnedChances(withChances(NEWCOMER, 'constructor', 1), 'toString'), 0);
  });

  it('is not spent or earned out of nothing, whatever order things come in', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (steps) => {
        let person: ParticipantFacts = NEWCOMER;
        let [given, drawn] = [0, 0];
        for (const pays of steps) {
          const decision = draw(person, pays ? 'paid' : 'main');
          if (pays) given += 2;
          else if (decision.verdict.outcome !== 'refused') drawn += 1;
          ({ person } = decision);
          assert.equal(earnedChances(person, 'main'), given - drawn);
        }
      }),
    );
  });
});

describe('the chance a draw takes along', () => {
  it('has a seed only where the rule may draw below what is left', () => {
    const rule = (changes: Partial<ActivityRuleInput>) => decisionInput(changes).rule;
    const redraws = { kind: 'lottery', blankTickets: 1, gone: 'redraw' } as const;
    assert.equal(needsSeed(rule({})), false);
    assert.equal(needsSeed(rule({ mechanic: redraws })), true);
    assert.equal(needsSeed(rule({ chained: [{ id: 'wheel', mechanic: redraws }] })), true);
    const lucky = {
      id: 'l',
      name: 'l',
      kind: 'random-packet',
      minFen: 100,
      meanFen: 100,
      maxFen: 100,
      stock: 1,
    } as const;
    assert.equal(needsSeed(rule({ prizes: [{ ...lucky, tickets: 1 }] })), true);
  });
});

describe('a chain', () => {
  const leadTo = (id: string) => ({ kind: 'keyword', leadsTo: { kind: 'draw', in: id } }) as const;
  const words = (id: string, to: string) => ({ id, mechanic: leadTo(to) }) as const;
  const tooLong = 'chained: a draw goes through 3 mechanics at most, and never round in a circle';

  it('may go through three mechanics and not through four', () => {
    assert.deepEqual(faults({ mechanic: leadTo('a'), chained: [words('a', 'wheel'), wheel] }), []);
    const four = [words('a', 'b'), words('b', 'wheel'), wheel];
    assert.deepEqual(faults({ mechanic: leadTo('a'), chained: four }), [tooLong]);
  });

  it('has no circle', () => {
    assert.deepEqual(faults({ mechanic: leadTo('main') }), [tooLong]);
    assert.deepEqual(faults({ mechanic: leadTo('a'), chained: [words('a', 'main')] }), [tooLong]);
  });

  it('leads only to what there is, by ids that are different', () => {
    assert.deepEqual(faults({ mechanic: leadTo('none') }), ['mechanic.leadsTo: there is no mechanic none']);
    assert.deepEqual(faults({ chained: [wheel, wheel] }), ['chained.1.id: every mechanic needs an id of its own']);
    assert.deepEqual(faults({ chained: [{ ...wheel, id: 'main' }] }), [
      'chained.0.id: every mechanic needs an id of its own',
    ]);
    const chances = { kind: 'chances', in: 'wheel', count: 1 } as const;
    assert.deepEqual(faults({ mechanic: { kind: 'keyword', leadsTo: chances }, chained: [wheel] }), [
      'mechanic.leadsTo: wheel is neither a lottery of earned chances nor a make-up',
    ]);
    assert.deepEqual(faults({ mechanic: chances, chained: [earnedWheel] }), []);
  });

  it('gives a prize or leads on, one of both', () => {
    const both = { kind: 'keyword', prizeId: 'one-yuan', leadsTo: { kind: 'draw', in: 'wheel' } } as const;
    const message = 'mechanic.prizeId: say a prize or where it leads: one of them';
    assert.deepEqual(faults({ mechanic: both, chained: [wheel] }), [message]);
    assert.deepEqual(faults({ mechanic: { kind: 'keyword' } }), [message]);
    const empty = { kind: 'check-in', milestones: [{ streakDays: 1 }] } satisfies ActivityRuleInput['mechanic'];
    assert.deepEqual(faults({ mechanic: empty }), [message.replace('prizeId', 'milestones.0.prizeId')]);
  });

  it('ends without a prize where the next mechanic refuses, and says so', () => {
    const milestones = [{ streakDays: 1, prizeId: 'one-yuan' }];
    const days = { id: 'days', mechanic: { kind: 'check-in', milestones } } satisfies NonNullable<
      ActivityRuleInput['chained']
    >[number];
    const rule = { mechanic: leadTo('days'), chained: [days] };
    const first = decide(decisionInput(rule, { luck: luckAt(0, 0) }));
    assert.equal(outcome(first.verdict), 'one-yuan');
    const again = decide(decisionInput(rule, { luck: luckAt(0, 0), person: first.person }));
    assert.equal(outcome(again.verdict), 'not-admitted');
    assert.deepEqual(again.verdict.trace.at(-1), {
      check: 'checked-in-today',
      passed: false,
      seen: someDay,
      limit: someDay,
    });
  });
});
