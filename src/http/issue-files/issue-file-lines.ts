import type { FileLine } from '../../flows/issues/check-line.ts';
import type { FileRow } from './text-rows.ts';

/** Which cell holds what; -1 for none. */
interface Columns {
  readonly openid: number;
  readonly amount: number;
  readonly amountIn: FileLine['amountIn'];
  readonly note: number;
}

const PLAIN: Columns = { openid: 0, amount: 1, amountIn: 'yuan', note: 2 };
const OPENID_HEADS = /^(?:用户|粉丝)?\s*open\s*_?id$/i;
const FEN_HEADS = /^(?:amount_?fen|fen|金额\s*[(（]分[)）]|分)$/i;
const YUAN_HEADS = /^(?:amount|yuan|amount_?yuan|金额|红包金额|(?:红包)?金额\s*[(（]元[)）]|元)$/i;
const NOTE_HEADS = /^(?:note|remark|备注|说明)$/i;

/**
 * Reads rows as lines of a batch: openid, amount in yuan, note, in this order; or, under a first row with names, in the columns
 * so called (`openid`, `amount` or `金额`, `amount_fen` or `金额(分)`, `note` or `备注`), wherever they stand.
 */
export async function* issueFileLines(rows: AsyncIterable<FileRow>): AsyncGenerator<FileLine> {
  let columns: Columns | null = null;
  for await (const { line, cells } of rows) {
    if (columns === null) {
      const named = cells === null ? null : namedColumns(cells);
      columns = named ?? PLAIN;
      if (named !== null) continue;
    }
    const { amountIn } = columns;
    if (cells === null) yield { line, openid: '', amount: '', amountIn, note: '', fault: 'line-too-long' };
    else {
      const cell = (place: number): string => cells[place] ?? '';
      yield { line, openid: cell(columns.openid), amount: cell(columns.amount), amountIn, note: cell(columns.note) };
    }
  }
}

function namedColumns(cells: readonly string[]): Columns | null {
  const place = (names: RegExp): number => cells.findIndex((cell) => names.test(cell));
  const openid = place(OPENID_HEADS);
  if (openid < 0) return null;
  const fen = place(FEN_HEADS);
  const amountIn = fen < 0 ? 'yuan' : 'fen';
  return { openid, amount: fen < 0 ? place(YUAN_HEADS) : fen, amountIn, note: place(NOTE_HEADS) };
}
