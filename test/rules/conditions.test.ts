import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { admit, meets } from '../../src/rules/conditions.ts';
import { conditionSchema } from '../../src/rules/conditions-schema.ts';
import type { Condition, ConditionInput, ConditionLeaf } from '../../src/rules/conditions-schema.ts';
import { leavesOf } from '../../src/rules/person-facts.ts';
import type { ConditionFacts, PersonFacts } from '../../src/rules/person-facts.ts';
import { asking, beijing, someCondition, someFacts } from '../support/condition-worlds.ts';

const RUNS = { numRuns: 2000 };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** 'yes', 'no' or 'unknown', as the last step of the trace says. */
function answer(condition: ConditionInput, facts: ConditionFacts): unknown {
  const { met, steps } = meets(conditionSchema.parse(condition), facts);
  assert.equal(met, steps.at(-1)?.seen === 'yes');
  return steps.at(-1)?.seen;
}

const follower = (changes: Partial<NonNullable<PersonFacts['follower']>> = {}) => ({
  follower: { following: true, firstFollowedAtMs: 0, followedAtMs: 0, ...changes },
});

describe('a condition over what is not known', () => {
  const leaves: readonly ConditionInput[] = [
    { kind: 'follows' },
    { kind: 'followed-for', days: 1 },
    { kind: 'tagged', tagIds: [2] },
    { kind: 'won' },
    { kind: 'listed', list: 'black' },
    { kind: 'union', counts: 'wins', below: 1 },
    { kind: 'velocity', draws: 1, seconds: 1 },
    { kind: 'velocity', per: 'ip', draws: 1, seconds: 1 },
    { kind: 'velocity', per: 'device', draws: 1, seconds: 1 },
  ];
  for (const leaf of leaves) {
    const name = 'per' in leaf ? `${leaf.kind} per ${leaf.per}` : leaf.kind;
    it(`of ${name} admits nobody, and neither does its opposite`, () => {
      assert.equal(answer(leaf, asking()), 'unknown');
      assert.equal(answer({ kind: 'not', of: leaf }, asking()), 'unknown');
      assert.equal(answer({ kind: 'not', of: { kind: 'not', of: leaf } }, asking()), 'unknown');
      assert.equal(meets(conditionSchema.parse(leaf), asking()).steps[0]?.seen, null);
    });
  }

  it('is decided by the parts that are known where they are enough', () => {
    const known: ConditionInput = { kind: 'account', accounts: ['main'] };
    const other: ConditionInput = { kind: 'account', accounts: ['other'] };
    const open: ConditionInput = { kind: 'follows' };
    assert.equal(answer({ kind: 'any', of: [open, known] }, asking()), 'yes');
    assert.equal(answer({ kind: 'all', of: [open, other] }, asking()), 'no');
    assert.equal(answer({ kind: 'all', of: [open, known] }, asking()), 'unknown');
    assert.equal(answer({ kind: 'any', of: [open, other] }, asking()), 'unknown');
  });
});

