import type { BeijingDay } from '../base/beijing-day.ts';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';

/** An activity's counters at one moment, read under its lock. */
export interface ActivityFacts {
  /** paused: nobody may draw until it goes on; stopped: never again. */
  readonly state: 'open' | 'paused' | 'stopped';
  readonly spentFen: Fen;
  readonly draws: number;
  readonly wins: number;
  /** The Beijing day `winsToday` counts. */
  readonly day: BeijingDay;
  readonly winsToday: number;
  /** What was won on that day, whatever became of the money. */
  readonly wonTodayFen: Fen;
  /** How many of each prize were drawn. */
  readonly drawn: ReadonlyMap<PrizeId, number>;
  /** What the drawn ones of each prize are worth together; a prize without any may be missing. */
  readonly givenFen: ReadonlyMap<PrizeId, Fen>;
}

/** One person in one activity. */
export interface ParticipantFacts {
  readonly draws: number;
  /** The Beijing day `drawsToday` and `winsToday` count, null before the first draw. */
  readonly day: BeijingDay | null;
  readonly drawsToday: number;
  readonly wins: number;
  readonly winsToday: number;
  /** What all their wins in the activity are worth. */
  readonly spentFen: Fen;
  /** Draws of tickets in a row that won nothing, since the last that did. */
  readonly misses: number;
  /** Unix ms of the last draw that was not refused. */
  readonly lastDrawAtMs: number | null;
  readonly checkInDay: BeijingDay | null;
  readonly streakDays: number;
  readonly checkIns: number;
  /** What mechanics remember of the person, under each one's id: JSON that they read with care. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Someone who never took part. */
export const NEWCOMER: ParticipantFacts = {
  draws: 0,
  day: null,
  drawsToday: 0,
  wins: 0,
  winsToday: 0,
  spentFen: fen(0),
  misses: 0,
  lastDrawAtMs: null,
  checkInDay: null,
  streakDays: 0,
  checkIns: 0,
  state: {},
};

export type Refusal =
  | 'not-started'
  | 'ended'
  | 'stopped'
  | 'paused'
  | 'nothing-left'
  | 'not-eligible'
  | 'person-limit'
  | 'person-day-limit'
  | 'win-limit'
  | 'win-day-limit'
  | 'day-limit'
  | 'cool-down'
  | 'no-chance'
  | 'checked-in-today'
  | 'no-card'
  | 'nothing-to-make-up'
  | 'code-missing'
  | 'code-unknown'
  | 'code-used'
  | 'code-yours'
  | 'too-many-guesses';

/**
 * Why a draw won no prize. chances: it gave chances to draw elsewhere; not-admitted: the mechanic that the draw was led to
 * refused the person, as the trace says.
 */
export type Loss =
  'blank' | 'sold-out' | 'no-budget' | 'day-budget' | 'person-budget' | 'no-milestone' | 'chances' | 'not-admitted';

/**
 * What a decision leaves in a table of its own, whose unique key keeps it from ever being left twice: a Beijing day a person
 * checked in on, a code that is used up.
 */
export type Mark =
  | { readonly kind: 'check-in'; readonly day: BeijingDay; readonly madeUp: boolean }
  /** `forPrize`: it is worth a prize of its own; where that is not given after all, the code stays good. */
  | { readonly kind: 'code'; readonly pool: string; readonly code: string; readonly forPrize: boolean }
  /** The winner was handed it. */
  | { readonly kind: 'voucher'; readonly pool: string; readonly code: string };

/** The entry code that came with a request, and whether it can be used: free, used by the same person or another, or none. */
export interface SaidCode {
  /** Folded. */
  readonly code: string;
  readonly use: 'free' | 'mine' | 'taken' | 'unknown';
}

/** One step of the decision, for support: what was looked at and what it said. */
export interface TraceStep {
  readonly check: string;
  readonly passed: boolean;
  readonly seen: string | number | null;
  readonly limit: string | number | null;
}

export type Verdict = (
  | { readonly outcome: 'won'; readonly prizeId: PrizeId; readonly amountFen: Fen }
  | { readonly outcome: 'lost'; readonly why: Loss }
  | { readonly outcome: 'refused'; readonly why: Refusal }
) & {
  /** The ticket that was drawn, null where no ticket is drawn. */
  readonly ticket: number | null;
  /** What the person is told. */
  readonly text: string;
  readonly trace: readonly TraceStep[];
};
