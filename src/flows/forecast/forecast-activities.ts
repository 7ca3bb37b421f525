import { WrongRequest } from '../../base/errors.ts';
import type { ActivityId } from '../../base/ids.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { usualHours } from '../../rules/forecast/forecast-job.ts';
import type { ForecastJob } from '../../rules/forecast/forecast-job.ts';
import { liveCurve, straysOf } from '../../rules/forecast/live-curve.ts';
import type { LivePoint, Stray } from '../../rules/forecast/live-curve.ts';
import type { Visits } from '../../rules/forecast/visits.ts';
import type { Expected, ForecastRecords, ForecastRunner, KeptForecast, MadeForecast } from '../ports/forecasts.ts';
import type { ActivityStore, Operator, RuleDraft, StoredActivity } from '../ports/operators.ts';
import type { RuleVersions } from '../ports/rule-versions.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import { readDraft } from '../rule-draft.ts';

/** What a draft is forecast from: people as expected, or as they came to a past activity. */
export type Traffic =
  { readonly expected: Expected } | { readonly replayOf: ActivityId; readonly drawsPerVisit: number };

/** The kept forecast of an activity with what came of it. */
export interface WatchedForecast {
  readonly kept: KeptForecast | null;
  /** Up to the end of each hour in which anybody drew, and of each hour of the forecast up to now. */
  readonly live: readonly LivePoint[];
  readonly strays: readonly Stray[];
}

/**
 * What activities are likely to cost, before they start and while they run. Each throws WrongRequest `rule-faulty` (409) for a
 * draft with faults, `activity-not-found` (404), `traffic-missing` (409) where nobody came to a past activity, and
 * OutsideTrouble `forecast-busy`.
 */
export interface ForecastActivities {
  /** Of a draft that is not stored; nothing is kept. */
  draft(draft: RuleDraft, traffic: Traffic): Promise<MadeForecast>;
  /** Of the rule in force, or of the draft before there is one; kept with the activity. */
  activity(operator: Operator, id: ActivityId, expected: Expected): Promise<WatchedForecast>;
  watch(id: ActivityId): Promise<WatchedForecast>;
}

const HOUR_MS = 3_600_000;

/** Builds the flow over what plays forecasts and where they are kept. */
export function createForecastActivities(options: {
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly versions: Pick<RuleVersions, 'ruleOf'>;
  readonly records: ForecastRecords;
  readonly runner: ForecastRunner;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
}): ForecastActivities {
  const { activities, versions, records, runner, clock, luck } = options;
  const find = async (id: ActivityId): Promise<StoredActivity> => {
    const activity = await activities.find(id);
    if (activity !== undefined) return activity;
    throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
  };
  const watch = async (activity: StoredActivity): Promise<WatchedForecast> => {
    const [kept = null, hours] = await Promise.all([records.find(activity), records.hours(activity)]);
    const live = liveCurve(hours, kept?.forecast ?? null, clock.nowMs());
    return { kept, live, strays: kept === null ? [] : straysOf(kept.forecast, live) };
  };
  return {
    async draft(draft, traffic) {
      const rule = ruleOf(draft);
      const seed = luck.randomId();
      if ('expected' in traffic) return runner.run(plannedJob(rule, traffic.expected, { nowMs: clock.nowMs(), seed }));
      const visits = await records.visits(await find(traffic.replayOf));
      if (visits.persons.length === 0) {
        throw new WrongRequest('traffic-missing', 'nobody came to that activity, so there is nothing to replay', {
          status: 409,
        });
      }
      return runner.run(replayJob(rule, visits, { nowMs: clock.nowMs(), seed, drawsPerVisit: traffic.drawsPerVisit }));
    },
    async activity(operator, id, expected) {
      const activity = await find(id);
      const { publishedVersion, publishedAtMs, draft } = activity;
      const stored = publishedVersion === null ? draft : await versions.ruleOf(activity, publishedVersion);
      const nowMs = publishedAtMs ?? clock.nowMs();
      const job = plannedJob(ruleOf(stored as RuleDraft), expected, { nowMs, seed: luck.randomId() });
      const forecast = await runner.run(job);
      await records.keep(activity, { madeAtMs: clock.nowMs(), madeBy: operator.id, expected, forecast });
      return watch(activity);
    },
    watch: async (id) => watch(await find(id)),
  };
}

function ruleOf(draft: RuleDraft): ActivityRule {
  const { rule, faults } = readDraft(draft);
  if (rule !== null) return rule;
  throw new WrongRequest('rule-faulty', 'the draft has faults: correct them, then it can be forecast', {
    status: 409,
    faults,
  });
}

/** Plans people from the rule's start on, or from now, to its end at most. */
export function plannedJob(
  rule: ActivityRule,
  expected: Expected,
  { nowMs, seed }: { readonly nowMs: number; readonly seed: string },
): ForecastJob {
  const fromMs = rule.startsAtMs ?? nowMs;
  const untilMs = Math.min(rule.endsAtMs ?? Infinity, fromMs + expected.days * 24 * HOUR_MS);
  const hours = usualHours({
    fromMs,
    hours: Math.ceil((untilMs - fromMs) / HOUR_MS),
    keptPercent: expected.keptPercent,
  });
  const { followers, visitsPerThousand, drawsPerVisit } = expected;
  return { rule, traffic: { plan: { followers, visitsPerThousand, fromMs, hours } }, drawsPerVisit, seed };
}

/** Lets the people of a past activity come again as they came, at the same hours of the day, from the rule's start on. */
function replayJob(
  rule: ActivityRule,
  visits: Visits,
  given: { readonly nowMs: number; readonly seed: string; readonly drawsPerVisit: number },
): ForecastJob {
  const fromMs = rule.startsAtMs ?? given.nowMs;
  const movedMs = fromMs - (visits.atMs[0] ?? fromMs);
  const recorded = { ...visits, fromMs, atMs: visits.atMs.map((atMs) => atMs + movedMs) };
  return { rule, traffic: { recorded }, drawsPerVisit: given.drawsPerVisit, seed: given.seed };
}