describe('a follower', () => {
  const firstFollowedAtMs = beijing('2026-11-01 09:00');
  const followedAtMs = beijing('2026-11-20 23:59');

  it('follows as long as they did not leave', () => {
    assert.equal(answer({ kind: 'follows' }, asking(follower())), 'yes');
    assert.equal(answer({ kind: 'follows' }, asking(follower({ following: false }))), 'no');
  });

  it('has followed for a day from the first minute of the next Beijing day on', () => {
    const day = { kind: 'followed-for', days: 1 } as const;
    const at = (time: string) => asking(follower({ followedAtMs }), { atMs: beijing(time) });
    assert.equal(answer(day, at('2026-11-20 23:59')), 'no');
    assert.equal(answer(day, at('2026-11-21 00:00')), 'yes');
    assert.equal(answer({ ...day, days: 2 }, at('2026-11-21 23:59')), 'no');
  });

  it('is as old as the first or the latest follow, as the rule says, and of no age once they left', () => {
    const facts = asking(follower({ firstFollowedAtMs, followedAtMs }));
    assert.equal(answer({ kind: 'followed-for', days: 20, since: 'first' }, facts), 'yes');
    assert.equal(answer({ kind: 'followed-for', days: 2, since: 'latest' }, facts), 'no');
    const gone = asking(follower({ firstFollowedAtMs, followedAtMs, following: false }));
    assert.equal(answer({ kind: 'followed-for', days: 1, since: 'first' }, gone), 'no');
    const undated = asking(follower({ firstFollowedAtMs: null }));
    assert.equal(answer({ kind: 'followed-for', days: 1, since: 'first' }, undated), 'unknown');
  });

  it('counts every day over a month end and a leap day', () => {
    const facts = asking(follower({ followedAtMs: beijing('2028-02-28 12:00') }), {
      atMs: beijing('2028-03-01 00:00'),
    });
    assert.equal(meets({ kind: 'followed-for', days: 2, since: 'latest' }, facts).steps[0]?.seen, 2);
    const plain = asking(follower({ followedAtMs: beijing('2026-02-28 12:00') }), {
      atMs: beijing('2026-03-01 00:00'),
    });
    assert.equal(meets({ kind: 'followed-for', days: 2, since: 'latest' }, plain).steps[0]?.seen, 1);
  });

  it('is never younger than no days when the clocks differ', () => {
    const facts = asking(follower({ followedAtMs: beijing('2026-11-22 00:01') }), {
      atMs: beijing('2026-11-21 23:59'),
    });
    assert.deepEqual(meets({ kind: 'followed-for', days: 1, since: 'latest' }, facts).steps[0], {
      check: 'who.must:followed-for',
      passed: false,
      seen: 0,
      limit: 1,
    });
  });

  it('carries one of the tags or all of them', () => {
    const facts = asking({ tagIds: [2, 101] });
    assert.equal(answer({ kind: 'tagged', tagIds: [101, 102] }, facts), 'yes');
    assert.equal(answer({ kind: 'tagged', tagIds: [101, 102], has: 'all' }, facts), 'no');
    assert.equal(answer({ kind: 'tagged', tagIds: [101, 2], has: 'all' }, facts), 'yes');
    assert.equal(answer({ kind: 'tagged', tagIds: [101] }, asking({ tagIds: [] })), 'no');
    assert.equal(answer({ kind: 'not', of: { kind: 'tagged', tagIds: [101] } }, asking({ tagIds: [] })), 'yes');
  });
});

describe('earlier wins', () => {
  const wins = {
    here: [beijing('2026-11-21 08:00')],
    anywhere: [beijing('2026-11-21 08:00'), beijing('2026-11-15 00:00')],
  };

  it('count in this activity or in any, within so many Beijing days', () => {
    const facts = asking({ wins });
    assert.equal(answer({ kind: 'won', times: 2 }, facts), 'no');
    assert.equal(answer({ kind: 'won', times: 2, in: 'any' }, facts), 'yes');
    assert.equal(answer({ kind: 'won', times: 2, in: 'any', days: 7 }, facts), 'yes');
    assert.equal(answer({ kind: 'won', times: 2, in: 'any', days: 6 }, facts), 'no');
    assert.equal(
      answer({ kind: 'won', times: 1, days: 1 }, asking({ wins }, { atMs: beijing('2026-11-22 00:00') })),
      'no',
    );
    assert.equal(
      answer({ kind: 'won', times: 1, days: 1 }, asking({ wins }, { atMs: beijing('2026-11-21 23:59') })),
      'yes',
    );
  });

  it('make the opposite true for whoever never won', () => {
    assert.equal(answer({ kind: 'not', of: { kind: 'won' } }, asking({ wins: { here: [], anywhere: [] } })), 'yes');
  });
});

describe('lists', () => {
  it('hold who stands on them', () => {
    const [black, white] = [{ kind: 'listed', list: 'black' } as const, { kind: 'listed', list: 'white' } as const];
    assert.equal(answer({ kind: 'not', of: black }, asking({ lists: ['black'] })), 'no');
    assert.equal(answer({ kind: 'all', of: [white, { kind: 'not', of: black }] }, asking({ lists: ['white'] })), 'yes');
  });
});

