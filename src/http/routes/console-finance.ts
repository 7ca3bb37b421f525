import { startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import { merchantId } from '../../base/ids.ts';
import type { MerchantId } from '../../base/ids.ts';
import { compareFundFlow } from '../../flows/finance/fund-flow.ts';
import type { FinanceStore } from '../../flows/ports/finance.ts';
import { consoleStream } from '../console-stream.ts';
import {
  fundFlowAnswer,
  fundFlowQuery,
  merchantDaysAnswer,
  merchantDaysQuery,
  personMonthQuery,
} from '../contract/console-finance.ts';
import { csvFile } from '../exports/csv-file.ts';
import { xlsxFile } from '../exports/xlsx-file.ts';
import { fundFlowLines } from '../issue-files/fund-flow-lines.ts';
import { spoolFile } from '../issue-files/spool-file.ts';
import { textRows } from '../issue-files/text-rows.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface FinanceRouteDependencies {
  readonly finance: FinanceStore;
}

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
const BILL_BYTES_MAX = 60_000_000;
const DAY_MS = 86_400_000;
const DAYS_MAX = 92;

/** What finance takes away: people and months for the tax, merchants and days against the bill. */
export function financeRoutes({ finance }: FinanceRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'exportPeopleOfMonth',
      method: 'GET',
      path: '/finance/people',
      access: 'money.view',
      summary: 'Who received how much in a month of Beijing, with the tax on incidental income (偶然所得), as a file',
      query: personMonthQuery,
      answer: consoleStream,
      handle: async ({ query: { month, format, language } }) => {
        const table = { columns: finance.personColumns, rows: finance.personMonth(month), language };
        return {
          name: `people-${month}.${format}`,
          type: TYPES[format],
          chunks: format === 'csv' ? csvFile(table) : xlsxFile(table),
        };
      },
    }),
    consoleRoute({
      name: 'listMerchantDays',
      method: 'GET',
      path: '/finance/merchant-days',
      access: 'money.view',
      summary: `What left each merchant and came back, by Beijing day; ${DAYS_MAX} days at most`,
      query: merchantDaysQuery,
      answer: merchantDaysAnswer,
      handle: async ({ query }) => {
        const [from, to] = [readDay(query.from), readDay(query.to)];
        const days = (startOfBeijingDayMs(to) - startOfBeijingDayMs(from)) / DAY_MS + 1;
        if (days < 1 || days > DAYS_MAX)
          throw new WrongRequest('period-invalid', `a period has 1 to ${DAYS_MAX} days, this one ${days}`);
        return { days: [...(await finance.merchantDays(from, to))] };
      },
    }),
    consoleRoute({
      name: 'compareFundFlow',
      method: 'POST',
      path: '/finance/merchants/:id/fund-flow',
      access: 'money.view',
      summary: 'Hold a day’s fund-flow bill (资金账单) of a merchant against the books; nothing is stored',
      query: fundFlowQuery,
      file: { types: ['text/csv', 'text/plain'], bytesMax: BILL_BYTES_MAX },
      answer: fundFlowAnswer,
      handle: async ({ params, query, file }) => {
        const asked = { merchant: readMerchant(params['id'] ?? ''), day: readDay(query.day) };
        const spooled = await spoolFile(file);
        try {
          const report = await compareFundFlow(finance, asked, fundFlowLines(textRows(spooled.path)));
          return { ...report, breaks: [...report.breaks] };
        } finally {
          await spooled.remove();
        }
      },
    }),
  ];
}

function readDay(text: string): BeijingDay {
  if (!Number.isNaN(startOfBeijingDayMs(text as BeijingDay))) return text as BeijingDay;
  throw new WrongRequest('period-invalid', `${text} is no day`);
}

function readMerchant(text: string): MerchantId {
  try {
    return merchantId(text);
  } catch (cause) {
    throw new WrongRequest('merchant-not-found', 'there is no such merchant', { status: 404, cause });
  }
}
