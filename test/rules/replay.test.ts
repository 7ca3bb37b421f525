import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { beijingDay } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRule, ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { decide } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ActivityFacts, ParticipantFacts, Verdict } from '../../src/rules/facts.ts';
import { luckFrom } from '../../src/rules/fair-luck.ts';
import { DrawReplay } from '../../src/rules/replay.ts';
import type { RecordedDraw } from '../../src/rules/replay.ts';
import { untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { randomHistories } from '../support/random-rules.ts';
import type { RandomHistory } from '../support/random-rules.ts';
import { playHistory } from '../support/rule-laws.ts';

const bitsOf = (person: string, number: number): string =>
  createHmac('sha256', 'a seed').update(`${person} ${number}`).digest('hex');

/** The record of a history that drew by those bits. */
function recordOf(history: RandomHistory): readonly RecordedDraw[] {
  const { rule } = history;
  const played = playHistory(history, (person, number) => luckFrom(rule, bitsOf(`p${person}`, number)));
  return played.map(({ person, atMs, decision: { verdict, activity } }) =>
    written(`p${person}`, atMs, activity.draws, verdict),
  );
}

function written(person: string, atMs: number, place: number, verdict: Verdict): RecordedDraw {
  return {
    place,
    person,
    atMs,
    version: 1,
    outcome: verdict.outcome,
    why: verdict.outcome === 'won' ? null : verdict.why,
    prizeId: verdict.outcome === 'won' ? verdict.prizeId : null,
    amountFen: verdict.outcome === 'won' ? verdict.amountFen : 0,
    ticket: verdict.ticket,
    // As it comes out of the database.
    steps: JSON.parse(JSON.stringify(verdict.trace)) as RecordedDraw['steps'],
  };
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

/** Something asked of an activity, with what a draw's own steps must tell of it. */
interface Ask {
  readonly person: string;
  readonly atMs: number;
  readonly given?: Partial<Parameters<typeof decide>[0]>;
  readonly state?: ActivityFacts['state'];
}

const ON_MS = Date.parse('2026-11-20T12:00:00+08:00');
const DAY_MS = 86_400_000;

/** The record of what was asked, each decided on what the one before left. */
function recordAsked(asked: ActivityRule, asks: readonly Ask[]): readonly RecordedDraw[] {
  const people = new Map<string, ParticipantFacts>();
  let activity: ActivityFacts = untouched;
  return asks.map(({ person, atMs, given, state = 'open' }) => {
    const day = beijingDay(atMs);
    if (activity.day !== day) activity = { ...activity, day, winsToday: 0, wonTodayFen: fen(0) };
    const before = people.get(person) ?? NEWCOMER;
    const luck = luckFrom(asked, bitsOf(person, before.draws + 1));
    const decided = decide({
      rule: asked,
      activity: { ...activity, state },
      person: before,
      atMs,
      day,
      luck,
      ...given,
    });
    const { verdict } = decided;
    ({ activity } = decided);
    people.set(person, decided.person);
    return written(person, atMs, decided.activity.draws, verdict);
  });
}

function asksOf(count: number): readonly Ask[] {
  return Array.from({ length: count }, (_, index) => ({ person: `p${index}`, atMs: ON_MS + index }));
}

describe('what stands in no counter is taken from a draw’s own steps', () => {
  it('whether the activity stood still', () => {
    const asks = asksOf(4).map((ask, index) => ({
      ...ask,
      state: (['open', 'paused', 'stopped', 'open'] as const)[index],
    }));
    const record = recordAsked(rule, asks as readonly Ask[]);
    assert.deepEqual(
      record.map(({ why, outcome }) => (outcome === 'refused' ? why : 'drawn')),
      ['drawn', 'paused', 'stopped', 'drawn'],
    );
    assert.deepEqual(differences(rule, record), []);
  });

  it('which day was made up', () => {
    const calendar = activityRuleSchema.parse(
      lotteryRule({
        mechanic: { kind: 'check-in', milestones: [{ streakDays: 2, prizeId: 'one-yuan' }] },
        chained: [{ id: 'mend', mechanic: { kind: 'make-up', in: 'main', cardsPerMonth: 2 } }],
      } as unknown as Partial<ActivityRuleInput>),
    );
    const mend = (said: string): NonNullable<Ask['given']> => ({ start: 'mend', said });
    const record = recordAsked(calendar, [
      { person: 'p', atMs: ON_MS },
      { person: 'p', atMs: ON_MS + 4 * DAY_MS },
      { person: 'p', atMs: ON_MS + 4 * DAY_MS + 1, given: mend('11月21日') },
      { person: 'p', atMs: ON_MS + 4 * DAY_MS + 2, given: mend('11月1日') },
    ]);
    assert.deepEqual(
      record.map(({ outcome }) => outcome),
      ['lost', 'lost', 'won', 'refused'],
    );
    assert.ok(record[2]?.steps.some(({ check, seen }) => check === 'nothing-to-make-up' && seen === '2026-11-21'));
    assert.deepEqual(differences(calendar, record), []);
  });

  it('which vouchers were left', () => {
    const films = activityRuleSchema.parse(
      lotteryRule({
        mechanic: { kind: 'lottery', blankTickets: 1, gone: 'next' },
        prizes: [
          { id: 'film', name: '电影票', kind: 'voucher', pool: 'films', tickets: 3, stock: 9 },
          { id: 'tea', name: '奶茶', kind: 'voucher', pool: 'teas', tickets: 3, stock: 9 },
        ],
      }),
    );
    const stores = [['films', 'teas'], ['films'], ['teas'], []];
    const record = recordAsked(
      films,
      asksOf(80).map((ask, index) => ({
        ...ask,
        given: { vouchers: new Map((stores[index % 4] ?? []).map((pool) => [pool, `${pool}-1`])) },
      })),
    );
    const ends = new Set(record.map(({ prizeId, why }) => prizeId ?? why));
    assert.ok(ends.has('film') && ends.has('tea') && ends.size > 2, [...ends].join(' '));
    assert.deepEqual(differences(films, record), []);
  });

  it('whether a code was good', () => {
    const coded = activityRuleSchema.parse(
      lotteryRule({
        trigger: { words: [{ match: 'prefix', word: '兑换' }] },
        mechanic: { kind: 'code', pool: 'spring', prizeId: 'one-yuan' },
      } as unknown as Partial<ActivityRuleInput>),
    );
    const codes = [
      null,
      { code: 'ABCDE12345', use: 'free' },
      { code: 'ABCDE12345', use: 'taken' },
      { code: 'X', use: 'unknown' },
    ];
    const asks = asksOf(4).map((ask, index) => ({ ...ask, given: { code: codes[index] } as Ask['given'] }));
    const record = recordAsked(coded, asks as readonly Ask[]);
    assert.equal(record.filter(({ outcome }) => outcome === 'won').length, 1);
    assert.deepEqual(differences(coded, record), []);
    const hidden = record.map((draw) => ({
      ...draw,
      steps: draw.steps.map((step) =>
        step.check === 'code' && step.seen !== null ? { ...step, seen: 'AB…45' } : step,
      ),
    }));
    assert.deepEqual(differences(coded, hidden), [], 'a code is written down with its middle hidden');
  });
});

describe('a difference', () => {
  const [drawn] = recordAsked(activityRuleSchema.parse(lotteryRule()), asksOf(1));
  assert.ok(drawn);
  const said = (change: Partial<RecordedDraw>): string | undefined =>
    differences(activityRuleSchema.parse(lotteryRule()), [{ ...drawn, ...change }])[0]?.[1];

  it('is told in words: what, what the record has, and what the rule says', () => {
    assert.equal(said({}), undefined);
    assert.equal(said({ outcome: 'lost' }), 'its outcome is lost in the record, and won by the rule');
    assert.equal(said({ why: 'blank' }), 'its reason is blank in the record, and null by the rule');
    assert.equal(said({ ticket: 7 }), 'its ticket is 7 in the record, and 0 by the rule');
    assert.equal(said({ prizeId: 'other' }), 'its prize is other in the record, and one-yuan by the rule');
    assert.equal(said({ amountFen: 200 }), 'its amount in fen is 200 in the record, and 100 by the rule');
    assert.equal(said({ place: 2 }), 'it stands at place 2, and its place is 1');
  });

  it('is told of its steps: how many, and the first that differs', () => {
    const { steps } = drawn;
    const [first] = steps;
    assert.ok(first);
    assert.equal(
      said({ steps: steps.slice(1) }),
      `it has ${steps.length - 1} steps in the record, and ${steps.length} by the rule`,
    );
    const changed = (step: Partial<typeof first>) => ({ steps: [{ ...first, ...step }, ...steps.slice(1)] });
    const now = `${first.check} ${first.seen} of ${first.limit} by the rule`;
    assert.equal(
      said(changed({ check: 'another' })),
      `its step another saw ${first.seen} of ${first.limit} in the record, and ${now}`,
    );
    assert.equal(
      said(changed({ passed: !first.passed })),
      `its step ${first.check} saw ${first.seen} of ${first.limit} in the record, and ${now}`,
    );
    assert.equal(
      said(changed({ limit: 9 })),
      `its step ${first.check} saw ${first.seen} of 9 in the record, and ${now}`,
    );
    assert.equal(
      said(changed({ seen: 9 })),
      `its step ${first.check} saw 9 of ${first.limit} in the record, and ${now}`,
    );
  });

  it('leaves the count of draws as the rule has it', () => {
    const replay = new DrawReplay({ ruleOf: () => activityRuleSchema.parse(lotteryRule()), bitsOf });
    assert.equal(replay.draws, 0);
    assert.deepEqual(replay.next({ ...drawn, place: 5 }).number, 1);
    assert.equal(replay.draws, 1);
  });
});
