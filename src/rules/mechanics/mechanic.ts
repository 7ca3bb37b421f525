import type { z } from 'zod';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { Loss, ParticipantFacts, Refusal, TraceStep } from '../facts.ts';
import type { Prize } from '../prize-schema.ts';

/** What a mechanic sees of the draw it is asked for. */
export interface Play {
  readonly prizes: readonly Prize[];
  readonly person: ParticipantFacts;
  /** Unix ms of the request and the Beijing day it falls on. */
  readonly atMs: number;
  readonly day: BeijingDay;
  /** Uniform in [0, luckBelow), taken before the transaction; 0 where no chance is needed. */
  readonly ticket: number;
  /** Every condition that was looked at is added here. */
  readonly trace: TraceStep[];
}

/** What playing came to: a gain or the reason why there is none, and the person as they stand after it. */
export type Played = ({ readonly gain: Prize } | { readonly gain: null; readonly why: Loss }) & {
  /** The ticket that was drawn, null where none is. */
  readonly ticket: number | null;
  readonly person: ParticipantFacts;
};

/** A prize that settings name, and where they do, from the settings on: `['milestones', 0, 'prizeId']`. */
export interface Reach {
  readonly prizeId: string;
  readonly path: readonly (string | number)[];
}

/**
 * One way to take part. A new one is a file that exports an object of this type, a line in list.ts and a test: the
 * rule's schema, the API, the console's forms and the engine follow from the list.
 */
export interface Mechanic<Settings> {
  readonly kind: string;
  /** What an operator sets, with a description for each field. */
  readonly schema: z.ZodType<Settings>;
  /** Every prize it can give by itself. */
  reaches(settings: Settings, prizes: readonly Prize[]): readonly Reach[];
  /** Faults that no single field shows. */
  faults?(settings: Settings, prizes: readonly Prize[]): readonly { readonly path: string; readonly message: string }[];
  /** It needs a whole number drawn uniformly from [0, luckBelow); 0 for none. */
  luckBelow?(settings: Settings, prizes: readonly Prize[]): number;
  /** Says why this person may not play now, and null when they may. Whoever is refused loses nothing. */
  refuse?(settings: Settings, play: Play): Refusal | null;
  /** Plays once. Pure, and exact: whole numbers only. */
  play(settings: Settings, play: Play): Played;
}
