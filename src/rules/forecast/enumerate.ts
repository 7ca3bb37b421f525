import { beijingDay } from '../../base/beijing-day.ts';
import { luckBounds, needsSeed } from '../engine.ts';
import { NEWCOMER } from '../facts.ts';
import type { ActivityFacts, ParticipantFacts } from '../facts.ts';
import { placedMechanics } from '../chains.ts';
import type { Stage } from './stage.ts';
import type { Visits } from './visits.ts';

/** What visits come to over all luck there is, each outcome weighed by its exact share. Amounts are fen. */
export interface Exact {
  readonly costFen: number;
  readonly wins: number;
  readonly draws: number;
  /** Every cost there can be with its probability, the smallest first. */
  readonly costs: readonly { readonly costFen: number; readonly probability: number }[];
}

/** Most states that are told apart at once. */
export const STATES_MAX = 20_000;

interface State {
  readonly activity: ActivityFacts;
  readonly persons: readonly ParticipantFacts[];
  readonly probability: number;
  /** Whoever was refused at this visit asks no more there. */
  readonly refused: boolean;
}

/**
 * Plays visits with every luck there is instead of one: tickets that win the same prize are one case, as likely as they
 * are many, and what ends alike is counted together. Returns null for a rule whose amounts or tickets are drawn below
 * bounds that only the counters tell, and where more than 20,000 states would have to be told apart.
 */
export function enumerate(stage: Stage, { visits, drawsPerVisit, statesMax = STATES_MAX }: ExactOptions): Exact | null {
  if (needsSeed(stage.rule)) return null;
  const cases = luckCases(stage);
  let states: readonly State[] = [
    {
      activity: stage.opening,
      persons: Array.from({ length: visits.people }, () => NEWCOMER),
      probability: 1,
      refused: false,
    },
  ];
  for (const [index, person] of visits.persons.entries()) {
    const atMs = visits.atMs[index] ?? 0;
    for (const start of stage.starts) {
      for (let again = 0; again < drawsPerVisit; again += 1) {
        const next = states.flatMap((state) => after(state, { stage, cases, person, atMs, start }));
        states = merged(next, again === drawsPerVisit - 1);
        if (states.length > statesMax) return null;
      }
    }
  }
  return exactOf(states);
}

export interface ExactOptions {
  readonly visits: Visits;
  readonly drawsPerVisit: number;
  readonly statesMax?: number;
}

/** Tickets, one for each mechanic, and how likely such luck is. */
interface LuckCase {
  readonly tickets: readonly number[];
  readonly probability: number;
}

/** One ticket stands for all that win the same prize. */
function luckCases({ rule }: Stage): readonly LuckCase[] {
  const bounds = luckBounds(rule);
  let cases: readonly LuckCase[] = [{ tickets: [], probability: 1 }];
  placedMechanics(rule).forEach((_, place) => {
    const bound = bounds[place] ?? 0;
    const bands = bound === 0 ? [{ first: 0, share: 1 }] : bandsOf(rule.prizes, bound);
    cases = cases.flatMap(({ tickets, probability }) =>
      bands.map(({ first, share }) => ({ tickets: [...tickets, first], probability: probability * share })),
    );
  });
  return cases;
}

function bandsOf(
  prizes: readonly { readonly tickets: number }[],
  bound: number,
): readonly { readonly first: number; readonly share: number }[] {
  let first = 0;
  const bands: { first: number; share: number }[] = [];
  for (const { tickets } of prizes) {
    if (tickets > 0) bands.push({ first, share: tickets / bound });
    first += tickets;
  }
  if (first < bound) bands.push({ first, share: (bound - first) / bound });
  return bands;
}

function after(
  state: State,
  at: {
    readonly stage: Stage;
    readonly cases: readonly LuckCase[];
    readonly person: number;
    readonly atMs: number;
    readonly start: string;
  },
): readonly State[] {
  if (state.refused) return [state];
  const { stage, person, atMs, start } = at;
  return at.cases.map(({ tickets, probability }) => {
    const decision = stage.draw({
      activity: state.activity,
      person: state.persons[person] ?? NEWCOMER,
      atMs,
      day: beijingDay(atMs),
      luck: { tickets, seed: '' },
      start,
    });
    return {
      activity: decision.activity,
      persons: state.persons.with(person, decision.person),
      probability: state.probability * probability,
      refused: decision.verdict.outcome === 'refused',
    };
  });
}

/** States that no later draw can tell apart are one. */
function merged(states: readonly State[], visitEnds: boolean): readonly State[] {
  const byKey = new Map<string, State>();
  for (const one of states) {
    const state = visitEnds ? { ...one, refused: false } : one;
    const { activity } = state;
    const drawn = [...activity.drawn].filter(([, count]) => count > 0).sort(([one], [other]) => (one < other ? -1 : 1));
    const key = JSON.stringify([{ ...activity, drawn, givenFen: null }, state.persons, state.refused]);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? state : { ...known, probability: known.probability + state.probability });
  }
  return [...byKey.values()];
}

function exactOf(states: readonly State[]): Exact {
  const mean = (value: (activity: ActivityFacts) => number): number =>
    states.reduce((sum, { activity, probability }) => sum + value(activity) * probability, 0);
  const costs = new Map<number, number>();
  for (const { activity, probability } of states) {
    costs.set(activity.spentFen, (costs.get(activity.spentFen) ?? 0) + probability);
  }
  return {
    costFen: mean(({ spentFen }) => spentFen),
    wins: mean(({ wins }) => wins),
    draws: mean(({ draws }) => draws),
    costs: [...costs]
      .map(([costFen, probability]) => ({ costFen, probability }))
      .sort((one, other) => one.costFen - other.costFen),
  };
}
