import type pg from 'pg';
import { createForecastBalance } from './flows/numbers/forecast-balance.ts';
import { createShowNumbers } from './flows/numbers/show-numbers.ts';
import { createExportRows } from './flows/exports/export-rows.ts';
import type { OperatePeople } from './flows/people/operate-people.ts';
import { createSeePeople } from './flows/people/see-people.ts';
import type { Logger } from './base/logger.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createExportStore } from './store/exports/export-store.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createMerchantBalances } from './store/merchant-balances.ts';
import { createPersonStories } from './store/read-models/person-story.ts';
import { createNumbersReads } from './store/read-models/period-numbers.ts';
import { createRuleVersions } from './store/rule-versions.ts';
import { systemLuck } from './wiring-payouts.ts';

/** What the console's numbers are made from. */
export interface NumberParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly operatePeople: Pick<OperatePeople, 'show'>;
}

/** Joins the numbers that operators look at. */
export function numberFlows({ pool, clock, logger, operatePeople }: NumberParts) {
  const activities = createActivityStore(pool);
  return {
    showNumbers: createShowNumbers({
      activities,
      versions: createRuleVersions(pool),
      numbers: createNumbersReads(pool),
      clock,
    }),
    exportRows: createExportRows({ activities, exports: createExportStore(pool), clock, luck: systemLuck, logger }),
    seePeople: createSeePeople({ stories: createPersonStories(pool), operatePeople, clock, logger }),
    forecastBalance: createForecastBalance({ balances: createMerchantBalances(pool), clock, logger }),
  };
}
