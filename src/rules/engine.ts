import type { BeijingDay } from '../base/beijing-day.ts';
import { fen, formatYuan } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';
import type { ActivityRule, Prize } from './activity-rule.ts';
import { milestonePrize, streakAfter } from './check-in.ts';
import type { ActivityFacts, Loss, ParticipantFacts, Refusal, TraceStep, Verdict } from './facts.ts';
import { prizeOfTicket } from './lottery.ts';

/** What one decision is made from: the rule's version, the counters under their lock, the person, the request. */
export interface DecisionInput {
  readonly rule: ActivityRule;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  /** Unix ms of the request and the Beijing day it falls on. */
  readonly atMs: number;
  readonly day: BeijingDay;
  /** The ticket drawn for a lottery, in [0, ticketTotal); ignored by the other mechanics. */
  readonly ticket: number;
}

/** The verdict and the facts as they stand after it. */
export interface Decision {
  readonly verdict: Verdict;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
}

/**
 * Decides one draw. Pure: the same input gives the same decision in any process, for ever. Never awards beyond
 * stock, budget or a limit; a refused request uses no chance up.
 */
export function decide(input: DecisionInput): Decision {
  const trace: TraceStep[] = [];
  const refusal = refuse(input, trace);
  if (refusal !== null) {
    const text = refusalText(input.rule, refusal);
    const verdict: Verdict = {
      outcome: 'refused',
      why: refusal,
      ticket: null,
      text: fill(text, input, null, 0),
      trace,
    };
    return { verdict, activity: input.activity, person: input.person };
  }
  const found = findPrize(input, trace);
  return found.prize !== null ? win(input, found.prize, found, trace) : lose(input, found.why, found, trace);
}

interface Found {
  readonly prize: Prize | null;
  readonly why: Loss;
  readonly ticket: number | null;
  readonly streakDays: number;
}

/** Counts what was drawn on the request's own day: a new Beijing day begins at nought. */
function drawsToday(input: DecisionInput): number {
  return input.person.day === input.day ? input.person.drawsToday : 0;
}

function refuse(input: DecisionInput, trace: TraceStep[]): Refusal | null {
  const { rule, activity, person, atMs } = input;
  const { limits } = rule;
  const checkedInToday = rule.mechanic.kind === 'check-in' && person.checkInDay === input.day;
  const checks: readonly (readonly [Refusal, boolean, TraceStep['seen'], TraceStep['limit']])[] = [
    ['stopped', activity.open, activity.open ? 'open' : 'stopped', 'open'],
    ['not-started', rule.startsAtMs === null || atMs >= rule.startsAtMs, atMs, rule.startsAtMs],
    ['ended', rule.endsAtMs === null || atMs < rule.endsAtMs, atMs, rule.endsAtMs],
    ['checked-in-today', !checkedInToday, person.checkInDay, input.day],
    ['person-limit', below(person.draws, limits.drawsPerPerson), person.draws, limits.drawsPerPerson],
    [
      'person-day-limit',
      below(drawsToday(input), limits.drawsPerPersonPerDay),
      drawsToday(input),
      limits.drawsPerPersonPerDay,
    ],
    ['win-limit', below(person.wins, limits.winsPerPerson), person.wins, limits.winsPerPerson],
    ['day-limit', below(activity.winsToday, limits.winsPerDay), activity.winsToday, limits.winsPerDay],
  ];
  for (const [check, passed, seen, limit] of checks) {
    // A limit that the rule does not set says nothing, so it stays out of the trace.
    if (limit === null) continue;
    trace.push({ check, passed, seen, limit });
    if (!passed) return check;
  }
  return null;
}

function below(count: number, limit: number | null): boolean {
  return limit === null || count < limit;
}

function findPrize(input: DecisionInput, trace: TraceStep[]): Found {
  const { rule, person, day } = input;
  switch (rule.mechanic.kind) {
    case 'lottery': {
      const prize = prizeOfTicket(input.ticket, rule.prizes);
      trace.push({ check: 'ticket', passed: prize !== undefined, seen: input.ticket, limit: prize?.id ?? 'blank' });
      return available(input, prize, 'blank', { ticket: input.ticket, streakDays: 0 }, trace);
    }
    case 'keyword': {
      const { prizeId } = rule.mechanic;
      const prize = rule.prizes.find((candidate) => candidate.id === prizeId);
      return available(input, prize, 'sold-out', { ticket: null, streakDays: 0 }, trace);
    }
    case 'check-in': {
      const streakDays = streakAfter(person, day);
      const prize = milestonePrize(streakDays, rule.mechanic.milestones, rule.prizes);
      trace.push({ check: 'streak', passed: prize !== undefined, seen: streakDays, limit: prize?.id ?? null });
      return available(input, prize, 'no-milestone', { ticket: null, streakDays }, trace);
    }
  }
}

