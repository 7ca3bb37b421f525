import fc from 'fast-check';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import type { ActivityFacts } from '../../src/rules/facts.ts';
import { lotteryRule } from './live-activity.ts';

/** One person's request in a random history. */
export interface RandomRequest {
  readonly person: number;
  /** Which of the rule's mechanics it comes in by, counted round. */
  readonly way: number;
  /** How long after the request before it, in ms. */
  readonly waitMs: number;
  /** What operators have made of the activity at that moment. */
  readonly state: ActivityFacts['state'];
  /** Which code the person says; null for none. */
  readonly code: number | null;
  /** The luck of each mechanic; taken modulo what the mechanic draws below. */
  readonly tickets: readonly number[];
  readonly seed: string;
}

/** A rule of any mechanics and what people ask of it, in order. */
export interface RandomHistory {
  readonly rule: ActivityRule;
  readonly requests: readonly RandomRequest[];
}

/** When histories begin: one in a month that ends with a leap day. */
export const BEGIN_MS = Date.parse('2028-02-27T15:00:00Z');

/** The list that everybody of an odd number stands on. */
export const ODD_LIST = 'odd';

const HOUR_MS = 3_600_000;
const prizeIds = ['p0', 'p1', 'p2', 'p3'] as const;
const someFen = fc.integer({ min: 100, max: 900 });

const prizes = fc
  .array(
    fc.record({
      kind: fc.constantFrom('red-packet', 'random-packet', 'text', 'voucher', 'group-packet', 'mini-packet', 'coupon'),
      amounts: fc.tuple(someFen, someFen, someFen),
      tickets: fc.nat(4),
      stock: fc.nat(6),
    }),
    { minLength: 1, maxLength: prizeIds.length },
  )
  .map((several) =>
    several.map(({ kind, amounts, tickets, stock }, index) => {
      const [minFen, meanFen, maxFen] = amounts.toSorted((one, other) => one - other);
      const pool = `films-${index}`;
      const money = {
        'red-packet': { amountFen: maxFen },
        'random-packet': { minFen, meanFen, maxFen },
        text: {},
        voucher: { pool },
        'group-packet': { amountFen: Math.max(maxFen ?? 0, 300), shares: 3 },
        'mini-packet': { amountFen: maxFen },
        coupon: { stockId: '9876543' },
      };
      return { id: prizeIds[index], name: `奖${index}`, kind, tickets, stock, ...money[kind] };
    }),
  );

const anyPrize = fc.constantFrom(...prizeIds);
const anyPlace = fc.constantFrom('main', 'a', 'b');
const lead = fc.oneof(
  fc.record({ kind: fc.constant('draw'), in: anyPlace }),
  fc.record({ kind: fc.constant('chances'), in: anyPlace, count: fc.integer({ min: 1, max: 3 }) }),
);
const gain = fc.oneof(fc.record({ prizeId: anyPrize }), fc.record({ leadsTo: lead }));

/** Random settings for each mechanic, by its kind. A new mechanic has its line here. */
export const RANDOM_SETTINGS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  lottery: fc.record({
    blankTickets: fc.nat(4),
    gone: fc.constantFrom('blank', 'redraw', 'next'),
    guaranteed: fc.option(fc.record({ afterMisses: fc.integer({ min: 1, max: 4 }), prizeId: anyPrize })),
    chances: fc.constantFrom('free', 'earned'),
  }),
  keyword: gain,
  'check-in': fc.record({
    milestones: fc
      .array(fc.tuple(fc.integer({ min: 1, max: 4 }), gain), { minLength: 1, maxLength: 3 })
      .map((several) => several.map(([streakDays, won]) => ({ streakDays, ...won }))),
    totals: fc
      .array(fc.tuple(fc.constantFrom('total', 'week', 'month'), fc.integer({ min: 1, max: 4 }), gain), {
        maxLength: 2,
      })
      .map((several) => several.map(([of, days, won]) => ({ of, days, ...won }))),
    restartAfterDays: fc.option(fc.integer({ min: 4, max: 6 })),
  }),
  'make-up': fc.record({ in: anyPlace, cardsPerMonth: fc.nat(2), reachBackDays: fc.integer({ min: 1, max: 5 }) }),
  chances: fc.record({ in: anyPlace, count: fc.integer({ min: 1, max: 3 }) }),
  code: fc
    .tuple(gain, fc.integer({ min: 1, max: 3 }), fc.option(fc.integer({ min: 1, max: 3 })))
    .map(([won, guessesPerHour, perPerson]) => ({ pool: 'entry', guessesPerHour, perPerson, ...won })),
};

const mechanic = fc
  .constantFrom(...Object.keys(RANDOM_SETTINGS))
  .chain((kind) => (RANDOM_SETTINGS[kind] ?? fc.constant({})).map((settings) => ({ kind, ...settings })));

const upTo = (most: number): fc.Arbitrary<number | null> => fc.option(fc.integer({ min: 1, max: most }), { freq: 2 });
const limits = fc.record({
  drawsPerPerson: upTo(12),
  drawsPerPersonPerDay: upTo(4),
  winsPerPerson: upTo(5),
  winsPerDay: upTo(6),
  winsPerPersonPerDay: upTo(3),
  coolDownSeconds: upTo(7200),
  budgetFenPerDay: fc.option(fc.nat(3000)),
  budgetFenPerPerson: fc.option(fc.nat(3000)),
});

const onList = { kind: 'listed', list: ODD_LIST };
const settings = fc.record({
  limits,
  budgetFen: fc.nat(9000),
  whenBudgetEnds: fc.constantFrom(null, 'nobody-wins', 'close'),
  startsAtMs: fc.option(
    fc.nat(48).map((hours) => BEGIN_MS + hours * HOUR_MS),
    { freq: 2 },
  ),
  endsAtMs: fc.option(
    fc.integer({ min: 24, max: 400 }).map((hours) => BEGIN_MS + hours * HOUR_MS),
    { freq: 2 },
  ),
  who: fc.record({
    must: fc.constantFrom(null, null, onList, { kind: 'not', of: onList }),
    shadow: fc.constantFrom(null, onList),
  }),
});

/** Valid rules of one to three mechanics that may lead to each other. */
export const randomRules: fc.Arbitrary<ActivityRule> = fc
  .record({ prizes, mechanic, a: fc.option(mechanic), b: fc.option(mechanic), settings })
  .map(({ a, b, settings: set, ...rest }) => {
    const chained = [
      { id: 'a', mechanic: a },
      { id: 'b', mechanic: b },
    ].filter((one) => one.mechanic !== null);
    const { trigger, texts, packet } = lotteryRule();
    return activityRuleSchema.safeParse({ trigger, texts, packet, ...rest, ...set, chained });
  })
  .filter((read) => read.success)
  .map((read) => read.data as ActivityRule);

const seeds = fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff)).map((words) =>
  words
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('')
    .repeat(2),
);
const requests = fc.array(
  fc.record({
    person: fc.nat(3),
    way: fc.nat(5),
    waitMs: fc.oneof(fc.nat(5000), fc.nat(3 * HOUR_MS), fc.integer({ min: 20 * HOUR_MS, max: 40 * HOUR_MS })),
    state: fc.oneof({ weight: 20, arbitrary: fc.constant('open' as const) }, fc.constant('paused' as const)),
    code: fc.option(fc.nat(9), { freq: 6 }),
    tickets: fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 }),
    seed: seeds,
  }),
  { maxLength: 80 },
);

export const randomHistories: fc.Arbitrary<RandomHistory> = fc.record({ rule: randomRules, requests });
