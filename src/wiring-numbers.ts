import type pg from 'pg';
import { createShowNumbers } from './flows/numbers/show-numbers.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createNumbersReads } from './store/read-models/period-numbers.ts';
import { createRuleVersions } from './store/rule-versions.ts';

/** What the console's numbers are made from. */
export interface NumberParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

/** Joins the numbers that operators look at. */
export function numberFlows({ pool, clock }: NumberParts) {
  const activities = createActivityStore(pool);
  return {
    showNumbers: createShowNumbers({
      activities,
      versions: createRuleVersions(pool),
      numbers: createNumbersReads(pool),
      clock,
    }),
  };
}
