import type { BeijingDay } from '../base/beijing-day.ts';
import type { Fen } from '../base/fen.ts';
import type { PrizeId } from '../base/ids.ts';

/** An activity's counters at one moment, read under its lock. */
export interface ActivityFacts {
  readonly open: boolean;
  readonly spentFen: Fen;
  readonly draws: number;
  readonly wins: number;
  /** The Beijing day `winsToday` counts. */
  readonly day: BeijingDay;
  readonly winsToday: number;
  /** How many of each prize were drawn. */
  readonly drawn: ReadonlyMap<PrizeId, number>;
}

/** One person in one activity. */
export interface ParticipantFacts {
  readonly draws: number;
  /** The Beijing day `drawsToday` counts, null before the first draw. */
  readonly day: BeijingDay | null;
  readonly drawsToday: number;
  readonly wins: number;
  readonly checkInDay: BeijingDay | null;
  readonly streakDays: number;
  readonly checkIns: number;
}

/** Someone who never took part. */
export const NEWCOMER: ParticipantFacts = {
  draws: 0,
  day: null,
  drawsToday: 0,
  wins: 0,
  checkInDay: null,
  streakDays: 0,
  checkIns: 0,
};

export type Refusal =
  | 'not-started'
  | 'ended'
  | 'stopped'
  | 'person-limit'
  | 'person-day-limit'
  | 'win-limit'
  | 'day-limit'
  | 'checked-in-today';

export type Loss = 'blank' | 'sold-out' | 'no-budget' | 'no-milestone';

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