describe('hours', () => {
  const at = (time: string): ConditionFacts => asking({}, { atMs: beijing(time) });
  const cases: readonly (readonly [string, ConditionInput, readonly string[], readonly string[]])[] = [
    [
      'of one day begin on the minute and end before it',
      { kind: 'hours', from: '09:00', until: '18:00' },
      ['2026-11-21 09:00', '2026-11-21 17:59'],
      ['2026-11-21 08:59', '2026-11-21 18:00'],
    ],
    [
      'over midnight belong to the day they begin on',
      { kind: 'hours', from: '22:00', until: '02:00', weekdays: [5] },
      ['2026-11-20 22:00', '2026-11-20 23:59', '2026-11-21 00:00', '2026-11-21 01:59'],
      ['2026-11-20 01:00', '2026-11-20 21:59', '2026-11-21 02:00', '2026-11-21 22:30', '2026-11-19 23:00'],
    ],
    [
      'until midnight do not reach into the next day',
      { kind: 'hours', from: '20:00', until: '24:00', weekdays: [7] },
      ['2026-11-22 20:00', '2026-11-22 23:59'],
      ['2026-11-23 00:00', '2026-11-21 23:59'],
    ],
    [
      'of a weekend are Saturday and Sunday of Beijing',
      { kind: 'hours', weekdays: [6, 7] },
      ['2026-11-21 00:00', '2026-11-22 23:59'],
      ['2026-11-20 23:59', '2026-11-23 00:00'],
    ],
    [
      'of the 31st leave out months that have none',
      { kind: 'hours', monthDays: [31] },
      ['2026-10-31 12:00', '2026-12-31 23:59'],
      ['2026-11-30 12:00', '2026-12-01 00:00', '2027-01-01 00:00'],
    ],
    [
      'of the 29th come in February of leap years only',
      { kind: 'hours', monthDays: [29], from: '23:00', until: '01:00' },
      ['2028-02-29 23:30', '2028-03-01 00:30', '2026-03-30 00:30'],
      ['2026-03-01 00:30', '2028-02-29 00:30', '2028-02-28 23:30'],
    ],
    [
      'over midnight at the end of a year belong to its last day',
      { kind: 'hours', monthDays: [31], from: '23:00', until: '00:30' },
      ['2026-12-31 23:00', '2027-01-01 00:29'],
      ['2027-01-01 00:30', '2026-12-31 00:10'],
    ],
  ];
  for (const [name, condition, inside, outside] of cases) {
    it(name, () => {
      for (const time of inside) assert.equal(answer(condition, at(time)), 'yes', time);
      for (const time of outside) assert.equal(answer(condition, at(time)), 'no', time);
    });
  }

  it('and periods have their beginning and not their end', () => {
    const period = { kind: 'period', fromMs: 1000, untilMs: 2000 } as const;
    const answers = [999, 1000, 1999, 2000].map((atMs) => answer(period, asking({}, { atMs })));
    assert.deepEqual(answers, ['no', 'yes', 'yes', 'no']);
    assert.equal(answer({ kind: 'period', untilMs: 2000 }, asking({}, { atMs: 0 })), 'yes');
    assert.equal(answer({ kind: 'period', fromMs: 1000 }, asking({}, { atMs: 9_999 })), 'yes');
  });
});

describe('limits over several draws', () => {
  it('let through fewer than so many of everyone with the union id', () => {
    const union = { id: 'u', draws: { here: 1, anywhere: 4 }, wins: { here: 0, anywhere: 2 } };
    const ask = (counts: 'draws' | 'wins', scope: 'this' | 'any', below: number): unknown =>
      answer({ kind: 'union', counts, in: scope, below }, asking({ union }));
    assert.deepEqual(
      [ask('draws', 'this', 1), ask('draws', 'this', 2), ask('draws', 'any', 4), ask('wins', 'this', 1)],
      ['no', 'yes', 'no', 'yes'],
    );
    assert.deepEqual([ask('wins', 'any', 2), ask('wins', 'any', 3), ask('draws', 'any', 5)], ['no', 'yes', 'yes']);
  });

  it('count a draw for exactly so many seconds, this one among them', () => {
    const { atMs } = asking();
    const twice = { kind: 'velocity', draws: 2, seconds: 60 } as const;
    assert.equal(answer(twice, asking({ drawsAtMs: [] })), 'yes');
    assert.equal(answer(twice, asking({ drawsAtMs: [atMs - 1] })), 'yes');
    assert.equal(answer(twice, asking({ drawsAtMs: [atMs - 1, atMs - MINUTE_MS + 1] })), 'no');
    assert.equal(answer(twice, asking({ drawsAtMs: [atMs - 1, atMs - MINUTE_MS] })), 'yes');
    // Another process's clock may be a little ahead.
    assert.equal(answer(twice, asking({ drawsAtMs: [atMs + 5, atMs + 3] })), 'no');
  });

  it('count draws by address and by device on their own', () => {
    const { atMs } = asking();
    const facts = asking({ drawsAtMs: [] }, { ipDrawsAtMs: [atMs], deviceDrawsAtMs: [] });
    assert.equal(answer({ kind: 'velocity', per: 'ip', draws: 1, seconds: 5 }, facts), 'no');
    assert.equal(answer({ kind: 'velocity', per: 'device', draws: 1, seconds: 5 }, facts), 'yes');
    assert.equal(answer({ kind: 'velocity', per: 'person', draws: 1, seconds: 5 }, facts), 'yes');
  });
});

