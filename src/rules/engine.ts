import type { BeijingDay } from '../base/beijing-day.ts';
import { assert } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';
import type { ActivityRule } from './activity-rule.ts';
import { CHAIN_MAX, placedMechanics, settingsOf } from './chains.ts';
import { admit, admitAgain } from './conditions.ts';
import type { ActivityFacts, Loss, Mark, ParticipantFacts, SaidCode, TraceStep, Verdict } from './facts.ts';
import { closedBy, drawsToday, limitBy } from './limits.ts';
import type { ConditionFacts } from './person-facts.ts';
import { chanceFrom } from './luck.ts';
import type { Chance, DrawLuck } from './luck.ts';
import { withChances } from './mechanics/earned-chances.ts';
import { mechanicOf } from './mechanics/list.ts';
import type { Play, Refused } from './mechanics/mechanic.ts';
import type { Prize } from './prize-schema.ts';
import { emptiedBy, isLeft, settle } from './settle.ts';
import { fillText, lossText, refusalText } from './verdict-text.ts';

/** What one decision is made from: the rule's version, the counters under their lock, the person, the request. */
export interface DecisionInput {
  readonly rule: ActivityRule;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  /** Unix ms of the request and the Beijing day it falls on. */
  readonly atMs: number;
  readonly day: BeijingDay;
  readonly luck: DrawLuck;
  /** The mechanic that the request's way in leads to; `main` unless another is given. */
  readonly start?: string | undefined;
  /** What the person gave with the request, as a code or a day; null or absent for nothing. */
  readonly said?: string | null | undefined;
  /** The entry code among it, where the rule has any. */
  readonly code?: SaidCode | null | undefined;
  /** The next voucher of each pool that the rule's prizes are handed out from; one that is empty is missing. */
  readonly vouchers?: ReadonlyMap<string, string> | undefined;
  /** What the rule's conditions look at; needed where it has any. When a draw is decided again: the steps that hold its answers. */
  readonly asking?: ConditionFacts | readonly TraceStep[] | undefined;
}

/** The verdict and the facts as they stand after it. */
export interface Decision {
  readonly verdict: Verdict;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  /** What is written beside the draw. */
  readonly marks: readonly Mark[];
}

/** What the mechanics came to, before stock and budgets. */
interface Ending {
  readonly prize: Prize | null;
  readonly why: Loss;
  readonly ticket: number | null;
  readonly person: ParticipantFacts;
  readonly marks: readonly Mark[];
  readonly chancesIn: string;
}

/** One decision while it is made. */
interface Round extends DecisionInput {
  readonly chance: Chance;
  readonly trace: TraceStep[];
}

/**
 * Decides one draw. Pure: the same input gives the same decision in any process, for ever. Never awards beyond
 * stock, budget or a limit; a refused request uses no chance up. Mechanics that lead on are played in the same decision,
 * which ends at its first prize.
 */
export function decide(input: DecisionInput): Decision {
  const { rule, person, start = 'main' } = input;
  const trace: TraceStep[] = [];
  const round: Round = { ...input, chance: onDemand(input.luck), trace };
  const settings = settingsOf(rule, start);
  const refused: Refused | null =
    because(closedBy(input, trace) ?? emptiedBy(input, trace) ?? excludedBy(input, trace)) ??
    mechanicOf(settings).refuse?.(settings, playOf(round, start, { person, chained: false, forDay: null })) ??
    because(limitBy(input, trace));
  if (refused !== null) {
    const text = fillText(refused.text ?? refusalText(rule, refused.why), { ...input, chancesIn: start, won: null });
    const verdict: Verdict = { outcome: 'refused', why: refused.why, ticket: null, text, trace };
    return { verdict, activity: input.activity, person: refused.person ?? person, marks: [] };
  }
  const ending = playOut(round, start);
  if (ending.prize === null) return lose(round, ending, ending.why);
  const settled = settle(input, ending.prize, round.chance, trace);
  if ('why' in settled) return lose(round, ending, settled.why);
  const code = voucherOf(round, ending.prize);
  if (code !== null) trace.push({ check: 'voucher', passed: code !== undefined, seen: ending.prize.id, limit: 'left' });
  return code === undefined
    ? lose(round, ending, 'sold-out')
    : win(round, ending, { prize: ending.prize, ...settled, code });
}

