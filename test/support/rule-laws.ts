import assert from 'node:assert/strict';
import { beijingDay } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import type { ActivityRule } from '../../src/rules/activity-rule.ts';
import { CodesInBatch } from '../../src/rules/codes-in-batch.ts';
import { decide, luckBounds } from '../../src/rules/engine.ts';
import type { Decision } from '../../src/rules/engine.ts';
import { NEWCOMER } from '../../src/rules/facts.ts';
import type { ActivityFacts, ParticipantFacts, TraceStep, Verdict } from '../../src/rules/facts.ts';
import type { DrawLuck } from '../../src/rules/luck.ts';
import { untouched } from './decisions.ts';
import { follower } from './draws.ts';
import { accountId } from '../../src/base/ids.ts';
import { NOBODY_KNOWN } from '../../src/rules/person-facts.ts';
import type { ConditionFacts } from '../../src/rules/person-facts.ts';
import { BEGIN_MS, ODD_LIST } from './random-rules.ts';
import type { RandomHistory } from './random-rules.ts';

/** One decision of a history, with what it was asked for. */
export interface PlayedRequest {
  readonly person: number;
  readonly state: ActivityFacts['state'];
  readonly start: string;
  readonly atMs: number;
  readonly day: BeijingDay;
  readonly before: ParticipantFacts;
  readonly decision: Decision;
}

/** Plays a history from an untouched activity on, each request on what the one before left; by its own luck unless given another. */
export function playHistory(
  { rule, requests }: RandomHistory,
  luckOf?: (person: number, number: number) => DrawLuck,
): readonly PlayedRequest[] {
  const places = ['main', ...rule.chained.map(({ id }) => id)];
  const bounds = luckBounds(rule);
  const people = new Map<number, ParticipantFacts>();
  const codes = codesFor(rule);
  let activity: ActivityFacts = { ...untouched, day: beijingDay(BEGIN_MS) };
  let atMs = BEGIN_MS;
  return requests.map(({ person, way, waitMs, state, code, tickets, seed }) => {
    atMs += waitMs;
    const day = beijingDay(atMs);
    if (activity.day !== day) activity = { ...activity, day, winsToday: 0, wonTodayFen: fen(0) };
    const given = { tickets: bounds.map((bound, index) => (bound === 0 ? 0 : (tickets[index] ?? 0) % bound)), seed };
    const start = places[way % places.length] ?? 'main';
    const before = people.get(person) ?? NEWCOMER;
    const luck = luckOf?.(person, before.draws + 1) ?? given;
    const openid = follower(person);
    const said = { code: codes.saidBy(openid, code === null ? null : `code-${code}`), vouchers: codes.vouchers };
    const asking = askedOf(person, atMs);
    const decision = decide({
      rule,
      activity: { ...activity, state },
      person: before,
      atMs,
      day,
      luck,
      start,
      asking,
      ...said,
    });
    codes.left(openid, decision.marks);
    ({ activity } = decision);
    people.set(person, decision.person);
    return { person, state, start, atMs, day, before, decision };
  });
}

function askedOf(person: number, atMs: number): ConditionFacts {
  const lists = standsOnOdd(person) ? [ODD_LIST] : [];
  return {
    account: accountId('main'),
    atMs,
    person: { ...NOBODY_KNOWN, lists },
    ipDrawsAtMs: null,
    deviceDrawsAtMs: null,
  };
}

function standsOnOdd(person: number): boolean {
  return person % 2 === 1;
}

/** Fewer than people say, and fewer vouchers than some prizes have of them. */
const CODES = 6;
const VOUCHERS = 4;

function codesFor({ prizes }: ActivityRule): CodesInBatch {
  const numbers = Array.from({ length: CODES }, (_, index) => index);
  const pools = prizes.flatMap((prize) => (prize.kind === 'voucher' ? [prize.pool] : []));
  return new CodesInBatch({
    said: new Map(numbers.map((number) => [`code-${number}`, null])),
    vouchers: new Map(pools.map((pool) => [pool, numbers.slice(0, VOUCHERS).map((number) => `${pool} ${number}`)])),
  });
}

