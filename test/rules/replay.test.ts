import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import { luckFrom } from '../../src/rules/fair-luck.ts';
import { DrawReplay } from '../../src/rules/replay.ts';
import type { RecordedDraw } from '../../src/rules/replay.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { randomHistories } from '../support/random-rules.ts';
import type { RandomHistory } from '../support/random-rules.ts';
import { playHistory } from '../support/rule-laws.ts';

const bitsOf = (person: string, number: number): string =>
  createHmac('sha256', 'a seed').update(`${person} ${number}`).digest('hex');

/** The record of a history that drew by those bits. */
function recordOf(history: RandomHistory): readonly RecordedDraw[] {
  const { rule } = history;
  const played = playHistory(history, (person, number) => luckFrom(rule, bitsOf(`p${person}`, number)));
  return played.map(({ person, atMs, decision: { verdict, activity } }) => ({
    place: activity.draws,
    person: `p${person}`,
    atMs,
    version: 1,
    outcome: verdict.outcome,
    why: verdict.outcome === 'won' ? null : verdict.why,
    prizeId: verdict.outcome === 'won' ? verdict.prizeId : null,
    amountFen: verdict.outcome === 'won' ? verdict.amountFen : 0,
    ticket: verdict.ticket,
    // As it comes out of the database.
    steps: JSON.parse(JSON.stringify(verdict.trace)) as RecordedDraw['steps'],
  }));
}

/** What is different, by the index of the draw. */
function differences(
  rule: ActivityRule,
  record: readonly RecordedDraw[],
  bits = bitsOf,
): readonly (readonly [number, string])[] {
  const replay = new DrawReplay({ ruleOf: () => rule, bitsOf: bits });
  return record.flatMap((draw, index) => {
    const { difference } = replay.next(draw);
    return difference === null ? [] : [[index, difference] as const];
  });
}

const rule = activityRuleSchema.parse(
  lotteryRule({
    mechanic: { kind: 'lottery', blankTickets: 50, gone: 'redraw' },
    prizes: [
      {
        id: 'lucky',
        name: '红包',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 900,
        meanFen: 300,
        tickets: 40,
        stock: 30,
      },
      { id: 'small', name: '红包', kind: 'red-packet', amountFen: 100, tickets: 10, stock: 20 },
    ],
    budgetFen: 11_000,
  }),
);
const requests = Array.from({ length: 300 }, (_, index) => ({
  person: index % 70,
  way: 0,
  waitMs: 1000,
  state: 'open' as const,
  code: null,
  tickets: [],
  seed: '',
}));

describe('draws that are decided again from their record', () => {
  it('come to the same for every rule and history there can be', () => {
    fc.assert(
      fc.property(randomHistories, (history) => {
        assert.deepEqual(differences(history.rule, recordOf(history)), []);
      }),
      { numRuns: 300 },
    );
  });

  it('name a draw of which anything was changed, whichever it is', () => {
    const record = recordOf({ rule, requests } as RandomHistory);
    assert.deepEqual(differences(rule, record), []);
    const changes: readonly ((draw: RecordedDraw) => Partial<RecordedDraw>)[] = [
      ({ ticket }) => ({ ticket: (ticket ?? 0) + 1 }),
      ({ outcome }) =>
        outcome === 'won'
          ? { outcome: 'lost', why: 'blank', prizeId: null, amountFen: 0 }
          : { outcome: 'won', why: null, prizeId: 'small', amountFen: 100 },
      ({ amountFen }) => ({ amountFen: amountFen + 1 }),
      ({ prizeId }) => ({ prizeId: prizeId === 'small' ? 'lucky' : 'small' }),
      ({ place }) => ({ place: place + 1 }),
      ({ steps }) => ({ steps: steps.map((step, index) => (index === 0 ? { ...step, seen: 'another' } : step)) }),
      ({ steps }) => ({ steps: steps.slice(1) }),
    ];
    for (let index = 0; index < record.length; index += 17) {
      for (const change of changes) {
        const changed = record.map((draw, at) => (at === index ? { ...draw, ...change(draw) } : draw));
        assert.equal(differences(rule, changed)[0]?.[0], index);
      }
    }
  });

  it('name the first draw of another order, of one that is missing, and of another seed', () => {
    const record = recordOf({ rule, requests } as RandomHistory);
    const [third, fourth] = [record[3], record[4]];
    assert.ok(third && fourth);
    assert.equal(differences(rule, record.with(3, fourth).with(4, third))[0]?.[0], 3);
    assert.equal(differences(rule, record.toSpliced(9, 1))[0]?.[0], 9);
    assert.ok(differences(rule, record, (person, number) => bitsOf(`x${person}`, number)).length > 200);
  });

  it('name where another rule, or more of a prize, would have come to something else', () => {
    const record = recordOf({ rule, requests } as RandomHistory);
    const [lucky, small] = rule.prizes;
    assert.ok(lucky && small);
    const more = { ...rule, prizes: [lucky, { ...small, stock: 21 }] };
    assert.ok(differences(more, record).length > 0);
  });
});
