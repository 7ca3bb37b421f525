import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';
import type { Loss, Refusal, TraceStep } from './facts.ts';
import type { LimitFacts } from './limits.ts';
import type { Chance } from './luck.ts';
import type { Prize } from './prize-schema.ts';
import { drawAmountFen, packetRange } from './random-packet.ts';
import type { PacketRange } from './random-packet.ts';
import { winnablePrizes } from './winnable-prizes.ts';

/** What became of a prize that was drawn: it is given, worth so much, or it is not, and why. */
export type Settled = { readonly amountFen: Fen } | { readonly why: Loss };

/** Lets a prize through only while its stock lasts and every budget pays for the very amount it turns out to be. */
export function settle(facts: LimitFacts, prize: Prize, chance: Chance, trace: TraceStep[]): Settled {
  const drawn = facts.activity.drawn.get(prize.id as PrizeId) ?? 0;
  trace.push({ check: 'stock', passed: drawn < prize.stock, seen: drawn, limit: prize.stock });
  if (drawn >= prize.stock) return { why: 'sold-out' };
  const range = rangeOf(facts, prize);
  if (range === null) return { why: 'sold-out' };
  const amount = drawAmountFen(range, chance);
  if (prize.kind === 'random-packet') trace.push({ check: 'amount', passed: true, seen: amount, limit: prize.meanFen });
  for (const [check, why, spent, limit] of budgets(facts)) {
    if (limit === null) continue;
    const after = spent + amount;
    trace.push({ check, passed: after <= limit, seen: after, limit });
    if (after > limit) return { why };
  }
  return { amountFen: fen(amount) };
}

/** Says whether there is any of a prize left and every budget pays for the smallest it can be. */
export function isLeft(facts: LimitFacts, prize: Prize): boolean {
  if ((facts.activity.drawn.get(prize.id as PrizeId) ?? 0) >= prize.stock) return false;
  const range = rangeOf(facts, prize);
  if (range === null) return false;
  return budgets(facts).every(([, , spent, limit]) => limit === null || spent + range.leastFen <= limit);
}

/**
 * Says whether an activity that closes with its budget has nothing left to win: of every prize that can be won there is
 * none in stock, or what is left of the budget does not pay for the smallest it can be. Day and person come back; they
 * close nothing.
 */
export function emptiedBy(facts: LimitFacts, trace: TraceStep[]): Extract<Refusal, 'nothing-left'> | null {
  const { rule, activity } = facts;
  if (rule.whenBudgetEnds !== 'close') return null;
  const leftFen = rule.budgetFen - activity.spentFen;
  const leastFen = winnablePrizes(rule).flatMap((prize) => {
    const range = rangeOf(facts, prize);
    return range === null || range.left <= 0 ? [] : [range.leastFen];
  });
  const smallestFen = leastFen.length === 0 ? null : Math.min(...leastFen);
  const passed = smallestFen !== null && smallestFen <= leftFen;
  trace.push({ check: 'nothing-left', passed, seen: leftFen, limit: smallestFen });
  return passed ? null : 'nothing-left';
}

type Budget = readonly [check: string, why: Loss, spentFen: number, limitFen: number | null];

function budgets({ rule, activity, person }: LimitFacts): readonly Budget[] {
  const { budgetFenPerDay, budgetFenPerPerson } = rule.limits;
  return [
    ['budget', 'no-budget', activity.spentFen, rule.budgetFen],
    ['day-budget', 'day-budget', activity.wonTodayFen, budgetFenPerDay],
    ['person-budget', 'person-budget', person.spentFen, budgetFenPerPerson],
  ];
}

/** A fixed prize is one whose least is its most. */
function rangeOf({ activity }: LimitFacts, prize: Prize): PacketRange | null {
  const drawn = activity.drawn.get(prize.id as PrizeId) ?? 0;
  const left = prize.stock - drawn;
  switch (prize.kind) {
    case 'red-packet':
    case 'group-packet':
    case 'mini-packet':
      return { left, moneyFen: left * prize.amountFen, leastFen: prize.amountFen, mostFen: prize.amountFen };
    case 'random-packet':
      return packetRange(prize, { drawn, givenFen: activity.givenFen.get(prize.id as PrizeId) ?? 0 });
    case 'text':
    case 'voucher':
    case 'coupon':
      return { left, moneyFen: 0, leastFen: 0, mostFen: 0 };
  }
}
