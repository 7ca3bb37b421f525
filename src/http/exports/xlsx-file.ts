import { cleanText } from '../../base/clean-text.ts';
import type { ExportCell, ExportColumn } from '../../flows/ports/exports.ts';
import { headsOf, shownCell } from './cells.ts';
import { StreamedZip } from './streamed-zip.ts';

interface Table {
  readonly columns: readonly ExportColumn[];
  readonly rows: AsyncIterable<readonly (readonly ExportCell[])[]>;
  readonly language: 'zh' | 'en';
  /** Most rows of a sheet with its head; Excel takes 1,048,576. What is left goes into further sheets. */
  readonly sheetRowsMax?: number;
}

const SHEET_ROWS_MAX = 1_048_576;
/** Excel takes no longer text in a cell. */
const CELL_CHARACTERS_MAX = 32_767;

/**
 * Writes rows as a workbook (ECMA-376, Office Open XML), one chunk a batch: what was written is forgotten at once, so a
 * million rows take no more memory than one batch. Texts stand in their cells, because a table of shared strings would have to be
 * remembered to the end. Nothing in it is a formula.
 */
export async function* xlsxFile(table: Table): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = new StreamedZip();
  try {
    yield* writeWorkbook(zip, table);
  } finally {
    // Whoever asked may have gone away in the middle.
    zip.discard();
  }
}

async function* writeWorkbook(
  zip: StreamedZip,
  { columns, rows, language, sheetRowsMax = SHEET_ROWS_MAX }: Table,
): AsyncGenerator<Uint8Array, void, undefined> {
  const heads = headsOf(columns, language);
  let sheets = 0;
  let place = sheetRowsMax;
  for await (const batch of rows) {
    for (let from = 0; from < batch.length;) {
      if (place >= sheetRowsMax) {
        if (sheets > 0) await zip.close(SHEET_END);
        sheets += 1;
        zip.open(`xl/worksheets/sheet${sheets}.xml`);
        await zip.write(sheetBegin(columns, heads));
        place = 1;
      }
      const part = batch.slice(from, from + sheetRowsMax - place);
      await zip.write(part.map((row, index) => rowXml(row, columns, place + index + 1)).join(''));
      place += part.length;
      from += part.length;
    }
    yield* zip.taken();
  }
  if (sheets === 0) {
    sheets = 1;
    zip.open('xl/worksheets/sheet1.xml');
    await zip.write(sheetBegin(columns, heads));
  }
  await zip.close(SHEET_END);
  for (const [name, xml] of frameOf(sheets)) {
    zip.open(name);
    await zip.close(xml);
  }
  zip.end();
  yield* zip.taken();
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_END = '</sheetData></worksheet>';

/** The style of heads, of text (0) and of money, as they stand in styles.xml. */
const HEAD_STYLE = 1;
const MONEY_STYLE = 2;

function sheetBegin(columns: readonly ExportColumn[], heads: readonly string[]): string {
  const widths = columns.map(
    ({ holds }, place) =>
      `<col min="${place + 1}" max="${place + 1}" width="${holds === 'text' || holds === 'time' ? 22 : 12}" customWidth="1"/>`,
  );
  const cells = heads.map((head, place) => textXml(head, `${letters(place)}1`, HEAD_STYLE));
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`;
}

function rowXml(row: readonly ExportCell[], columns: readonly ExportColumn[], number: number): string {
  const cells = columns.map((column, place) => cellXml(row[place] ?? null, column, `${letters(place)}${number}`));
  return `<row r="${number}">${cells.join('')}</row>`;
}

function cellXml(cell: ExportCell, column: ExportColumn, place: string): string {
  if (cell === null) return '';
  const shown = shownCell(cell, column);
  const isNumber = typeof cell === 'number' && (column.holds === 'money' || column.holds === 'number');
  if (!isNumber) return textXml(shown, place, 0);
  return `<c r="${place}"${column.holds === 'money' ? ` s="${MONEY_STYLE}"` : ''}><v>${shown}</v></c>`;
}

function textXml(text: string, place: string, style: number): string {
  const kept = escapeXml(cleanText(text).slice(0, CELL_CHARACTERS_MAX));
  return `<c r="${place}" t="inlineStr"${style === 0 ? '' : ` s="${style}"`}><is><t xml:space="preserve">${kept}</t></is></c>`;
}

/** Leaves out what XML cannot hold at all: other control characters, halves of pairs. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Names a column: A for 0, Z for 25. No file has more. */
function letters(place: number): string {
  return String.fromCodePoint(65 + place);
}

/** Everything around the sheets. It comes last, when it is known how many there are: a zip is read by its directory. */
function frameOf(sheets: number): readonly (readonly [string, string])[] {
  const each = (make: (number: number) => string): string =>
    Array.from({ length: sheets }, (_, index) => make(index + 1)).join('');
  const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${sheetType}.styles+xml"/>${each((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${sheetType}.worksheet+xml"/>`)}</Types>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each((number) => `<sheet name="${number}" sheetId="${number}" r:id="rId${number}"/>`)}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each((number) => `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`)}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      'xl/styles.xml',
      `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="2" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ],
  ];
}
