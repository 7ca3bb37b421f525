import { beijingDay, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { ReconciliationStore } from '../../flows/ports/reconciliation.ts';
import {
  reconciliationAnswer,
  reconciliationDaysAnswer,
  reconciliationDaysQuery,
} from '../contract/console-reconciliation.ts';
import { openidsWithin } from '../presenters/person.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ReconciliationRouteDependencies {
  readonly reconciliations: Pick<ReconciliationStore, 'find' | 'days'>;
}

const BREAKS_MAX = 500;

/** The daily reports that compare awards, numbers, answers and books. */
export function reconciliationRoutes({ reconciliations }: ReconciliationRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listReconciliations',
      method: 'GET',
      path: '/reconciliations',
      access: 'payments.view',
      summary: 'The Beijing days with a report, the latest first',
      query: reconciliationDaysQuery,
      answer: reconciliationDaysAnswer,
      handle: async ({ query: { after, limit } }) => {
        const found = await reconciliations.days(limit + 1, after === undefined ? undefined : readPlace(after));
        const days = found.slice(0, limit);
        return { days, next: found.length > limit ? (days.at(-1) ?? null) : null };
      },
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
  if (!isDay(text)) throw noReport();
  return text;
}

function readPlace(after: string): BeijingDay {
  if (isDay(after)) return after;
  throw new WrongRequest('cursor-invalid', '`after` takes the `next` of an earlier page, unchanged');
}

function isDay(text: string): text is BeijingDay {
  const atMs = /^\d{4}-\d\d-\d\d$/.test(text) ? startOfBeijingDayMs(text as BeijingDay) : Number.NaN;
  return !Number.isNaN(atMs) && beijingDay(atMs) === text;
}

function noReport(): WrongRequest {
  return new WrongRequest('reconciliation-not-found', 'there is no report of this day', { status: 404 });
}
