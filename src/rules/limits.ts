import type { ActivityRule } from './activity-rule.ts';
import type { ActivityFacts, ParticipantFacts, Refusal, TraceStep } from './facts.ts';

/** What the limits are held against: the rule, the counters under their lock, the person, the request's time. */
export interface LimitFacts {
  readonly rule: ActivityRule;
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  readonly atMs: number;
  readonly day: string;
}

type Check = readonly [Refusal, boolean, TraceStep['seen'], TraceStep['limit']];

/** Says why nobody may take part now, or null: stopped, paused, not started yet, over. */
export function closedBy({ rule, activity, atMs }: LimitFacts, trace: TraceStep[]): Refusal | null {
  return firstFailed(
    [
      [activity.state === 'paused' ? 'paused' : 'stopped', activity.state === 'open', activity.state, 'open'],
      ['not-started', rule.startsAtMs === null || atMs >= rule.startsAtMs, atMs, rule.startsAtMs],
      ['ended', rule.endsAtMs === null || atMs < rule.endsAtMs, atMs, rule.endsAtMs],
    ],
    trace,
  );
}

/** Returns the first limit that is reached, or null. */
export function limitBy({ rule, activity, person, day, atMs }: LimitFacts, trace: TraceStep[]): Refusal | null {
  const { limits } = rule;
  const today = drawsToday(person, day);
  const winsToday = person.day === day ? person.winsToday : 0;
  // Another process's clock may be a little ahead: then no second has passed.
  const restedSeconds = person.lastDrawAtMs === null ? null : Math.max(0, wholeSeconds(atMs - person.lastDrawAtMs));
  return firstFailed(
    [
      ['person-limit', below(person.draws, limits.drawsPerPerson), person.draws, limits.drawsPerPerson],
      ['person-day-limit', below(today, limits.drawsPerPersonPerDay), today, limits.drawsPerPersonPerDay],
      ['cool-down', rested(restedSeconds, limits.coolDownSeconds), restedSeconds, limits.coolDownSeconds],
      ['win-limit', below(person.wins, limits.winsPerPerson), person.wins, limits.winsPerPerson],
      ['win-day-limit', below(winsToday, limits.winsPerPersonPerDay), winsToday, limits.winsPerPersonPerDay],
      ['day-limit', below(activity.winsToday, limits.winsPerDay), activity.winsToday, limits.winsPerDay],
    ],
    trace,
  );
}

function firstFailed(checks: readonly Check[], trace: TraceStep[]): Refusal | null {
  for (const [check, passed, seen, limit] of checks) {
    // A limit that the rule does not set says nothing, so it stays out of the trace.
    if (limit === null) continue;
    trace.push({ check, passed, seen, limit });
    if (!passed) return check;
  }
  return null;
}

/** Counts what was drawn on the request's own day: a new Beijing day begins at nought. */
export function drawsToday(person: ParticipantFacts, day: string): number {
  return person.day === day ? person.drawsToday : 0;
}

function below(count: number, limit: number | null): boolean {
  return limit === null || count < limit;
}

function rested(seconds: number | null, coolDownSeconds: number | null): boolean {
  return seconds === null || coolDownSeconds === null || seconds >= coolDownSeconds;
}

function wholeSeconds(durationMs: number): number {
  return (durationMs - (durationMs % 1000)) / 1000;
}
