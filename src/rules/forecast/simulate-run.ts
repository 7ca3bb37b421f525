import { beijingDay } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { PrizeId } from '../../base/ids.ts';
import { luckBounds, needsSeed } from '../engine.ts';
import { NEWCOMER } from '../facts.ts';
import type { ActivityFacts, ParticipantFacts } from '../facts.ts';
import type { Chance, DrawLuck } from '../luck.ts';
import { isLeft } from '../settle.ts';
import { winnablePrizes } from '../winnable-prizes.ts';
import type { Stage } from './stage.ts';
import type { Visits } from './visits.ts';

/** Counts of wins per person go up to this many; more are counted with it. */
export const WINS_SHOWN_MAX = 5;

/** What one run is measured at. */
export interface Measure {
  readonly fromMs: number;
  /** How many hours from then on are told apart. */
  readonly hours: number;
  /** After every so many draws the cost is noted. */
  readonly stepDraws: number;
  readonly steps: number;
}

/** How one simulated activity went. Amounts are fen, times Unix ms. */
export interface Run {
  readonly visits: number;
  readonly draws: number;
  readonly wins: number;
  readonly refused: number;
  readonly costFen: number;
  /** The squares of all amounts together: how much luck sways the cost where wins are rare. */
  readonly squaresFen: number;
  /** How many of each prize were won, in the rule's order. */
  readonly prizes: readonly number[];
  /** When nothing was left to win, null when something was left to the end. */
  readonly soldOutAtMs: number | null;
  /** A prize that was drawn could not be paid from the budget. */
  readonly budgetHit: boolean;
  /** People by how often they won: never, once, ... */
  readonly winners: readonly number[];
  /** Up to the end of each hour. */
  readonly hourDraws: Float64Array;
  readonly hourCostFen: Float64Array;
  /** The cost after each step of draws; NaN after the last. */
  readonly stepCostFen: Float64Array;
}

export interface RunOptions {
  readonly stage: Stage;
  readonly visits: Visits;
  /** How often somebody draws at each visit, as long as they may. */
  readonly drawsPerVisit: number;
  readonly measure: Measure;
  readonly chance: Chance;
}

const HOUR_MS = 3_600_000;

/** The counts of a run while it goes on. */
interface Tally {
  activity: ActivityFacts;
  refused: number;
  squaresFen: number;
  soldOutAtMs: number | null;
  budgetHit: boolean;
  readonly persons: (ParticipantFacts | undefined)[];
  readonly stepCostFen: Float64Array;
}

/** Plays every visit of one run through the engine. Pure: the same chance gives the same run. */
export function simulateRun(options: RunOptions): Run {
  const { stage, visits, measure } = options;
  const hourDraws = new Float64Array(measure.hours);
  const hourCostFen = new Float64Array(measure.hours);
  const tally: Tally = {
    activity: stage.opening,
    refused: 0,
    squaresFen: 0,
    soldOutAtMs: null,
    budgetHit: false,
    persons: Array.from({ length: visits.people }),
    stepCostFen: new Float64Array(measure.steps).fill(Number.NaN),
  };
  const visit = visitor(options, tally);
  let hour = 0;
  const note = (until: number): void => {
    for (; hour < until; hour += 1) {
      hourDraws[hour] = tally.activity.draws;
      hourCostFen[hour] = tally.activity.spentFen;
    }
  };
  visits.atMs.forEach((atMs, index) => {
    note(Math.min(measure.hours - 1, Math.floor((atMs - measure.fromMs) / HOUR_MS)));
    visit(visits.persons[index] ?? 0, atMs);
  });
  note(measure.hours);
  return { ...totals(stage, visits, tally), hourDraws, hourCostFen, stepCostFen: tally.stepCostFen };
}

function totals(stage: Stage, visits: Visits, tally: Tally): Omit<Run, 'hourDraws' | 'hourCostFen' | 'stepCostFen'> {
  const { activity, refused, squaresFen, soldOutAtMs, budgetHit, persons } = tally;
  const winners = Array.from({ length: WINS_SHOWN_MAX + 1 }, () => 0);
  for (const person of persons) {
    const wins = Math.min(WINS_SHOWN_MAX, person?.wins ?? 0);
    winners[wins] = (winners[wins] ?? 0) + 1;
  }
  return {
    visits: visits.persons.length,
    draws: activity.draws,
    wins: activity.wins,
    refused,
    costFen: activity.spentFen,
    squaresFen,
    prizes: stage.rule.prizes.map(({ id }) => activity.drawn.get(id as PrizeId) ?? 0),
    soldOutAtMs,
    budgetHit,
    winners,
  };
}

/** Returns what plays one visit: every way in, as often as the plan says, until the person is refused there. */
function visitor(
  { stage, drawsPerVisit, measure, chance }: RunOptions,
  tally: Tally,
): (person: number, atMs: number) => void {
  const luck = luckOf(stage, chance);
  const gone = emptiness(stage);
  let day: BeijingDay = stage.opening.day;
  let dayEndsMs = 0;
  return (index, atMs) => {
    if (atMs >= dayEndsMs) {
      day = beijingDay(atMs);
      dayEndsMs = atMs + HOUR_MS - (((atMs % HOUR_MS) + HOUR_MS) % HOUR_MS);
    }
    for (const start of stage.starts) {
      for (let again = 0; again < drawsPerVisit; again += 1) {
        const { activity } = tally;
        const person = tally.persons[index] ?? NEWCOMER;
        const decision = stage.draw({ activity, person, atMs, day, luck: luck(), start });
        tally.persons[index] = decision.person;
        tally.activity = decision.activity;
        const { verdict } = decision;
        if (verdict.outcome === 'refused') {
          tally.refused += 1;
          break;
        }
        if (verdict.outcome === 'won') {
          tally.squaresFen += verdict.amountFen ** 2;
          if (tally.soldOutAtMs === null && gone(decision.activity)) tally.soldOutAtMs = atMs;
        } else if (verdict.why === 'no-budget') tally.budgetHit = true;
        const { draws, spentFen } = decision.activity;
        if (draws % measure.stepDraws === 0) tally.stepCostFen[draws / measure.stepDraws - 1] = spentFen;
      }
    }
  };
}

const HEX_WORD = 2 ** 32;

/** Draws the luck of one draw, as real draws have it. */
function luckOf(stage: Stage, chance: Chance): () => DrawLuck {
  const bounds = luckBounds(stage.rule);
  const seeded = needsSeed(stage.rule);
  const word = (): string => chance.below(HEX_WORD).toString(16).padStart(8, '0');
  return () => ({
    tickets: bounds.map((bound) => (bound === 0 ? 0 : chance.below(bound))),
    // Written out only where a draw asks for it: most do not, and it would take a fifth of the time.
    get seed() {
      return seeded ? `${word()}${word()}${word()}${word()}` : '';
    },
  });
}

/** Returns what says whether nothing is left for anybody on any day. */
function emptiness({ rule }: Stage): (activity: ActivityFacts) => boolean {
  const lasting = { ...rule, limits: { ...rule.limits, budgetFenPerDay: null, budgetFenPerPerson: null } };
  const winnable = winnablePrizes(rule);
  return (activity) => {
    const facts = { rule: lasting, activity, person: NEWCOMER, atMs: 0, day: activity.day };
    return !winnable.some((prize) => isLeft(facts, prize));
  };
}
