import type { BillLine } from '../../flows/finance/fund-flow.ts';
import type { FileRow } from './text-rows.ts';

const HEADS = {
  railNumber: '微信支付业务单号',
  name: '业务名称',
  type: '业务类型',
  direction: '收支类型',
  amount: '收支金额(元)',
  orderNumber: '业务凭证号',
} as const;
type Places = Record<keyof typeof HEADS, number>;

/**
 * Reads the lines of a fund-flow bill as it is downloaded: a first row with names, a grave accent before every cell, two rows of
 * sums at the end (https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-fundflow.html). Rows that
 * are no such line are left out.
 */
export async function* fundFlowLines(rows: AsyncIterable<FileRow>): AsyncGenerator<BillLine> {
  let places: Places | null = null;
  for await (const { line, cells } of rows) {
    if (cells === null) continue;
    if (places === null) {
      places = placesIn(cells);
      continue;
    }
    const at = places;
    const cell = (name: keyof Places): string => bare(cells[at[name]] ?? '');
    const amountFen = readYuan(cell('amount'));
    const direction = DIRECTIONS[cell('direction')];
    if (direction === undefined || amountFen === null) continue;
    const numbers = { railNumber: cell('railNumber'), orderNumber: cell('orderNumber') };
    yield { line, ...numbers, direction, amountFen, kind: `${cell('name')} ${cell('type')}` };
  }
}

const DIRECTIONS: Readonly<Record<string, BillLine['direction']>> = { 支出: 'out', 收入: 'in' };

function placesIn(cells: readonly string[]): Places | null {
  const names = cells.map((cell) => bare(cell).replaceAll(/[（）]/g, (mark) => (mark === '（' ? '(' : ')')));
  const places = Object.fromEntries(
    Object.entries(HEADS).map(([name, head]) => [name, names.indexOf(head)]),
  ) as unknown as Places;
  return Object.values(places).every((place) => place >= 0) ? places : null;
}

function bare(cell: string): string {
  return cell.replace(/^[\ufeff`]+/, '').trim();
}

function readYuan(text: string): number | null {
  const [, yuan, decimals = ''] = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return yuan === undefined ? null : Number(yuan) * 100 + Number(decimals.padEnd(2, '0'));
}
