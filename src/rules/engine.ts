import type { BeijingDay } from '../base/beijing-day.ts';
import { fen, formatYuan } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';
import type { ActivityRule } from './activity-rule.ts';
import type { ActivityFacts, Loss, ParticipantFacts, Refusal, TraceStep, Verdict } from './facts.ts';
import type { DrawLuck } from './luck.ts';
import { closedBy, drawsToday, limitBy } from './limits.ts';
import { mechanicOf } from './mechanics/list.ts';
import type { Play, Played } from './mechanics/mechanic.ts';
import type { Prize } from './prize-schema.ts';

/** What one decision is made from: the rule's version, the counters under their lock, the person, the request. */
export interface DecisionInput {
  readonly rule: ActivityRule;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  /** Unix ms of the request and the Beijing day it falls on. */
  readonly atMs: number;
  readonly day: BeijingDay;
  readonly luck: DrawLuck;
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
  const { rule, person } = input;
  const { mechanic: settings, prizes } = rule;
  const mechanic = mechanicOf(settings);
  const play: Play = { prizes, person, atMs: input.atMs, day: input.day, ticket: input.luck.tickets[0] ?? 0, trace };
  const refusal = closedBy(input, trace) ?? mechanic.refuse?.(settings, play) ?? limitBy(input, trace);
  if (refusal !== null) {
    const text = fill(refusalText(rule, refusal), input, null, person.streakDays);
    return {
      activity: input.activity,
      person,
      verdict: { outcome: 'refused', why: refusal, ticket: null, text, trace },
    };
  }
  trace.push({ check: 'mechanic', passed: true, seen: 'main', limit: settings.kind });
  const played = mechanic.play(settings, play);
  if (played.gain === null) return lose(input, played.why, played, trace);
  const loss = unavailable(input, played.gain, trace);
  return loss === null ? win(input, played.gain, played, trace) : lose(input, loss, played, trace);
}

/** Lets a prize through only while its stock and the budget last. */
function unavailable(input: DecisionInput, prize: Prize, trace: TraceStep[]): Loss | null {
  const given = input.activity.drawn.get(prize.id as PrizeId) ?? 0;
  trace.push({ check: 'stock', passed: given < prize.stock, seen: given, limit: prize.stock });
  if (given >= prize.stock) return 'sold-out';
  const after = input.activity.spentFen + amountOf(prize);
  trace.push({ check: 'budget', passed: after <= input.rule.budgetFen, seen: after, limit: input.rule.budgetFen });
  return after > input.rule.budgetFen ? 'no-budget' : null;
}

function amountOf(prize: Prize): Fen {
  return fen(prize.kind === 'red-packet' ? prize.amountFen : 0);
}

function win(input: DecisionInput, prize: Prize, played: Played, trace: readonly TraceStep[]): Decision {
  const amountFen = amountOf(prize);
  const prizeId = prize.id as PrizeId;
  const { activity } = input;
  const text = fill(input.rule.texts.win, input, prize, played.person.streakDays);
  return {
    verdict: { outcome: 'won', prizeId, amountFen, ticket: played.ticket, text, trace },
    activity: {
      ...activity,
      spentFen: fen(activity.spentFen + amountFen),
      draws: activity.draws + 1,
      wins: activity.wins + 1,
      winsToday: activity.winsToday + 1,
      drawn: new Map(activity.drawn).set(prizeId, (activity.drawn.get(prizeId) ?? 0) + 1),
    },
    person: personAfter(input, played, 1),
  };
}

function lose(input: DecisionInput, why: Loss, played: Played, trace: readonly TraceStep[]): Decision {
  const { texts } = input.rule;
  const template = why === 'no-milestone' ? texts.checkedIn : why === 'blank' ? texts.lose : texts.soldOut;
  const text = fill(template, input, null, played.person.streakDays);
  return {
    verdict: { outcome: 'lost', why, ticket: played.ticket, text, trace },
    activity: { ...input.activity, draws: input.activity.draws + 1 },
    person: personAfter(input, played, 0),
  };
}

function personAfter({ person: before, day }: DecisionInput, { person }: Played, wins: number): ParticipantFacts {
  return {
    ...person,
    draws: before.draws + 1,
    day,
    drawsToday: drawsToday(before, day) + 1,
    wins: before.wins + wins,
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
    drawsPerPersonPerDay === null
      ? ''
      : String(Math.max(0, drawsPerPersonPerDay - drawsToday(input.person, input.day) - 1));
  const values: Readonly<Record<string, string>> = {
    amount: prize === null ? '' : formatYuan(amountOf(prize)),
    prize: prize?.name ?? '',
    streak: String(streakDays),
    chances,
  };
  return template.replace(/\{(amount|prize|streak|chances)\}/g, (_, name: string) => values[name] ?? '');
}

/** Below what the tickets of a draw's luck are drawn, in their order; 0 where none is needed. */
export function luckBounds({ mechanic, prizes }: ActivityRule): readonly number[] {
  return [mechanicOf(mechanic).luckBelow?.(mechanic, prizes) ?? 0];
}