function because(why: Refused['why'] | null): Refused | null {
  return why === null ? null : { why };
}

/** Says whether the rule's conditions keep the person out; those that are only tried are written down. */
function excludedBy({ rule: { who }, asking }: DecisionInput, trace: TraceStep[]): 'not-eligible' | null {
  if (who.must === null && who.shadow === null) return null;
  assert(asking !== undefined, 'what conditions look at is loaded where a rule has any');
  const { admitted, steps } = isRecorded(asking) ? admitAgain(who, asking) : admit(who, asking);
  trace.push(...steps);
  return admitted ? null : 'not-eligible';
}

function isRecorded(asking: ConditionFacts | readonly TraceStep[]): asking is readonly TraceStep[] {
  return Array.isArray(asking);
}

/** Below what the tickets of a draw's luck are drawn, in their order; 0 where none is needed. */
export function luckBounds(rule: ActivityRule): readonly number[] {
  return placedMechanics(rule).map(({ settings }) => mechanicOf(settings).luckBelow?.(settings, rule.prizes) ?? 0);
}

/** Says whether a draw by this rule may need more chance than its tickets: the seed. */
export function needsSeed(rule: ActivityRule): boolean {
  if (rule.prizes.some(({ kind }) => kind === 'random-packet')) return true;
  return placedMechanics(rule).some(({ settings }) => mechanicOf(settings).usesChance?.(settings) ?? false);
}

/** Plays the mechanic and those it leads to, one after the other, until one gives a prize, chances or nothing. */
function playOut(round: Round, start: string): Ending {
  let { person } = round;
  let ticket: number | null = null;
  let forDay: BeijingDay | null = null;
  const marks: Mark[] = [];
  let id = start;
  for (let depth = 0; depth < CHAIN_MAX; depth += 1) {
    const settings = settingsOf(round.rule, id);
    const mechanic = mechanicOf(settings);
    round.trace.push({ check: 'mechanic', passed: true, seen: id, limit: settings.kind });
    const play = playOf(round, id, { person, chained: depth > 0, forDay });
    const nothing = { prize: null, ticket, person, marks, chancesIn: id };
    const refused = depth > 0 ? (mechanic.refuse?.(settings, play) ?? null) : null;
    if (refused !== null) return { ...nothing, person: refused.person ?? person, why: 'not-admitted' };
    const played = mechanic.play(settings, play);
    ({ person } = played);
    forDay = played.forDay ?? null;
    marks.push(...(played.marks ?? []));
    ticket = played.ticket ?? ticket;
    if (played.gain === null) return { ...nothing, ticket, person, why: played.why };
    const { gain } = played;
    if (gain.kind === 'chances') {
      round.trace.push({ check: 'chances', passed: true, seen: gain.count, limit: gain.in });
      person = withChances(person, gain.in, gain.count);
      return { ...nothing, ticket, person, why: 'chances', chancesIn: gain.in };
    }
    if (gain.kind !== 'draw') return { prize: gain, why: 'sold-out', ticket, person, marks, chancesIn: id };
    id = gain.in;
  }
  throw new RangeError('a chain is longer than its rule may make it');
}

function playOf(round: Round, id: string, now: Pick<Play, 'person' | 'chained' | 'forDay'>): Play {
  const { rule, atMs, day, luck, chance, trace, said = null, code = null } = round;
  const place = id === 'main' ? 0 : rule.chained.findIndex((one) => one.id === id) + 1;
  const ticket = luck.tickets[place];
  assert(ticket !== undefined, 'there is a ticket for each mechanic');
  return {
    ...now,
    id,
    prizes: rule.prizes,
    said,
    code,
    atMs,
    day,
    startsAtMs: rule.startsAtMs,
    ticket,
    chance,
    left: (prize) => isLeft(round, prize) && voucherOf(round, prize) !== undefined,
    trace,
  };
}

