import type { ActivityRule } from '../activity-rule.ts';
import { enumerate } from './enumerate.ts';
import type { Exact } from './enumerate.ts';
import { quickChance } from './quick-chance.ts';
import { simulateRun } from './simulate-run.ts';
import type { Measure, Run } from './simulate-run.ts';
import { stageOf } from './stage.ts';
import { summarize } from './summary.ts';
import type { Forecast } from './summary.ts';
import { planVisits } from './visits.ts';
import type { TrafficPlan, Visits } from './visits.ts';

/** A rule and who is expected: everything a forecast follows from. */
export interface ForecastJob {
  readonly rule: ActivityRule;
  /** People as planned, or as they came to a past activity. */
  readonly traffic: { readonly plan: TrafficPlan } | { readonly recorded: RecordedTraffic };
  /** How often somebody draws at each visit, as long as they may: 1 to 10. */
  readonly drawsPerVisit: number;
  /** 32 hex digits. */
  readonly seed: string;
}

/** Visits as they were, moved to begin at `fromMs`. */
export interface RecordedTraffic extends Visits {
  readonly fromMs: number;
}

/** People that are played in all the runs together. */
export const SIMULATED_FOLLOWERS = 1_000_000;
const RUNS_MAX = 2000;
const HOURS_MAX = 24 * 92;
const STEPS = 100;
const EXACT_VISITS_MAX = 40;

/** A forecast that is made run by run, so that whoever makes it can stop in time and tell how far it is. */
export interface ForecastMaking {
  readonly runsWanted: number;
  /** Plays one more run. */
  run(): void;
  /** What the runs so far say; at least one is needed. */
  result(): Forecast & { readonly exact: Exact | null };
}

/** Sets a forecast up. Pure: the same job gives the same runs. `simulatedFollowers`: in all the runs together. */
export function makeForecast(job: ForecastJob, simulatedFollowers = SIMULATED_FOLLOWERS): ForecastMaking {
  const { rule, traffic, drawsPerVisit } = job;
  const chance = quickChance(job.seed);
  const planned = 'plan' in traffic ? traffic.plan : null;
  const recorded = 'plan' in traffic ? null : traffic.recorded;
  const fromMs = planned?.fromMs ?? recorded?.fromMs ?? 0;
  const followers = planned?.followers ?? recorded?.people ?? 0;
  const stage = stageOf(rule, fromMs);
  const visitsOf = (): Visits => (planned === null ? (recorded ?? NOBODY) : planVisits(planned, chance));
  const measure = measureOf(job, { fromMs, starts: stage.starts.length });
  const runs: Run[] = [];
  return {
    runsWanted: Math.min(RUNS_MAX, Math.max(1, Math.ceil(simulatedFollowers / Math.max(1, followers)))),
    run: () => void runs.push(simulateRun({ stage, visits: visitsOf(), drawsPerVisit, measure, chance })),
    result: () => ({
      ...summarize(runs, { rule, measure, followers, assumes: stage.assumes, drawsPerVisit }),
      exact:
        recorded !== null && recorded.persons.length <= EXACT_VISITS_MAX
          ? enumerate(stage, { visits: recorded, drawsPerVisit })
          : null,
    }),
  };
}

const NOBODY: Visits = { people: 0, persons: new Uint32Array(0), atMs: new Float64Array(0) };

function measureOf(
  { traffic, drawsPerVisit, rule }: ForecastJob,
  { fromMs, starts }: { readonly fromMs: number; readonly starts: number },
): Measure {
  const visits =
    'plan' in traffic
      ? (traffic.plan.followers * traffic.plan.visitsPerThousand) / 1000
      : traffic.recorded.persons.length;
  const hours =
    'plan' in traffic
      ? traffic.plan.hours.length
      : Math.ceil(((traffic.recorded.atMs.at(-1) ?? fromMs) + 1 - fromMs) / 3_600_000);
  const perPerson = rule.limits.drawsPerPerson;
  const people = 'plan' in traffic ? traffic.plan.followers : traffic.recorded.people;
  const most = Math.min(visits * starts * drawsPerVisit, perPerson === null ? Infinity : perPerson * people);
  return {
    fromMs,
    hours: Math.min(HOURS_MAX, Math.max(1, hours)),
    stepDraws: Math.max(1, Math.ceil(most / STEPS)),
    steps: STEPS,
  };
}

/** How people usually spread over a day in China, by hours from midnight: few at night, most in the evening. */
export const USUAL_DAY: readonly number[] = [
  20, 10, 6, 4, 4, 8, 20, 40, 55, 60, 60, 62, 70, 62, 55, 52, 54, 58, 66, 80, 92, 95, 78, 45,
];

/**
 * Returns hours in which each day keeps `keptPercent` of the day before, beginning at a Beijing hour. Everybody who hears of an
 * activity on its first day comes then, and fewer day by day.
 */
export function usualHours(given: {
  readonly fromMs: number;
  readonly hours: number;
  readonly keptPercent: number;
}): readonly number[] {
  const first = Math.floor(given.fromMs / 3_600_000) + 8;
  return Array.from({ length: Math.min(HOURS_MAX, Math.max(1, given.hours)) }, (_, hour) => {
    const ofDay = USUAL_DAY[(first + hour) % 24] ?? 1;
    return Math.max(1, Math.round(10_000 * ofDay * (given.keptPercent / 100) ** Math.floor(hour / 24)));
  });
}
