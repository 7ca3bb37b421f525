import { fen, formatYuan } from '../../base/fen.ts';
import type { IssueFault, IssueLine } from '../../flows/ports/issue-batches.ts';

const LINES_PER_PAGE = 2000;

type Lines = (page: { readonly after: number; readonly most: number }) => Promise<readonly IssueLine[]>;

const FAULTS: Readonly<Record<IssueFault, string>> = {
  'openid-missing': '缺少 openid',
  'openid-malformed': 'openid 格式不正确',
  'amount-missing': '缺少金额，批次也未设默认金额',
  'amount-malformed': '金额格式不正确',
  'amount-not-allowed': '金额不在商户允许的范围内',
  'note-too-long': '备注超过 100 字',
  'line-too-long': '整行过长',
  duplicate: 'openid 重复，以前面一行为准',
  erased: '该用户已要求删除资料',
};

/** The faulty lines of a batch as CSV: where, what, why in words, and what stands there. */
export async function* issueFaultsFile(lines: Lines): AsyncGenerator<Uint8Array, void, undefined> {
  yield head(['line', 'fault', '原因', 'text']);
  yield* pages(lines, ({ line, fault, text, openid }) =>
    fault === null ? [] : [String(line), fault, FAULTS[fault], text ?? openid],
  );
}

/** Every line of a batch and what became of it, as CSV. */
export async function* issueReportFile(lines: Lines): AsyncGenerator<Uint8Array, void, undefined> {
  yield head(['line', 'openid', 'yuan', 'note', 'state', 'order_number', 'reason']);
  yield* pages(lines, ({ line, openid, amountFen, note, fault, award, orderNumber, reason }) => [
    String(line),
    openid,
    amountFen === 0 ? '' : formatYuan(fen(amountFen)),
    note,
    award ?? fault ?? 'open',
    orderNumber ?? '',
    reason ?? '',
  ]);
}

async function* pages(
  lines: Lines,
  cells: (line: IssueLine) => readonly string[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let after = 0; ;) {
    const page = await lines({ after, most: LINES_PER_PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield Buffer.from(page.map((line) => row(cells(line))).join(''));
    if (page.length < LINES_PER_PAGE) return;
    after = last.line;
  }
}

/** The byte order mark keeps Excel from reading Chinese as GBK. */
function head(names: readonly string[]): Uint8Array {
  return Buffer.from(`\uFEFF${row(names)}`);
}

/** What a spreadsheet would calculate gets a quote in front. */
function row(cells: readonly string[]): string {
  const texts = cells.map((cell) => {
    const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return texts.length === 0 ? '' : `${texts.join(',')}\r\n`;
}
