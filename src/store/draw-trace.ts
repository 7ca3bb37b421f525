import type { TraceStep, Verdict } from '../rules/facts.ts';

/** A step as it is stored: its check, whether it passed, what was seen and the limit. */
type StoredStep = readonly [TraceStep['check'], TraceStep['passed'], TraceStep['seen'], TraceStep['limit']];

/** What draw.trace holds. Steps of draws before the migration CheaperDraws are objects. */
export interface StoredTrace {
  readonly why?: string | null;
  readonly steps?: readonly (StoredStep | TraceStep)[];
}

/** Why a draw ended as it did, with every step that was looked at. */
export interface DrawTrace {
  readonly why: string | null;
  readonly steps: readonly TraceStep[];
}

/** Writes down why, by values without their names: half the bytes of every draw there is. */
export function traceToStore(verdict: Verdict): string {
  const steps = verdict.trace.map(({ check, passed, seen, limit }): StoredStep => [check, passed, seen, limit]);
  return JSON.stringify({ why: verdict.outcome === 'won' ? null : verdict.why, steps });
}

/** Reads what `traceToStore` wrote, or what was written before it. */
export function readTrace({ why = null, steps = [] }: StoredTrace): DrawTrace {
  return { why, steps: steps.map((step) => (isNamed(step) ? step : named(step))) };
}

function isNamed(step: StoredStep | TraceStep): step is TraceStep {
  return !Array.isArray(step);
}

function named([check, passed, seen, limit]: StoredStep): TraceStep {
  return { check, passed, seen, limit };
}
