import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays, startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { checkInStanding } from '../../src/rules/check-in-texts.ts';
import { decide } from '../../src/rules/engine.ts';
import type { Decision } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ParticipantFacts } from '../../src/rules/facts.ts';
import { isCheckedIn } from '../../src/rules/mechanics/check-in-calendar.ts';
import { streakShown } from '../../src/rules/mechanics/check-in.ts';
import { decisionInput, untouched } from '../support/decisions.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { reachedInAll, streakBySlowCount } from '../support/slow-calendar.ts';

const day = (text: string) => text as BeijingDay;
const prize = (id: string) => ({ id, name: id, kind: 'text', tickets: 0, stock: 10_000 }) as const;

type CheckInInput = Extract<ActivityRuleInput['mechanic'], { kind: 'check-in' }>;
type MakeUpInput = Extract<ActivityRuleInput['mechanic'], { kind: 'make-up' }>;

function ruleOf(checkIn: Partial<CheckInInput>, makeUp: Partial<MakeUpInput> | null = null) {
  return {
    mechanic: { kind: 'check-in', milestones: [], ...checkIn },
    chained: makeUp === null ? [] : [{ id: 'make-up', mechanic: { kind: 'make-up', in: 'main', ...makeUp } }],
    prizes: ['three', 'five', 'seven', 'total', 'week', 'month'].map(prize),
    limits: {},
    texts: { ...lotteryRule().texts, checkedIn: '{streak}/{total}/{month}/{cards}/{owed}', win: '{prize}/{owed}' },
  } satisfies Partial<ActivityRuleInput>;
}

/** One person in an activity. */
function personIn(rule: Partial<ActivityRuleInput>) {
  let person: ParticipantFacts = NEWCOMER;
  let last: Decision | null = null;
  const asked = (on: BeijingDay, start: string, said: string | null): Decision => {
    const atMs = startOfBeijingDayMs(on) + 1;
    const luck = { tickets: [0, 0, 0], seed: '' };
    const decision = decide(
      decisionInput(rule, { person, day: on, atMs, said, start, luck, activity: { ...untouched, day: on } }),
    );
    ({ person } = decision);
    last = decision;
    return decision;
  };
  return {
    checkIn: (on: BeijingDay) => endOf(asked(on, 'main', null)),
    makeUp: (on: BeijingDay, said: string | null = null) => endOf(asked(on, 'make-up', said)),
    facts: () => person,
    set: (facts: Partial<ParticipantFacts>) => (person = { ...person, ...facts }),
    /** The steps of the last check-in, without those of the whole activity, and what it left. */
    steps: () => last?.verdict.trace.filter(({ check }) => check === 'check-in' || check === 'streak'),
    marks: () => last?.marks,
  };
}

function endOf({ verdict, marks }: Decision) {
  const end = verdict.outcome === 'won' ? verdict.prizeId : verdict.why;
  const [mark] = marks;
  return { end, text: verdict.text, day: mark?.kind === 'check-in' ? mark.day : null };
}

