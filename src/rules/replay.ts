import { beijingDay } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import { assert } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { ActivityRule } from './activity-rule.ts';
import { placedMechanics } from './chains.ts';
import { decide } from './engine.ts';
import type { Decision } from './engine.ts';
import { NEWCOMER } from './facts.ts';
import type { ActivityFacts, ParticipantFacts, SaidCode, TraceStep } from './facts.ts';
import { lateLuck, luckFrom, needsLuck, noLuck } from './fair-luck.ts';
import type { DrawLuck } from './luck.ts';

/** A decided draw as it was written down. */
export interface RecordedDraw {
  /** How many draws the activity had with this one; a refused one does not count itself. */
  readonly place: number;
  /** What the person is called in the record. */
  readonly person: string;
  readonly atMs: number;
  readonly version: number;
  readonly outcome: 'won' | 'lost' | 'refused';
  readonly why: string | null;
  readonly prizeId: string | null;
  readonly amountFen: number;
  readonly ticket: number | null;
  readonly steps: readonly TraceStep[];
}

/** What became of one draw when it was decided again. */
export interface Replayed {
  /** What is different from the record, in words; null where nothing is. */
  readonly difference: string | null;
  /** The person's how manieth draw it was; a refused one does not count itself. */
  readonly number: number;
}

export interface ReplayOptions {
  readonly ruleOf: (version: number) => ActivityRule;
  /** The bits that a person's n-th draw takes its luck from, as 64 hex digits. */
  readonly bitsOf: (person: string, number: number) => string;
}

const UNTOUCHED: Omit<ActivityFacts, 'day' | 'winsToday' | 'wonTodayFen'> = {
  state: 'open',
  spentFen: fen(0),
  draws: 0,
  wins: 0,
  drawn: new Map(),
  givenFen: new Map(),
};

/**
 * Decides an activity's draws again, one after the other in the order of their places, from nothing but the rule, the luck
 * and what the draws before came to. Stock, budgets, limits and what is remembered of people are counted anew. Only what
 * stands in no draw is taken from a draw's own steps: whether the activity paused, what conditions answered, codes, named days.
 */
export class DrawReplay {
  readonly #options: ReplayOptions;
  readonly #people = new Map<string, ParticipantFacts>();
  readonly #days = new Map<BeijingDay, { readonly wins: number; readonly wonFen: Fen }>();
  #activity = UNTOUCHED;

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** How many draws were counted so far. */
  get draws(): number {
    return this.#activity.draws;
  }

