import { beijingDay, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { ReconciliationStore } from '../../flows/ports/reconciliation.ts';
import { reconciliationAnswer, reconciliationDaysAnswer } from '../contract/console-reconciliation.ts';
import { openidsWithin } from '../presenters/person.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ReconciliationRouteDependencies {
  readonly reconciliations: Pick<ReconciliationStore, 'find' | 'days'>;
}

const DAYS_MAX = 90;
const BREAKS_MAX = 500;

/** The daily reports that compare awards, numbers, answers and books. */
export function reconciliationRoutes({ reconciliations }: ReconciliationRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listReconciliations',
      method: 'GET',
      path: '/reconciliations',
      access: 'payments.view',
      summary: `The last ${DAYS_MAX} Beijing days with a report`,
      answer: reconciliationDaysAnswer,
      handle: async () => ({ days: [...(await reconciliations.days(DAYS_MAX))] }),
    }),
    consoleRoute({
      name: 'showReconciliation',
      method: 'GET',
      path: '/reconciliations/:day',
      access: 'payments.view',
      summary: 'A day’s sums by merchant and state, and the breaks with their age',
      answer: reconciliationAnswer,
      handle: async ({ params, operator }) => {
        const report = await reconciliations.find(readDay(params['day'] ?? ''));
        if (report === undefined) throw noReport();
        const breaks = report.breaks.toSorted((one, two) => one.sinceMs - two.sinceMs);
        const { day, madeAtMs, totals } = report;
        return {
          day,
          madeAtMs,
          totals: [...totals],
          breakCount: breaks.length,
          breaks: breaks.slice(0, BREAKS_MAX).map((line) => ({
            ...line,
            books: openidsWithin(operator, line.books),
            reason: openidsWithin(operator, line.reason),
          })),
        };
      },
    }),
  ];
}

function readDay(text: string): BeijingDay {
  const atMs = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfBeijingDayMs(text as BeijingDay) : Number.NaN;
  if (Number.isNaN(atMs) || beijingDay(atMs) !== text) throw noReport();
  return text as BeijingDay;
}

function noReport(): WrongRequest {
  return new WrongRequest('reconciliation-not-found', 'there is no report of this day', { status: 404 });
}