/** Lets a prize through only while its stock and the budget last. */
function available(
  input: DecisionInput,
  prize: Prize | undefined,
  without: Loss,
  drawn: Pick<Found, 'ticket' | 'streakDays'>,
  trace: TraceStep[],
): Found {
  if (prize === undefined) return { prize: null, why: without, ...drawn };
  const given = input.activity.drawn.get(prize.id as PrizeId) ?? 0;
  trace.push({ check: 'stock', passed: given < prize.stock, seen: given, limit: prize.stock });
  if (given >= prize.stock) return { prize: null, why: 'sold-out', ...drawn };
  const after = input.activity.spentFen + amountOf(prize);
  trace.push({ check: 'budget', passed: after <= input.rule.budgetFen, seen: after, limit: input.rule.budgetFen });
  if (after > input.rule.budgetFen) return { prize: null, why: 'no-budget', ...drawn };
  return { prize, why: without, ...drawn };
}

function amountOf(prize: Prize): Fen {
  return fen(prize.kind === 'red-packet' ? prize.amountFen : 0);
}

function win(input: DecisionInput, prize: Prize, found: Found, trace: readonly TraceStep[]): Decision {
  const amountFen = amountOf(prize);
  const prizeId = prize.id as PrizeId;
  const { activity } = input;
  const text = fill(input.rule.texts.win, input, prize, found.streakDays);
  return {
    verdict: { outcome: 'won', prizeId, amountFen, ticket: found.ticket, text, trace },
    activity: {
      ...activity,
      spentFen: fen(activity.spentFen + amountFen),
      draws: activity.draws + 1,
      wins: activity.wins + 1,
      winsToday: activity.winsToday + 1,
      drawn: new Map(activity.drawn).set(prizeId, (activity.drawn.get(prizeId) ?? 0) + 1),
    },
    person: personAfter(input, found, 1),
  };
}

function lose(input: DecisionInput, why: Loss, found: Found, trace: readonly TraceStep[]): Decision {
  const { texts } = input.rule;
  const template = why === 'no-milestone' ? texts.checkedIn : why === 'blank' ? texts.lose : texts.soldOut;
  const text = fill(template, input, null, found.streakDays);
  return {
    verdict: { outcome: 'lost', why, ticket: found.ticket, text, trace },
    activity: { ...input.activity, draws: input.activity.draws + 1 },
    person: personAfter(input, found, 0),
  };
}

function personAfter(input: DecisionInput, found: Found, wins: number): ParticipantFacts {
  const { person, day } = input;
  const checkedIn = found.streakDays > 0;
  return {
    draws: person.draws + 1,
    day,
    drawsToday: drawsToday(input) + 1,
    wins: person.wins + wins,
    checkInDay: checkedIn ? day : person.checkInDay,
    streakDays: checkedIn ? found.streakDays : person.streakDays,
    checkIns: person.checkIns + (checkedIn ? 1 : 0),
  };
}

function refusalText(rule: ActivityRule, refusal: Refusal): string {
  switch (refusal) {
    case 'stopped':
    case 'not-started':
    case 'ended':
      return rule.texts.closed;
    case 'day-limit':
      return rule.texts.soldOut;
    case 'checked-in-today':
    case 'person-limit':
    case 'person-day-limit':
    case 'win-limit':
      return rule.texts.limit;
  }
}

/** Fills a text's placeholders; one that does not apply becomes empty. */
function fill(template: string, input: DecisionInput, prize: Prize | null, streakDays: number): string {
  if (!template.includes('{')) return template;
  const { drawsPerPersonPerDay } = input.rule.limits;
  const chances =
    drawsPerPersonPerDay === null ? '' : String(Math.max(0, drawsPerPersonPerDay - drawsToday(input) - 1));
  const values: Readonly<Record<string, string>> = {
    amount: prize === null ? '' : formatYuan(amountOf(prize)),
    prize: prize?.name ?? '',
    streak: String(streakDays > 0 ? streakDays : input.person.streakDays),
    chances,
  };
  return template.replace(/\{(amount|prize|streak|chances)\}/g, (_, name: string) => values[name] ?? '');
}