describe('who may take part', () => {
  const follows = { kind: 'follows' } as const;

  it('is everyone where nothing is asked', () => {
    assert.deepEqual(admit({ must: null, shadow: null }, asking()), { admitted: true, steps: [] });
  });

  it('is refused by what they must meet, and only written down by what is tried', () => {
    const left = asking(follower({ following: false }));
    assert.equal(admit({ must: follows, shadow: null }, left).admitted, false);
    const tried = admit({ must: null, shadow: { kind: 'all', of: [follows] } }, left);
    assert.deepEqual(tried, {
      admitted: true,
      steps: [
        { check: 'who.shadow.of.0:follows', passed: false, seen: 'left', limit: 'following' },
        { check: 'who.shadow', passed: false, seen: 'no', limit: 'yes' },
      ],
    });
  });

  it('leaves both in the trace', () => {
    const checks = admit({ must: follows, shadow: { kind: 'not', of: follows } }, asking()).steps.map(
      (step) => step.check,
    );
    assert.deepEqual(checks, ['who.must:follows', 'who.must', 'who.shadow.of:follows', 'who.shadow']);
  });
});

describe('any condition', () => {
  const seen = (condition: Condition, facts: ConditionFacts): unknown => meets(condition, facts).steps.at(-1)?.seen;

  it('agrees with a slow reference', () => {
    fc.assert(
      fc.property(someCondition, someFacts, (condition, facts) => {
        assert.equal(seen(condition, facts), ['no', 'unknown', 'yes'][reference(condition, facts) * 2]);
      }),
      RUNS,
    );
  });

  it('keeps the laws of De Morgan and of double denial', () => {
    const parts = fc.array(someCondition, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(parts, someFacts, fc.constantFrom('all' as const, 'any' as const), (of, facts, kind) => {
        const opposite = kind === 'all' ? 'any' : 'all';
        const denied = of.map((part): Condition => ({ kind: 'not', of: part }));
        const whole: Condition = { kind: 'not', of: { kind, of } };
        assert.equal(seen(whole, facts), seen({ kind: opposite, of: denied }, facts));
        assert.equal(seen({ kind: 'not', of: whole }, facts), seen({ kind, of }, facts));
      }),
      RUNS,
    );
  });

  it('gives the same answer whatever order its parts are looked at in', () => {
    fc.assert(
      fc.property(someCondition, someFacts, (condition, facts) => {
        assert.equal(seen(reversed(condition), facts), seen(condition, facts));
      }),
      RUNS,
    );
  });

  it('has every leaf in its trace once, in the written order, each saying what it alone would', () => {
    fc.assert(
      fc.property(someCondition, someFacts, (condition, facts) => {
        const leaves = leavesOf(condition);
        const { steps } = meets(condition, facts);
        assert.equal(steps.length, leaves.length + 1);
        assert.equal(new Set(steps.map((step) => step.check)).size, steps.length);
        leaves.forEach((leaf, index) => {
          const step = steps[index];
          assert.equal(step?.check.split(':')[1], leaf.kind);
          assert.equal(step.passed, seen(leaf, facts) === 'yes');
          assert.equal(step.seen === null, seen(leaf, facts) === 'unknown');
        });
      }),
      RUNS,
    );
  });

  it('lets nobody in the more for what is unknown of them', () => {
    fc.assert(
      fc.property(someCondition, someFacts, (condition, facts) => {
        const blank = { ...asking(), account: facts.account, atMs: facts.atMs };
        if (meets(condition, blank).met) assert.equal(meets(condition, facts).met, true);
      }),
      RUNS,
    );
  });
});

