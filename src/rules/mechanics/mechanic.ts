import type { z } from 'zod';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { Loss, Mark, ParticipantFacts, Refusal, SaidCode, TraceStep } from '../facts.ts';
import type { Chance } from '../luck.ts';
import type { Prize } from '../prize-schema.ts';
import type { Lead } from './lead.ts';

/** What a mechanic sees of the draw it is asked for. */
export interface Play {
  /** Its own place in the rule: `main` or a chained id. What it remembers of people stands under it. */
  readonly id: string;
  /** True when another mechanic of the same draw led here. */
  readonly chained: boolean;
  readonly prizes: readonly Prize[];
  readonly person: ParticipantFacts;
  /** What the person gave with the request, as a code or a day; null for nothing. */
  readonly said: string | null;
  /** The entry code among it, for a rule that has any; null for none. */
  readonly code: SaidCode | null;
  /** Unix ms of the request and the Beijing day it falls on. */
  readonly atMs: number;
  readonly day: BeijingDay;
  /** The earlier day that the mechanic which led here played for; null without one. */
  readonly forDay: BeijingDay | null;
  /** Unix ms of the activity's set start; null where it began once published. */
  readonly startsAtMs: number | null;
  /** Uniform in [0, luckBelow), taken before the transaction; 0 where no chance is needed. */
  readonly ticket: number;
  /** For what is drawn below a bound that depends on what is left. */
  readonly chance: Chance;
  /** Says whether there is any of a prize left and the budgets pay for the smallest it can be. */
  readonly left: (prize: Prize) => boolean;
  /** Every condition that was looked at is added here. */
  readonly trace: TraceStep[];
}

/** What playing came to: a gain or the reason why there is none, and the person as they stand after it. */
export type Played = ({ readonly gain: Prize | Lead } | { readonly gain: null; readonly why: Loss }) & {
  /** The ticket that was drawn, null where none is. */
  readonly ticket: number | null;
  readonly person: ParticipantFacts;
  readonly marks?: readonly Mark[];
  /** The earlier day that the mechanic it leads to is played for. */
  readonly forDay?: BeijingDay;
};

/** A person may not play now. What is to be remembered of it (a guess that failed) stands in `person`. */
export interface Refused {
  readonly why: Refusal;
  readonly person?: ParticipantFacts;
  /** What the person is told instead of the rule's own text for it. */
  readonly text?: string;
}

/** What settings lead to, and where they say so, from the settings on: `['milestones', 0, 'prizeId']`. */
export type Reach = { readonly path: readonly (string | number)[] } & (
  { readonly prizeId: string } | { readonly leadsTo: Lead }
);

/** One thing wrong with settings, and where. */
export interface SettingsFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * One way to take part. A new one is a file that exports an object of this type, a line in list.ts and a test: the
 * rule's schema, the API, the console's forms and the engine follow from the list.
 */
export interface Mechanic<Settings> {
  readonly kind: string;
  /** What an operator sets, with a description for each field. */
  readonly schema: z.ZodType<Settings>;
  /** Every prize it can give by itself, and every mechanic it leads to. */
  reaches(settings: Settings, prizes: readonly Prize[]): readonly Reach[];
  /** Faults that no single field shows. */
  faults?(settings: Settings, prizes: readonly Prize[]): readonly SettingsFault[];
  /** It needs a whole number drawn uniformly from [0, luckBelow); 0 for none. */
  luckBelow?(settings: Settings, prizes: readonly Prize[]): number;
  /** Whether it draws below bounds that depend on what is left, too. */
  usesChance?(settings: Settings): boolean;
  /** Says why this person may not play now, and null when they may. Whoever is refused uses no chance up. */
  refuse?(settings: Settings, play: Play): Refused | null;
  /** Plays once. Pure, and exact: whole numbers only. */
  play(settings: Settings, play: Play): Played;
}

/** A prize or somewhere to go on: what keywords and milestones give. */
export interface GainSettings {
  readonly prizeId: string | null;
  readonly leadsTo: Lead | null;
}

/** Returns what such settings reach; `path` leads to them. */
export function reachOf({ prizeId, leadsTo }: GainSettings, path: Reach['path'] = []): readonly Reach[] {
  return [
    ...(prizeId === null ? [] : [{ prizeId, path: [...path, 'prizeId'] }]),
    ...(leadsTo === null ? [] : [{ leadsTo, path: [...path, 'leadsTo'] }]),
  ];
}

/** Finds settings that give both or neither. */
export function gainFaults({ prizeId, leadsTo }: GainSettings, path: Reach['path'] = []): readonly SettingsFault[] {
  if ((prizeId === null) !== (leadsTo === null)) return [];
  return [{ path: [...path, 'prizeId'], message: 'say a prize or where it leads: one of them' }];
}

/** Returns the gain that settings name, or undefined when there is no such prize. */
export function gainOf({ prizeId, leadsTo }: GainSettings, prizes: readonly Prize[]): Prize | Lead | undefined {
  return leadsTo ?? prizes.find(({ id }) => id === prizeId);
}
