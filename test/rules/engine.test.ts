import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../src/base/beijing-day.ts';
import type { PrizeId } from '../../src/base/ids.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { decide, luckBounds } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ActivityFacts, ParticipantFacts } from '../../src/rules/facts.ts';
import { decisionInput, someDay, ticketLuck, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';

const twoPrizes = [
  { id: 'gold', name: '金', kind: 'red-packet', amountFen: 500, tickets: 2, stock: 3 },
  { id: 'tin', name: '锡', kind: 'red-packet', amountFen: 100, tickets: 3, stock: 100 },
] as const;

describe('a lottery', () => {
  it('gives every prize exactly its tickets, enumerated', () => {
    const tally = new Map<string, number>();
    for (let ticket = 0; ticket < 10; ticket += 1) {
      const input = decisionInput(
        { prizes: [...twoPrizes], mechanic: { kind: 'lottery', blankTickets: 5 } },
        { luck: ticketLuck(ticket) },
      );
      const { verdict } = decide(input);
      const name = verdict.outcome === 'won' ? verdict.prizeId : verdict.outcome;
      tally.set(name, (tally.get(name) ?? 0) + 1);
    }
    assert.deepEqual(
      [...tally],
      [
        ['gold', 2],
        ['tin', 3],
        ['lost', 5],
      ],
    );
  });

  it('never draws a prize with none left', () => {
    const drawn = new Map([['gold' as PrizeId, 3]]);
    const input = decisionInput({ prizes: [...twoPrizes] }, { luck: ticketLuck(0), activity: { ...untouched, drawn } });
    assert.equal(decide(input).verdict.outcome, 'lost');
    assert.equal(decide(input).verdict.text, '已抢光');
  });

  it('never awards beyond stock, budget or a limit, whatever order things come in', () => {
    const requests = fc.array(fc.record({ person: fc.nat(4), ticket: fc.nat(9), dayOffset: fc.nat(2) }), {
      maxLength: 120,
    });
    const limits = fc.record({
      drawsPerPerson: fc.option(fc.integer({ min: 1, max: 9 })),
      drawsPerPersonPerDay: fc.option(fc.integer({ min: 1, max: 4 })),
      winsPerPerson: fc.option(fc.integer({ min: 1, max: 4 })),
      winsPerDay: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(requests, limits, fc.nat(4000), (list, limit, budgetFen) => {
        const rule = activityRuleSchema.parse(
          lotteryRule({
            prizes: [...twoPrizes],
            mechanic: { kind: 'lottery', blankTickets: 5 },
            limits: limit,
            budgetFen,
          }),
        );
        let activity = untouched;
        const people = new Map<number, ParticipantFacts>();
        const winsByDay = new Map<string, number>();
        const drawsByPersonDay = new Map<string, number>();
        for (const { person, ticket, dayOffset } of list.toSorted((a, b) => a.dayOffset - b.dayOffset)) {
          const day = addDays(someDay, dayOffset);
          const todays = { ...activity, day, winsToday: winsByDay.get(day) ?? 0 };
          const decision = decide({
            rule,
            activity: todays,
            person: people.get(person) ?? NEWCOMER,
            atMs: 0,
            day,
            luck: ticketLuck(ticket),
          });
          activity = decision.activity;
          people.set(person, decision.person);
          if (decision.verdict.outcome === 'won') winsByDay.set(day, (winsByDay.get(day) ?? 0) + 1);
          const key = `${person} ${day}`;
          if (decision.verdict.outcome !== 'refused') drawsByPersonDay.set(key, (drawsByPersonDay.get(key) ?? 0) + 1);
        }
        assert.ok(activity.spentFen <= budgetFen);
        for (const prize of rule.prizes) assert.ok((activity.drawn.get(prize.id as PrizeId) ?? 0) <= prize.stock);
        for (const one of people.values()) {
          assert.ok(one.draws <= (limit.drawsPerPerson ?? Infinity));
          assert.ok(one.wins <= (limit.winsPerPerson ?? Infinity));
        }
        for (const count of winsByDay.values()) assert.ok(count <= (limit.winsPerDay ?? Infinity));
        for (const count of drawsByPersonDay.values()) assert.ok(count <= (limit.drawsPerPersonPerDay ?? Infinity));
      }),
      { numRuns: 300 },
    );
  });

  it('lets a refused request use no chance up', () => {
    const person = { ...NEWCOMER, draws: 3, day: someDay, drawsToday: 3 };
    const { verdict, person: after } = decide(decisionInput({ limits: { drawsPerPersonPerDay: 3 } }, { person }));
    assert.equal(verdict.outcome, 'refused');
    assert.deepEqual(after, person);
  });

  it('counts a new Beijing day from nought', () => {
    const person = { ...NEWCOMER, draws: 3, day: addDays(someDay, -1), drawsToday: 3 };
    const { verdict, person: after } = decide(decisionInput({ limits: { drawsPerPersonPerDay: 3 } }, { person }));
    assert.equal(verdict.outcome, 'won');
    assert.equal(after.drawsToday, 1);
  });

  it('is closed before its start, from its end on, and once stopped', () => {
    const atMs = Date.parse('2026-11-21T04:00:00Z');
    const why = (input: ReturnType<typeof decisionInput>) => {
      const { verdict } = decide(input);
      return verdict.outcome === 'refused' ? verdict.why : verdict.outcome;
    };
    assert.equal(why(decisionInput({ startsAtMs: atMs + 1 })), 'not-started');
    assert.equal(why(decisionInput({ startsAtMs: atMs })), 'won');
    assert.equal(why(decisionInput({ endsAtMs: atMs })), 'ended');
    assert.equal(why(decisionInput({ endsAtMs: atMs + 1 })), 'won');
    assert.equal(why(decisionInput({}, { activity: { ...untouched, state: 'stopped' } })), 'stopped');
    assert.equal(why(decisionInput({}, { activity: { ...untouched, state: 'paused' } })), 'paused');
  });

  it('says of its own before the start, after the end, while it pauses and once stopped', () => {
    const atMs = Date.parse('2026-11-21T04:00:00Z');
    const said = { notStarted: '还没开始', ended: '结束了', stopped: '停止了', paused: '休息一下' };
    const textOf = (rule: Parameters<typeof decisionInput>[0], state: ActivityFacts['state'], texts: object) => {
      const all = { ...decisionInput().rule.texts, ...texts };
      return decide(decisionInput({ ...rule, texts: all }, { activity: { ...untouched, state } })).verdict.text;
    };
    const texts = (given: object) => [
      textOf({ startsAtMs: atMs + 1 }, 'open', given),
      textOf({ endsAtMs: atMs }, 'open', given),
      textOf({}, 'stopped', given),
      textOf({}, 'paused', given),
    ];
    assert.deepEqual(texts(said), ['还没开始', '结束了', '停止了', '休息一下']);
    const closed = '活动未开放';
    assert.deepEqual(texts({}), [closed, closed, closed, '活动暂停中，请稍后再来，你的机会不会减少']);
  });

  it('says the amount in yuan and the trace agrees with the verdict', () => {
    const { verdict } = decide(decisionInput());
    assert.equal(verdict.text, '恭喜获得 1.00 元');
    assert.ok(verdict.trace.every((step) => step.passed));
    assert.deepEqual(verdict.trace.at(-1), { check: 'budget', passed: true, seen: 100, limit: 1_000_000 });
  });
});

describe('a keyword prize', () => {
  it('goes to everyone until the stock is gone', () => {
    const rule = { mechanic: { kind: 'keyword', prizeId: 'gold' }, prizes: [...twoPrizes] } as const;
    const input = decisionInput({ ...rule, prizes: [...twoPrizes] });
    const first = decide(input);
    assert.equal(first.verdict.outcome, 'won');
    const drawn = new Map([['gold' as PrizeId, 3]]);
    assert.equal(decide({ ...input, activity: { ...untouched, drawn } }).verdict.outcome, 'lost');
  });
});

describe('checking in', () => {
  const rule = {
    mechanic: { kind: 'check-in', milestones: [{ streakDays: 3, prizeId: 'gold' }] },
    prizes: [{ ...twoPrizes[0] }],
  } satisfies Parameters<typeof decisionInput>[0];

  it('wins on the third day in a row and not twice on one day', () => {
    let person: ParticipantFacts = NEWCOMER;
    const outcomes: string[] = [];
    for (const offset of [0, 0, 1, 2, 4, 5, 6]) {
      const day = addDays(someDay, offset);
      const decision = decide(decisionInput(rule, { person, day }));
      person = decision.person;
      outcomes.push(decision.verdict.outcome);
    }
    assert.deepEqual(outcomes, ['lost', 'refused', 'lost', 'won', 'lost', 'lost', 'won']);
  });

  it('agrees with a slow reference over random calendars, month ends and leap days included', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.nat(1000), (offsets, start) => {
        const first = addDays('2027-12-20' as typeof someDay, start);
        const days = offsets.toSorted((a, b) => a - b).map((offset) => addDays(first, offset));
        let person: ParticipantFacts = NEWCOMER;
        for (const day of days) {
          person = decide(decisionInput(rule, { person, day })).person;
          let expected = 1;
          while (days.includes(addDays(day, -expected))) expected += 1;
          assert.equal(person.streakDays, expected);
        }
        assert.equal(person.checkIns, days.length);
      }),
    );
  });
});

describe('a rule', () => {
  it('is refused with the path and reason of every fault', () => {
    const bad = activityRuleSchema.safeParse(
      lotteryRule({
        trigger: { words: [], page: false },
        mechanic: { kind: 'keyword', prizeId: 'missing' },
        prizes: [{ id: 'x', name: 'x', kind: 'red-packet', amountFen: 50, stock: 1 }],
        packet: { wishing: '福'.repeat(43), activityName: '活动名称太长了十一个字', remark: 'x' },
      }),
    );
    assert.equal(bad.success, false);
    assert.deepEqual(
      bad.error?.issues.map((issue) => issue.path.join('.')),
      ['trigger', 'mechanic.prizeId', 'packet.activityName', 'packet.wishing', 'prizes.0.amountFen'],
    );
  });

  it('counts a lottery with blanks exactly', () => {
    const rule = activityRuleSchema.parse(
      lotteryRule({ prizes: [...twoPrizes], mechanic: { kind: 'lottery', blankTickets: 5 } }),
    );
    assert.deepEqual(luckBounds(rule), [10]);
  });
});