function reversed(condition: Condition): Condition {
  if (condition.kind === 'not') return { kind: 'not', of: reversed(condition.of) };
  if (condition.kind !== 'all' && condition.kind !== 'any') return condition;
  return { kind: condition.kind, of: condition.of.map(reversed).toReversed() };
}

/** 0 for no, 0.5 for unknown, 1 for yes: all is the least, any the greatest, not the rest. */
function reference(condition: Condition, facts: ConditionFacts): number {
  switch (condition.kind) {
    case 'all':
      return Math.min(...condition.of.map((part) => reference(part, facts)));
    case 'any':
      return Math.max(...condition.of.map((part) => reference(part, facts)));
    case 'not':
      return 1 - reference(condition.of, facts);
    default: {
      const met = slowLeaf(condition, facts);
      return met === undefined ? 0.5 : Number(met);
    }
  }
}

const shanghai = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });
const dayOf = (atMs: number): string => shanghai.format(atMs);

/** What a leaf says, by the time zone database and by stepping from minute to minute or day to day. */
function slowLeaf(leaf: ConditionLeaf, { account, atMs, person, ...draws }: ConditionFacts): boolean | undefined {
  switch (leaf.kind) {
    case 'follows':
      return person.follower?.following;
    case 'followed-for': {
      const { follower } = person;
      if (follower === null || !follower.following) return follower?.following;
      const fromMs = leaf.since === 'first' ? follower.firstFollowedAtMs : follower.followedAtMs;
      return fromMs === null ? undefined : dayOf(fromMs + leaf.days * DAY_MS) <= dayOf(atMs);
    }
    case 'tagged':
      return person.tagIds === null
        ? undefined
        : leaf.tagIds.filter((id) => person.tagIds?.includes(id)).length >=
            (leaf.has === 'all' ? leaf.tagIds.length : 1);
    case 'account':
      return leaf.accounts.some((name) => name === account);
    case 'won': {
      if (person.wins === null) return undefined;
      const all = leaf.in === 'this' ? person.wins.here : person.wins.anywhere;
      const recent = new Set(Array.from({ length: leaf.days ?? 0 }, (_, ago) => dayOf(atMs - ago * DAY_MS)));
      return all.filter((wonAtMs) => leaf.days === null || recent.has(dayOf(wonAtMs))).length >= leaf.times;
    }
    case 'listed':
      return person.lists?.some((name) => name === leaf.list);
    case 'period':
      return atMs >= (leaf.fromMs ?? -Infinity) && atMs < (leaf.untilMs ?? Infinity);
    case 'hours':
      return slowHours(leaf, atMs);
    case 'union':
      return person.union === null
        ? undefined
        : person.union[leaf.counts][leaf.in === 'any' ? 'anywhere' : 'here'] + 1 <= leaf.below;
    case 'velocity': {
      const times = { person: person.drawsAtMs, ip: draws.ipDrawsAtMs, device: draws.deviceDrawsAtMs }[leaf.per];
      return times === null
        ? undefined
        : times.filter((time) => atMs - time < leaf.seconds * 1000).length + 1 <= leaf.draws;
    }
  }
}

/** Lays out the hours that began yesterday and today as spans of time. */
function slowHours(leaf: Extract<ConditionLeaf, { kind: 'hours' }>, atMs: number): boolean {
  return [0, 1].some((ago) => {
    const day = dayOf(atMs - ago * DAY_MS);
    const weekday = new Date(`${day}T12:00:00+08:00`).getUTCDay() || 7;
    if (leaf.weekdays !== null && !leaf.weekdays.includes(weekday)) return false;
    if (leaf.monthDays !== null && !leaf.monthDays.includes(Number(day.split('-')[2]))) return false;
    const beginMs = beijing(`${day} ${leaf.from}`);
    const sameDayMs = beijing(`${day} ${leaf.until}`);
    return atMs >= beginMs && atMs < (sameDayMs > beginMs ? sameDayMs : sameDayMs + DAY_MS);
  });
}