/** What a draw won; with it the voucher that the winner gets, null for another kind of prize. */
interface Won {
  readonly prize: Prize;
  readonly amountFen: Fen;
  readonly code: string | null;
}

/** Returns the next voucher of a prize that is one, undefined when there is none; null for any other prize. */
function voucherOf({ vouchers }: DecisionInput, prize: Prize): string | null | undefined {
  return prize.kind === 'voucher' ? vouchers?.get(prize.pool) : null;
}

function win(round: Round, ending: Ending, won: Won): Decision {
  const { activity, rule, trace } = round;
  const { amountFen, code, prize } = won;
  const voucher: readonly Mark[] =
    prize.kind === 'voucher' && code !== null ? [{ kind: 'voucher', pool: prize.pool, code }] : [];
  const prizeId = won.prize.id as PrizeId;
  const person = personAfter(round, ending, won);
  const text = fillText(rule.texts.win, { ...round, person, chancesIn: ending.chancesIn, won });
  return {
    verdict: { outcome: 'won', prizeId, amountFen, ticket: ending.ticket, text, trace },
    activity: {
      ...activity,
      spentFen: fen(activity.spentFen + amountFen),
      draws: activity.draws + 1,
      wins: activity.wins + 1,
      winsToday: activity.winsToday + 1,
      wonTodayFen: fen(activity.wonTodayFen + amountFen),
      drawn: new Map(activity.drawn).set(prizeId, (activity.drawn.get(prizeId) ?? 0) + 1),
      givenFen: new Map(activity.givenFen).set(prizeId, fen((activity.givenFen.get(prizeId) ?? 0) + amountFen)),
    },
    person,
    marks: [...ending.marks, ...voucher],
  };
}

function lose(round: Round, ended: Ending, why: Loss): Decision {
  const { activity, rule, trace } = round;
  const ending = withoutPrice(round, ended);
  const person = personAfter(round, ending, null);
  const text = fillText(lossText(rule, why), { ...round, person, chancesIn: ending.chancesIn, won: null });
  return {
    verdict: { outcome: 'lost', why, ticket: ending.ticket, text, trace },
    activity: { ...activity, draws: activity.draws + 1 },
    person,
    marks: ending.marks,
  };
}

/** Where the prize that a code is worth is not given, the code was not used. */
function withoutPrice({ person }: Round, ending: Ending): Ending {
  const isPrice = (mark: Mark): boolean => mark.kind === 'code' && mark.forPrize;
  if (!ending.marks.some(isPrice)) return ending;
  return { ...ending, person, marks: ending.marks.filter((mark) => !isPrice(mark)) };
}

function personAfter(
  { person: before, day, atMs }: Round,
  { person, ticket }: Ending,
  won: Won | null,
): ParticipantFacts {
  const wins = won === null ? 0 : 1;
  return {
    ...person,
    draws: before.draws + 1,
    day,
    drawsToday: drawsToday(before, day) + 1,
    wins: before.wins + wins,
    winsToday: (before.day === day ? before.winsToday : 0) + wins,
    spentFen: fen(before.spentFen + (won?.amountFen ?? 0)),
    // Only draws of a ticket can miss.
    misses: won !== null && ticket !== null ? 0 : before.misses + (ticket === null ? 0 : 1),
    lastDrawAtMs: Math.max(atMs, before.lastDrawAtMs ?? 0),
  };
}

/** Most draws need no more than their tickets, so the seed is expanded when it is first asked. */
function onDemand(luck: DrawLuck): Chance {
  let chance: Chance | null = null;
  return { below: (bound) => (chance ??= chanceFrom(luck.seed)).below(bound) };
}
