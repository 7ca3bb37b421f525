import fc from 'fast-check';
import { startOfBeijingDayMs } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { AccountId } from '../../src/base/ids.ts';
import type { Condition, ConditionLeaf } from '../../src/rules/conditions-schema.ts';
import type { ConditionFacts, PersonFacts } from '../../src/rules/person-facts.ts';
import { NOBODY_KNOWN } from '../../src/rules/person-facts.ts';

const HOUR_MS = 3_600_000;

/** Unix ms of a wall-clock time in Beijing, `2026-11-21 22:30`. */
export function beijing(time: string): number {
  const [day, clock = '00:00'] = time.split(' ');
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return startOfBeijingDayMs(day as BeijingDay) + hour * HOUR_MS + minute * 60_000;
}

/** Somebody asking at noon of whom nothing is known but what is given. */
export function asking(person: Partial<PersonFacts> = {}, more: Partial<ConditionFacts> = {}): ConditionFacts {
  return {
    account: 'main' as AccountId,
    atMs: beijing('2026-11-21 12:00'),
    person: { ...NOBODY_KNOWN, ...person },
    ipDrawsAtMs: null,
    deviceDrawsAtMs: null,
    ...more,
  };
}

/** Moments around midnights, month ends and leap days, and any other. */
const moment = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('2024-02-29', '2026-02-28', '2026-03-01', '2026-11-30', '2026-12-31', '2028-02-29', '2026-11-21'),
      fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }),
    )
    .map(([day, offsetMs]) => startOfBeijingDayMs(day as BeijingDay) + offsetMs),
  fc.integer({ min: beijing('2024-01-01'), max: beijing('2028-12-31') }),
);

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '01', '30', '59'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
const someOf = (most: number) =>
  fc.option(fc.uniqueArray(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: most }));
const scope = fc.constantFrom('this' as const, 'any' as const);

const leaf: fc.Arbitrary<ConditionLeaf> = fc.oneof(
  fc.constant({ kind: 'follows' as const }),
  fc.record({
    kind: fc.constant('followed-for' as const),
    days: fc.integer({ min: 1, max: 60 }),
    since: fc.constantFrom('first' as const, 'latest' as const),
  }),
  fc.record({
    kind: fc.constant('tagged' as const),
    tagIds: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1 }),
    has: fc.constantFrom('any' as const, 'all' as const),
  }),
  fc.constantFrom('main', 'other').map((name) => ({ kind: 'account' as const, accounts: [name] })),
  fc.record({
    kind: fc.constant('won' as const),
    in: scope,
    times: fc.integer({ min: 1, max: 3 }),
    days: fc.option(fc.integer({ min: 1, max: 40 })),
  }),
  fc.constantFrom('black', 'white').map((list) => ({ kind: 'listed' as const, list })),
  fc
    .record({ fromMs: fc.option(moment), untilMs: fc.option(moment) })
    .map((bounds) => ({ kind: 'period' as const, ...bounds })),
  fc
    .record({ from: clock, until: fc.oneof(clock, fc.constant('24:00')), weekdays: someOf(7), monthDays: someOf(31) })
    .filter(({ from, until }) => from !== until)
    .map((hours) => ({ kind: 'hours' as const, ...hours })),
  fc.record({
    kind: fc.constant('union' as const),
    counts: fc.constantFrom('draws' as const, 'wins' as const),
    in: scope,
    below: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('velocity' as const),
    per: fc.constantFrom('person' as const, 'ip' as const, 'device' as const),
    draws: fc.integer({ min: 1, max: 4 }),
    seconds: fc.integer({ min: 1, max: 86_400 }),
  }),
);

/** Conditions of every kind, nested a few times. */
export const someCondition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('all' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ kind: fc.constant('any' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 4 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('node') }),
  ),
})).node;

/** Somebody asking, with facts near the moment, each of which may be unknown. */
export const someFacts: fc.Arbitrary<ConditionFacts> = moment.chain((atMs) => {
  const earlier = fc.oneof(fc.integer({ min: 0, max: 2 * 86_400_000 }), fc.integer({ min: 0, max: 90 * 86_400_000 }));
  const past = earlier.map((agoMs) => atMs - agoMs);
  const times = fc.array(past, { maxLength: 5 });
  const counted = fc.record({ here: fc.nat(4), anywhere: fc.nat(4) });
  return fc.record({
    account: fc.constantFrom('main', 'other').map((name) => name as AccountId),
    atMs: fc.constant(atMs),
    person: fc.record({
      follower: fc.option(
        fc.record({ following: fc.boolean(), firstFollowedAtMs: fc.option(past), followedAtMs: fc.option(past) }),
      ),
      tagIds: fc.option(fc.uniqueArray(fc.nat(4))),
      wins: fc.option(fc.record({ here: times, anywhere: times })),
      lists: fc.option(fc.subarray(['black', 'white'])),
      union: fc.option(fc.record({ id: fc.constant('u'), draws: counted, wins: counted })),
      drawsAtMs: fc.option(times),
    }),
    ipDrawsAtMs: fc.option(times),
    deviceDrawsAtMs: fc.option(times),
  });
});