function faults(rule: Partial<ActivityRuleInput>): readonly string[] {
  const read = activityRuleSchema.safeParse(lotteryRule(rule));
  return read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

const SETTINGS = fc.record({
  restartAfterDays: fc.constantFrom(null, 7, 9),
  totals: fc.subarray([
    { of: 'total', days: 6, prizeId: 'total' },
    { of: 'week', days: 'all', prizeId: 'week' },
    { of: 'week', days: 3, prizeId: 'week' },
    { of: 'month', days: 'all', prizeId: 'month' },
    { of: 'month', days: 12, prizeId: 'month' },
  ] as const),
});
const MILESTONES = [
  { streakDays: 3, prizeId: 'three' },
  { streakDays: 5, prizeId: 'five' },
  { streakDays: 7, prizeId: 'seven' },
] as const;
const STARTS = ['2026-11-20', '2026-12-20', '2028-02-15', '2027-02-20', '2100-02-10'].map(day);
/** Of each day: whether the person checks in, and which earlier days they make up, how far back. */
const DAYS = fc.array(
  fc.record({
    checksIn: fc.boolean(),
    often: fc.boolean(),
    back: fc.option(fc.integer({ min: 1, max: 10 }), { freq: 2 }),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('streaks, totals and made-up days over random calendars', () => {
  it('are what a slow count of the days says, whatever the order', () => {
    fc.assert(
      fc.property(SETTINGS, fc.constantFrom(...STARTS), DAYS, ({ restartAfterDays, totals }, start, days) => {
        const settings = { milestones: [...MILESTONES], totals: [...totals], restartAfterDays };
        const rule = ruleOf(settings, { cardsPerMonth: 31, reachBackDays: 10 });
        const one = personIn({ ...rule, startsAtMs: startOfBeijingDayMs(start) });
        const known = new Set<BeijingDay>();
        const won = new Map<string, number>();
        const count = (end: string): void => void won.set(end, (won.get(end) ?? 0) + 1);
        let reached = new Map<string, number>();
        const join = (at: BeijingDay): void => {
          reached = reachedInAll(known, at, settings, reached);
          known.add(at);
        };
        days.forEach(({ checksIn, often, back }, index) => {
          const today = addDays(start, index);
          if (checksIn || often) {
            join(today);
            const { end, day: at } = one.checkIn(today);
            assert.equal(at, today);
            count(end);
          }
          const missed = back === null ? null : addDays(today, -back);
          if (missed !== null) {
            const possible = missed >= start && !known.has(missed);
            if (possible) join(missed);
            const { end, day: at } = one.makeUp(today, missed);
            assert.equal(at, possible ? missed : null);
            if (possible) count(end);
            else assert.equal(end, 'nothing-to-make-up');
          }
          const { streakDays, checkIns, checkInDay } = one.facts();
          assert.equal(checkIns, known.size);
          assert.equal(streakDays, streakBySlowCount(known));
          assert.equal(checkInDay, [...known].sort().at(-1) ?? null);
        });
        const last = addDays(start, days.length - 1);
        const standing = checkInStanding(activityRuleSchema.parse(lotteryRule(rule)), one.facts(), last);
        assert.ok(standing);
        for (let at = start; at <= last; at = addDays(at, 1))
          assert.equal(isCheckedIn(standing.calendar, at), known.has(at), at);
        // What is owed comes with further check-ins of the last day, one by one, until there is nothing left.
        if (!known.has(last)) {
          join(last);
          count(one.checkIn(last).end);
        }
        for (let more = one.checkIn(last); more.end !== 'checked-in-today'; more = one.checkIn(last)) count(more.end);
        won.delete('no-milestone');
        assert.deepEqual(Object.fromEntries(won), Object.fromEntries(reached));
      }),
      { numRuns: 300 },
    );
  });
});

describe('checking in', () => {
  it('goes on over midnight, the end of a month, of a year, and 29 February', () => {
    for (const start of ['2026-11-29', '2026-12-30', '2028-02-27', '2027-02-27'].map(day)) {
      const one = personIn(ruleOf({ milestones: [...MILESTONES] }));
      const ends = [0, 1, 2, 3, 4].map((offset) => one.checkIn(addDays(start, offset)).end);
      assert.deepEqual(ends, ['no-milestone', 'no-milestone', 'three', 'no-milestone', 'five'], start);
    }
  });

  it('repeats the milestones of a streak that counts anew', () => {
    const one = personIn(ruleOf({ milestones: [{ streakDays: 3, prizeId: 'three' }], restartAfterDays: 3 }));
    const ends = [0, 1, 2, 3, 4, 5, 6].map((offset) => one.checkIn(addDays(day('2026-11-20'), offset)));
    assert.deepEqual(
      ends.map(({ end }) => end),
      ['no-milestone', 'no-milestone', 'three', 'no-milestone', 'no-milestone', 'three', 'no-milestone'],
    );
    assert.equal(ends[6]?.text, '1/7/7//0');
  });

  it('gives one of several prizes at once and the others with the next, the same day too', () => {
    const totals = [
      { of: 'total', days: 3, prizeId: 'total' },
      { of: 'week', days: 3, prizeId: 'week' },
    ] as const;
    const one = personIn(ruleOf({ milestones: [{ streakDays: 3, prizeId: 'three' }], totals: [...totals] }));
    // A Monday.
    const monday = day('2026-11-16');
    assert.equal(one.checkIn(monday).end, 'no-milestone');
    assert.equal(one.checkIn(monday).end, 'checked-in-today');
    one.checkIn(addDays(monday, 1));
    assert.deepEqual(one.checkIn(addDays(monday, 2)), { end: 'three', text: 'three/2', day: '2026-11-18' });
    assert.deepEqual(one.checkIn(addDays(monday, 2)), { end: 'total', text: 'total/1', day: null });
    assert.deepEqual(one.checkIn(addDays(monday, 3)), { end: 'week', text: 'week/0', day: '2026-11-19' });
    assert.equal(one.checkIn(addDays(monday, 3)).end, 'checked-in-today');
    assert.deepEqual(one.facts().state['main'], { months: { '2026-11': 0b1111 << 15 } });
  });

  it('wins for every day of a month, the shortest and the longest', () => {
    for (const [month, length] of [
      ['2027-02', 28],
      ['2028-02', 29],
      ['2026-11', 30],
      ['2026-12', 31],
    ] as const) {
      const one = personIn(ruleOf({ totals: [{ of: 'month', days: 'all', prizeId: 'month' }] }));
      const first = day(`${month}-01`);
      const ends: string[] = Array.from({ length }, (_, offset) => one.checkIn(addDays(first, offset)).end);
      assert.deepEqual(ends.indexOf('month'), length - 1);
      assert.equal(one.checkIn(addDays(first, length)).end, 'no-milestone');
    }
  });

  it('goes on from a streak of before days were remembered', () => {
    const one = personIn(ruleOf({ milestones: [{ streakDays: 5, prizeId: 'five' }] }, { cardsPerMonth: 1 }));
    one.set({ checkInDay: day('2026-11-20'), streakDays: 4, checkIns: 9 });
    assert.equal(one.checkIn(day('2026-11-20')).end, 'checked-in-today');
    assert.equal(one.checkIn(day('2026-11-21')).end, 'five');
    assert.deepEqual(one.facts().state['main'], { months: { '2026-11': 0b11111 << 16 } });
    const other = personIn(ruleOf({ milestones: [{ streakDays: 6, prizeId: 'five' }] }, { cardsPerMonth: 1 }));
    other.set({ checkInDay: day('2026-11-20'), streakDays: 4, checkIns: 9, state: { main: { months: 'spoilt' } } });
    other.checkIn(day('2026-11-22'));
    assert.equal(other.makeUp(day('2026-11-22')).end, 'five');
  });

  it('keeps a streak that another process took over midnight already', () => {
    const one = personIn(ruleOf({ milestones: [{ streakDays: 3, prizeId: 'three' }] }));
    one.checkIn(day('2026-11-20'));
    one.checkIn(day('2026-11-22'));
    assert.equal(one.checkIn(day('2026-11-21')).end, 'three');
    assert.equal(one.checkIn(day('2026-11-22')).end, 'checked-in-today');
    assert.equal(one.facts().checkInDay, '2026-11-22');
  });

  it('remembers thirteen months at most, and counts a longer streak all the same', () => {
    const one = personIn(ruleOf({ milestones: [{ streakDays: 366, prizeId: 'seven' }] }));
    const ends: string[] = Array.from(
      { length: 500 },
      (_, offset) => one.checkIn(addDays(day('2026-11-15'), offset)).end,
    );
    assert.equal(ends.indexOf('seven'), 365);
    assert.equal(one.facts().streakDays, 500);
    const { months } = one.facts().state['main'] as { readonly months: object };
    assert.equal(Object.keys(months).length, 13);
  });
});

describe('making a day up', () => {
  const rule = ruleOf({ milestones: [{ streakDays: 3, prizeId: 'three' }] }, { cardsPerMonth: 2, reachBackDays: 3 });

  it('takes the day that is named, or the latest that was missed', () => {
    for (const [said, made] of [
      [null, '2026-11-20'],
      ['补签', '2026-11-20'],
      ['一起补签', '2026-11-20'],
      ['补签 2026-11-19', '2026-11-19'],
      ['补签11月19日', '2026-11-19'],
      ['11-19', '2026-11-19'],
      ['补签１９号', '2026-11-19'],
      ['补签十九日', '2026-11-19'],
      ['19', '2026-11-19'],
      ['11-18', null],
      ['11-22', null],
      ['13-40', null],
      ['1 2', null],
    ] as const) {
      const one = personIn({ ...rule, startsAtMs: startOfBeijingDayMs(day('2026-11-19')) });
      one.checkIn(day('2026-11-21'));
      const { end, day: at } = one.makeUp(day('2026-11-21'), said);
      assert.equal(at, made, said ?? 'nothing');
      assert.equal(end, made === null ? 'nothing-to-make-up' : 'no-milestone');
    }
  });

  it('never takes a day before the first check-in where the activity has no set start', () => {
    const one = personIn(rule);
    assert.equal(one.makeUp(day('2026-11-21')).end, 'nothing-to-make-up');
    one.checkIn(day('2026-11-21'));
    assert.equal(one.makeUp(day('2026-11-22')).end, 'nothing-to-make-up');
    assert.equal(one.makeUp(day('2026-11-23')).day, '2026-11-22');
  });

  it('costs a card, the month’s before earned ones, and the next month brings its own', () => {
    const one = personIn({ ...rule, startsAtMs: startOfBeijingDayMs(day('2026-11-01')) });
    one.set({ state: { 'make-up': { chances: 1 } } });
    const last = day('2026-11-30');
    assert.equal(one.makeUp(last).text, '1/1/1/2/0');
    assert.equal(one.makeUp(last).day, '2026-11-28');
    assert.equal(one.makeUp(last).end, 'three');
    assert.equal(one.makeUp(last).end, 'no-card');
    assert.equal(one.makeUp(day('2026-12-01'), '11-30').text, '4/4/0/1/0');
    assert.deepEqual(one.facts().state['make-up'], { chances: 0, month: '2026-12', used: 1 });
  });

  it('never wins twice what the streaks it joins have won', () => {
    const one = personIn(ruleOf({ milestones: [...MILESTONES] }, { cardsPerMonth: 9 }));
    const ends = [1, 2, 3, 5, 6, 7].map((date) => one.checkIn(day(`2026-11-0${date}`)).end);
    assert.deepEqual(ends, ['no-milestone', 'no-milestone', 'three', 'no-milestone', 'no-milestone', 'three']);
    assert.equal(one.makeUp(day('2026-11-07')).end, 'five');
    assert.equal(one.checkIn(day('2026-11-07')).end, 'seven');
    assert.equal(one.checkIn(day('2026-11-07')).end, 'checked-in-today');
  });
});

describe('the trace and the mark of a check-in', () => {
  const today = day('2026-11-20');
  const gives = [
    { streakDays: 1, leadsTo: { kind: 'chances', in: 'make-up', count: 1 } },
    { streakDays: 2, prizeId: 'three' },
    { streakDays: 2, prizeId: 'five' },
  ] as const;

  it('name the day, the streak and what it gives, once of two for the same streak', () => {
    const one = personIn(ruleOf({ milestones: [...gives], totals: [{ of: 'total', days: 2, prizeId: 'total' }] }, {}));
    for (const [offset, limit] of ['make-up', 'three', 'total', null].entries()) {
      const at = addDays(today, offset);
      one.checkIn(at);
      const streak = { check: 'streak', passed: limit !== null, seen: offset + 1, limit };
      assert.deepEqual(one.steps(), [{ check: 'check-in', passed: true, seen: at, limit: null }, streak]);
      assert.deepEqual(one.marks(), [{ kind: 'check-in', day: at, madeUp: false }]);
    }
  });

  it('name no day where only what is owed is given, and today beside one that is made up', () => {
    const one = personIn(ruleOf({ milestones: [...gives] }, { cardsPerMonth: 1 }));
    one.checkIn(today);
    one.set({ state: { ...one.facts().state, main: { months: { '2026-11': 1 << 19 }, owed: { 'milestones.1': 1 } } } });
    one.checkIn(today);
    assert.deepEqual(one.steps(), [{ check: 'streak', passed: true, seen: 1, limit: 'three' }]);
    assert.deepEqual(one.marks(), []);
    const later = addDays(today, 2);
    one.checkIn(later);
    one.makeUp(later);
    const missed = addDays(today, 1);
    assert.deepEqual(one.steps()?.[0], { check: 'check-in', passed: true, seen: missed, limit: later });
    assert.deepEqual(one.marks(), [{ kind: 'check-in', day: missed, madeUp: true }]);
  });

  it('leave what else is remembered, and what is owed though a made-up day joins two streaks', () => {
    const one = personIn(ruleOf({ milestones: [{ streakDays: 1, prizeId: 'three' }] }, { cardsPerMonth: 1 }));
    const months = { '2026-11': 0b101 << 17 };
    one.set({ checkInDay: today, streakDays: 1, state: { main: { chances: 2, months, owed: { 'milestones.0': 2 } } } });
    assert.equal(one.makeUp(today).end, 'three');
    assert.deepEqual(one.facts().state['main'], {
      chances: 2,
      months: { '2026-11': 0b111 << 17 },
      owed: { 'milestones.0': 1 },
    });
    one.set({ checkInDay: null, state: { main: 'spoilt' } });
    one.checkIn(today);
    assert.deepEqual(one.facts().state['main'], { months: { '2026-11': 1 << 19 } });
  });
});

describe('a rule with check-ins', () => {
  it('may ask for every day there is, and for any number in all', () => {
    const most = [['total', 10_000] as const, ['week', 7] as const, ['month', 31] as const];
    const totals = most.map(([of, days]) => ({ of, days, prizeId: of }));
    assert.deepEqual(faults(ruleOf({ totals })), []);
  });

  it('tells a streak that counts anew from one, and none as none', () => {
    const told = [0, 1, 2, 3].map((days) => [1, 2].map((restartAfterDays) => streakShown({ restartAfterDays }, days)));
    assert.equal(told.join(' '), '0,0 1,1 1,2 1,1');
  });

  it('is told what is wrong with it', () => {
    const checkIn = { kind: 'check-in' as const, milestones: [{ streakDays: 3, prizeId: 'one-yuan' }] };
    const chained = (id: string, mechanic: ActivityRuleInput['mechanic']) => [{ id, mechanic }];
    assert.deepEqual(faults({ mechanic: checkIn, chained: chained('second', checkIn) }), [
      'chained.0.mechanic.kind: an activity checks in by one mechanic, and main is it',
    ]);
    assert.deepEqual(faults({ mechanic: { ...checkIn, milestones: [] } }), [
      'mechanic.milestones: say what checking in wins: a milestone or a total',
    ]);
    assert.deepEqual(faults({ mechanic: { ...checkIn, restartAfterDays: 2 } }), [
      'mechanic.milestones.0.streakDays: no streak gets so long: it counts anew after 2 days',
    ]);
    const totals = [
      { of: 'total', days: 'all', prizeId: 'one-yuan' },
      { of: 'week', days: 8, prizeId: 'one-yuan' },
      { of: 'month', days: 31 },
    ] as const;
    assert.deepEqual(faults({ mechanic: { ...checkIn, totals: [...totals] } }), [
      'mechanic.totals.2.prizeId: say a prize or where it leads: one of them',
      'mechanic.totals.0.days: say how many: only a week or a month has all',
      'mechanic.totals.1.days: a week has 7 days at most',
    ]);
    assert.deepEqual(faults({ chained: chained('up', { kind: 'make-up', in: 'main' }) }), [
      'chained.0.mechanic.in: main is no check-in',
    ]);
    assert.deepEqual(faults({ chained: chained('up', { kind: 'make-up', in: 'nowhere' }) }), [
      'chained.0.mechanic.in: there is no mechanic nowhere',
    ]);
  });

  it('lets cards be earned', () => {
    const rule = {
      mechanic: { kind: 'check-in', milestones: [{ streakDays: 1, leadsTo: { kind: 'chances', in: 'up', count: 2 } }] },
      chained: [{ id: 'up', mechanic: { kind: 'make-up', in: 'main' } }],
    } satisfies Partial<ActivityRuleInput>;
    assert.deepEqual(faults(rule), []);
    const one = personIn(rule);
    one.checkIn(day('2026-11-20'));
    const standing = checkInStanding(activityRuleSchema.parse(lotteryRule(rule)), one.facts(), day('2026-11-20'));
    assert.deepEqual(standing?.makeUp, { id: 'up', cards: 2, reachBackDays: 7 });
  });
});
