import type { ExportRows } from '../../flows/exports/export-rows.ts';
import { consoleStream } from '../console-stream.ts';
import { exportQuery, exportsAnswer } from '../contract/console-exports.ts';
import { csvFile } from '../exports/csv-file.ts';
import { xlsxFile } from '../exports/xlsx-file.ts';
import { readActivityId } from './console-activities.ts';
import { asPeriod } from './console-numbers.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ExportRouteDependencies {
  readonly exportRows: ExportRows;
}

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Files of an activity's rows, and who asked for them. */
export function exportRoutes({ exportRows }: ExportRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'exportActivity',
      method: 'GET',
      path: '/activities/:id/export',
      access: 'activities.export',
      summary: 'Draws, awards, payouts or people as a file, written while it is read; two at once in a process',
      query: exportQuery,
      answer: consoleStream,
      handle: async ({ params, query, operator }) => {
        const { subject, format, language } = query;
        const id = readActivityId(params);
        const begun = await exportRows.begin(operator, { id, subject, format, period: asPeriod(query) });
        const { period } = begun.order;
        const days = period === null ? '' : `-${period.from}${period.from === period.to ? '' : `-${period.to}`}`;
        const table = { columns: begun.columns, rows: begun.rows, language };
        return {
          name: `${begun.slug}-${subject}${days}.${format}`,
          type: TYPES[format],
          chunks: format === 'csv' ? csvFile(table) : xlsxFile(table),
        };
      },
    }),
    consoleRoute({
      name: 'listExports',
      method: 'GET',
      path: '/activities/:id/exports',
      access: 'activities.export',
      summary: 'The last 20 files of an activity: what, by whom, how many rows so far',
      answer: exportsAnswer,
      handle: async ({ params }) => ({ exports: [...(await exportRows.list(readActivityId(params)))] }),
    }),
  ];
}