  /** Decides the next draw of the record and compares. Goes on with what it came to itself. */
  next(draw: RecordedDraw): Replayed {
    const rule = this.#options.ruleOf(draw.version);
    const person = this.#people.get(draw.person) ?? NEWCOMER;
    const luck = this.#luckOf(rule, draw.person, person.draws + 1);
    let difference: string | null = null;
    let decision: Decision | null = null;
    const vouchers = vouchersIn(rule, draw.steps);
    for (const guess of startsOf(rule, draw).flatMap((start) => vouchers.map((left) => ({ start, vouchers: left })))) {
      const again = decide({ ...this.#factsFor(rule, draw), person, luck, ...guess });
      const differs = differenceOf(draw, again);
      // What the first guess differs in is the plainest.
      if (decision === null || differs === null) [decision, difference] = [again, differs];
      if (differs === null) break;
    }
    assert(decision !== null, 'every rule has a mechanic');
    this.#keep(draw, decision);
    const expected = this.#activity.draws;
    if (draw.place !== expected) difference = `it stands at place ${draw.place}, and its place is ${expected}`;
    return { difference, number: decision.person.draws };
  }

  #luckOf(rule: ActivityRule, person: string, number: number): DrawLuck {
    if (!needsLuck(rule)) return noLuck(rule);
    return lateLuck(() => luckFrom(rule, this.#options.bitsOf(person, number)));
  }

  #factsFor(rule: ActivityRule, { atMs, steps }: RecordedDraw) {
    const day = beijingDay(atMs);
    const today = this.#days.get(day) ?? { wins: 0, wonFen: fen(0) };
    const activity: ActivityFacts = {
      ...this.#activity,
      state: stateIn(steps),
      day,
      winsToday: today.wins,
      wonTodayFen: today.wonFen,
    };
    return {
      rule,
      activity,
      atMs,
      day,
      said: dayIn(steps),
      code: codeIn(steps),
      vouchers: vouchersIn(rule, steps),
      asking: steps,
    };
  }

  #keep({ person, atMs }: RecordedDraw, { activity, person: after }: Decision): void {
    this.#activity = activity;
    this.#people.set(person, after);
    this.#days.set(beijingDay(atMs), { wins: activity.winsToday, wonFen: activity.wonTodayFen });
  }
}

/** The mechanic that the way in led to. Whoever was refused got to none, so any may have been it. */
function startsOf(rule: ActivityRule, { steps }: RecordedDraw): readonly string[] {
  const first = steps.find(({ check }) => check === 'mechanic')?.seen;
  const all = placedMechanics(rule).map(({ id }) => id);
  return all.includes(String(first)) ? [String(first)] : all;
}

function stateIn(steps: readonly TraceStep[]): ActivityFacts['state'] {
  const seen = steps[0]?.seen;
  return seen === 'paused' || seen === 'stopped' ? seen : 'open';
}

function dayIn(steps: readonly TraceStep[]): string | null {
  const seen = steps.find(({ check }) => check === 'nothing-to-make-up')?.seen ?? null;
  return seen === null ? null : String(seen);
}

/** The code itself is nobody's business; whether it was good is. */
function codeIn(steps: readonly TraceStep[]): SaidCode | null {
  const step = steps.find(({ check }) => check === 'code');
  if (step === undefined || step.limit === 'missing' || step.seen === null) return null;
  return { code: String(step.seen), use: step.limit as SaidCode['use'] };
}

/**
 * Which vouchers there were: all of them, unless the draw says of one that it was missing. How many a pool holds stands in no
 * draw, so whatever explains the record is tried.
 */
function vouchersIn({ prizes }: ActivityRule, steps: readonly TraceStep[]): readonly ReadonlyMap<string, string>[] {
  const pools = prizes.flatMap((prize) => (prize.kind === 'voucher' ? [prize.pool] : []));
  if (pools.length === 0) return [NO_VOUCHERS];
  const gone = new Set(steps.filter(({ check, passed }) => !passed && GONE.has(check)).map(({ seen }) => seen));
  const named = prizes.flatMap((prize) => (prize.kind === 'voucher' && !gone.has(prize.id) ? [prize.pool] : []));
  return [named, pools, ...pools.map((pool) => pools.filter((other) => other !== pool)), []].map(
    (left) => new Map(left.map((pool) => [pool, ''])),
  );
}

const NO_VOUCHERS: ReadonlyMap<string, string> = new Map();
const GONE: ReadonlySet<string> = new Set(['voucher', 'gone', 'prize-left']);

function differenceOf(draw: RecordedDraw, { verdict }: Decision): string | null {
  const won = verdict.outcome === 'won';
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['outcome', draw.outcome, verdict.outcome],
    ['reason', draw.why, won ? null : verdict.why],
    ['ticket', draw.ticket, verdict.ticket],
    ['prize', draw.prizeId, won ? verdict.prizeId : null],
    ['amount in fen', draw.amountFen, won ? verdict.amountFen : 0],
  ];
  for (const [what, recorded, found] of pairs)
    if (recorded !== found) return `its ${what} is ${String(recorded)} in the record, and ${String(found)} by the rule`;
  if (draw.steps.length !== verdict.trace.length)
    return `it has ${draw.steps.length} steps in the record, and ${verdict.trace.length} by the rule`;
  for (const [index, step] of draw.steps.entries()) {
    const found = verdict.trace[index];
    if (found !== undefined && isSameStep(step, found)) continue;
    return `its step ${step.check} saw ${String(step.seen)} of ${String(step.limit)} in the record, and ${found?.check ?? 'none'} ${String(found?.seen)} of ${String(found?.limit)} by the rule`;
  }
  return null;
}

function isSameStep(step: TraceStep, found: TraceStep): boolean {
  if (step.check !== found.check || step.passed !== found.passed || step.limit !== found.limit) return false;
  // A code is recorded with its middle hidden.
  return step.seen === found.seen || step.check === 'code';
}
