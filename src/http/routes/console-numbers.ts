import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ShowNumbers } from '../../flows/numbers/show-numbers.ts';
import type { Period } from '../../flows/ports/numbers.ts';
import { activityNumbersAnswer, allNumbersAnswer, periodQuery } from '../contract/console-numbers.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface NumberRouteDependencies {
  readonly showNumbers: ShowNumbers;
}

/** What happened in a period: draws, people, ways in, packets, and whether odds are kept. */
export function numberRoutes({ showNumbers }: NumberRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'showAllNumbers',
      method: 'GET',
      path: '/numbers',
      access: 'activities.view',
      summary: 'All activities over a period of at most 366 Beijing days; today unless told',
      query: periodQuery,
      answer: allNumbersAnswer,
      handle: async ({ query }) => {
        const { period, days, activities } = await showNumbers.all(asPeriod(query));
        return { period, days: [...days], activities: [...activities] };
      },
    }),
    consoleRoute({
      name: 'showActivityNumbers',
      method: 'GET',
      path: '/activities/:id/numbers',
      access: 'activities.view',
      summary: 'One activity over a period, and its drawn tickets against the stated odds',
      query: periodQuery,
      answer: activityNumbersAnswer,
      handle: async ({ params, query }) => {
        const found = await showNumbers.activity(readActivityId(params), asPeriod(query));
        return {
          ...found,
          refusals: [...found.refusals],
          days: [...found.days],
          hours: [...found.hours],
          ways: [...found.ways],
          odds: found.odds.map((line) => ({ ...line, cells: [...line.cells] })),
        };
      },
    }),
  ];
}

/** The flow looks at whether they are days. */
export function asPeriod({
  from,
  to,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): Partial<Period> {
  return {
    ...(from === undefined ? {} : { from: from as BeijingDay }),
    ...(to === undefined ? {} : { to: to as BeijingDay }),
  };
}
