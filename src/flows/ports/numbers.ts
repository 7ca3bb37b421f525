import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ActivityPlace } from './console-reads.ts';

/** Beijing days, both included. */
export interface Period {
  readonly from: BeijingDay;
  readonly to: BeijingDay;
}

/** Draws that were not refused, and what they won. */
export interface DrawCount {
  readonly draws: number;
  readonly wins: number;
  readonly wonFen: number;
}

export interface DayCount extends DrawCount {
  readonly day: BeijingDay;
  readonly participants: number;
}

/** What one activity did in a period, as counted while it happened. */
export interface CountedPeriod extends DrawCount {
  /** People who drew, each once however often and on however many days. */
  readonly participants: number;
  /** Those among them who had never drawn in the activity before. */
  readonly newcomers: number;
  readonly refusals: readonly { readonly why: string; readonly number: number }[];
  /** Only days on which anybody drew. */
  readonly days: readonly DayCount[];
  /** By Beijing hour, `00` to `23`; hours without draws are left out. */
  readonly hours: readonly (DrawCount & { readonly hour: string })[];
  /** The 50 ways in that led to most draws, as `words/红包` or `page`. */
  readonly ways: readonly (DrawCount & { readonly way: string })[];
  /** Packets of payouts made in the period, whenever they were sent, opened or came back. */
  readonly packets: {
    readonly sent: number;
    readonly sentFen: number;
    readonly opened: number;
    readonly openedFen: number;
    readonly returned: number;
    readonly returnedFen: number;
  };
}

/** How often a ticket of a version's mechanic stood for a prize; null for a blank. */
export interface DrawnTickets {
  readonly version: number;
  readonly mechanic: string;
  readonly prizeId: string | null;
  readonly number: number;
}

/** One activity's part of a period over all of them. */
export interface ActivityShare extends DrawCount, ActivityPlace {
  readonly name: string;
  readonly participants: number;
}

/** Numbers of activities, read from counts. Every method throws OutsideTrouble when the database is away. */
export interface NumbersReads {
  period(place: ActivityPlace, period: Period): Promise<CountedPeriod>;
  /** Of all time: odds are tested on everything there is. */
  tickets(place: ActivityPlace): Promise<readonly DrawnTickets[]>;
  /** All activities in which anybody drew in the period, those with most draws first; 200 at most. */
  shares(period: Period): Promise<readonly ActivityShare[]>;
  /** All activities together by day. Participants are counted in each activity. */
  daily(period: Period): Promise<readonly DayCount[]>;
}