/** Throws where a history gave more than the rule has, by an account of its own that looks at verdicts alone. */
export function assertLaws(rule: ActivityRule, played: readonly PlayedRequest[]): void {
  const sums = new Map<string, number>();
  const add = (name: string, more: number): number => {
    const sum = (sums.get(name) ?? 0) + more;
    sums.set(name, sum);
    return sum;
  };
  const lastDraws = new Map<number, number>();
  for (const { person, state, atMs, day, before, decision } of played) {
    const { verdict } = decision;
    assertTraceAgrees(verdict);
    assertMarksAgree(rule, decision);
    for (const mark of decision.marks) {
      if (mark.kind !== 'check-in') atMost(add(`${mark.kind} ${mark.pool} ${mark.code}`, 1), 1);
    }
    if (verdict.outcome === 'refused') continue;
    assertTakesPart(rule, { person, state, atMs });
    assert.equal(decision.person.draws, before.draws + 1);
    const rested = atMs - (lastDraws.get(person) ?? Number.NEGATIVE_INFINITY);
    lastDraws.set(person, atMs);
    const { limits } = rule;
    assert.ok(rested >= (limits.coolDownSeconds ?? 0) * 1000, 'nobody draws before they have rested');
    atMost(add(`draws of ${person}`, 1), limits.drawsPerPerson);
    atMost(add(`draws of ${person} on ${day}`, 1), limits.drawsPerPersonPerDay);
    if (verdict.outcome === 'lost') continue;
    atMost(add(`wins of ${person}`, 1), limits.winsPerPerson);
    atMost(add(`wins of ${person} on ${day}`, 1), limits.winsPerPersonPerDay);
    atMost(add(`wins on ${day}`, 1), limits.winsPerDay);
    atMost(add('fen', verdict.amountFen), rule.budgetFen);
    atMost(add(`fen on ${day}`, verdict.amountFen), limits.budgetFenPerDay);
    atMost(add(`fen of ${person}`, verdict.amountFen), limits.budgetFenPerPerson);
    const prize = rule.prizes.find(({ id }) => id === verdict.prizeId);
    assert.ok(prize);
    const [count, givenFen] = [add(`count ${prize.id}`, 1), add(`fen of ${prize.id}`, verdict.amountFen)];
    atMost(count, prize.stock);
    if (prize.kind === 'red-packet') assert.equal(verdict.amountFen, prize.amountFen);
    if (prize.kind === 'text' || prize.kind === 'voucher') assert.equal(verdict.amountFen, 0);
    if (prize.kind !== 'random-packet') continue;
    assert.ok(verdict.amountFen >= prize.minFen && verdict.amountFen <= prize.maxFen);
    const leastLeftFen = (prize.stock - count) * prize.minFen;
    assert.ok(givenFen + leastLeftFen <= prize.stock * prize.meanFen, 'the others can still be paid');
  }
}

/** Nobody takes part while it is not open, before its start, from its end on, or against who may. */
function assertTakesPart(
  rule: ActivityRule,
  { person, state, atMs }: Pick<PlayedRequest, 'person' | 'state' | 'atMs'>,
): void {
  assert.equal(state, 'open');
  assert.ok(rule.startsAtMs === null || atMs >= rule.startsAtMs);
  assert.ok(rule.endsAtMs === null || atMs < rule.endsAtMs);
  const { must } = rule.who;
  if (must !== null) assert.equal(standsOnOdd(person), must.kind === 'listed');
}

/** A voucher leaves its pool with the win it belongs to, and a code that is worth a prize with that prize. */
function assertMarksAgree({ prizes }: ActivityRule, { verdict, marks }: Decision): void {
  const prize = verdict.outcome === 'won' ? prizes.find(({ id }) => id === verdict.prizeId) : undefined;
  const handedOut = marks.flatMap((mark) => (mark.kind === 'voucher' ? [mark.pool] : []));
  assert.deepEqual(handedOut, prize?.kind === 'voucher' ? [prize.pool] : []);
  if (verdict.outcome === 'refused') assert.deepEqual(marks, []);
  if (verdict.outcome === 'lost') assert.ok(!marks.some((mark) => mark.kind === 'code' && mark.forPrize));
}

function atMost(sum: number, limit: number | null): void {
  assert.ok(limit === null || sum <= limit, `${sum} is more than ${limit}`);
}

/** Steps that say which way a lottery goes on, not that it ends. */
const TURNS = new Set(['guaranteed', 'gone']);

/** Which step says why nothing was won, where it is not called like the reason. */
const REASON_STEPS: Readonly<Record<string, readonly string[]>> = {
  'not-eligible': ['who.must'],
  blank: ['ticket', 'redraw'],
  'sold-out': ['stock', 'gone', 'next', 'voucher', 'prize-left'],
  'no-budget': ['budget'],
  'no-milestone': ['streak'],
  'not-admitted': [
    'no-chance',
    'no-card',
    'nothing-to-make-up',
    'checked-in-today',
    'guesses',
    'code',
    'codes-per-person',
  ],
  'person-limit': ['person-limit', 'codes-per-person'],
  'code-missing': ['code'],
  'code-unknown': ['code'],
  'code-used': ['code'],
  'code-yours': ['code'],
  'too-many-guesses': ['guesses'],
};

/**
 * Throws where the trace does not tell the verdict: the last failed step names why nothing was won, and it is the last
 * of all; behind the last mechanic of a win, or of chances that are given, no step failed.
 */
function assertTraceAgrees(verdict: Verdict): void {
  // What is only tried keeps nobody out.
  const trace = verdict.trace.filter(({ check }) => !check.startsWith('who.shadow'));
  const lastMechanic = trace.findLastIndex(({ check }) => check === 'mechanic');
  const behind: readonly TraceStep[] = trace.slice(lastMechanic + 1).filter(({ check }) => !TURNS.has(check));
  if (verdict.outcome === 'won' || verdict.why === 'chances') {
    assert.deepEqual(
      behind.filter(({ passed }) => !passed),
      [],
    );
    return;
  }
  const last = trace.findLast(({ passed }) => !passed);
  const names = REASON_STEPS[verdict.why] ?? [verdict.why];
  assert.ok(last !== undefined && names.includes(last.check), `${verdict.why} is not told by ${last?.check}`);
  assert.equal(trace.at(-1), last);
}
