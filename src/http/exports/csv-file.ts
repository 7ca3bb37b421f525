import { stringify } from 'csv-stringify/sync';
import type { ExportCell, ExportColumn } from '../../flows/ports/exports.ts';
import { headsOf, shownCell } from './cells.ts';

interface Table {
  readonly columns: readonly ExportColumn[];
  readonly rows: AsyncIterable<readonly (readonly ExportCell[])[]>;
  readonly language: 'zh' | 'en';
}

/**
 * Writes rows as CSV (https://www.rfc-editor.org/rfc/rfc4180), one chunk a batch. It begins with a byte order mark,
 * without which Excel reads Chinese as GBK; what a spreadsheet would calculate is given a quote in front, since
 * nicknames are whatever people choose; numbers of more than 15 digits, of which Excel forgets the rest, are text.
 */
export async function* csvFile({ columns, rows, language }: Table): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(`\uFEFF${lines([headsOf(columns, language)])}`);
  for await (const batch of rows) {
    yield Buffer.from(lines(batch.map((row) => columns.map((column, place) => cellText(row[place] ?? null, column)))));
  }
}

function lines(rows: readonly (readonly string[])[]): string {
  return stringify([...rows], { escape_formulas: true, record_delimiter: 'windows' });
}

const LONG_NUMBER = /^\d{16,}$/;

/** A tab behind keeps a long number text where CSV has no types; programs that read it trim. */
function cellText(cell: ExportCell, column: ExportColumn): string {
  const shown = shownCell(cell, column);
  return LONG_NUMBER.test(shown) ? `${shown}\t` : shown;
}
