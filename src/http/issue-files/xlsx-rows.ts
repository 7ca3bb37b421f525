import { open } from 'node:fs/promises';
import { WrongRequest } from '../../base/errors.ts';
import { elementsIn } from './xml-elements.ts';
import { SharedTexts } from './shared-texts.ts';
import type { FileRow } from './text-rows.ts';
import { entryText, notSpreadsheet, zipEntries } from './zip-entries.ts';
import type { ZipEntry, ZipFile } from './zip-entries.ts';

const ELEMENT_CHARACTERS_MAX = 65_536;
/** What an element that does not end may keep us waiting for. */
const OPEN_CHARACTERS_MAX = 1_048_576;
const COLUMNS_MAX = 26;

/**
 * Reads the first sheet of an .xlsx file row by row without ever holding more of it than its table of texts, some 35 MB for a
 * million openids (ECMA-376 part 1, 18.3 and 18.4). Rows and cells that are left out keep their place. Throws WrongRequest
 * `file-not-spreadsheet` or `file-too-large` (400).
 */
export async function* xlsxRows(path: string): AsyncGenerator<FileRow> {
  const file: ZipFile = { path, handle: await open(path, 'r') };
  try {
    const entries = await zipEntries(file);
    const sheet = firstSheet(entries);
    if (sheet === undefined) throw notSpreadsheet();
    const texts = await sharedTexts(file, entries);
    let last = 0;
    for await (const { head, body } of elements(entryText(file, sheet), 'row')) {
      const line = Number(/\br="(\d{1,7})"/.exec(head)?.[1] ?? last + 1);
      last = line;
      const row = body === null ? { line, cells: null } : { line, cells: cellsOf(body, texts) };
      if (row.cells === null || row.cells.some((cell) => cell !== '')) yield row;
    }
  } finally {
    await file.handle.close();
  }
}

/** Sheets are numbered in the order they were made; the first one that is there is taken. */
function firstSheet(entries: readonly ZipEntry[]): ZipEntry | undefined {
  const sheets = entries.flatMap((entry) => {
    const number = /^xl\/worksheets\/sheet(\d+)\.xml$/i.exec(entry.name)?.[1];
    return number === undefined ? [] : [{ entry, number: Number(number) }];
  });
  return sheets.sort((one, other) => one.number - other.number)[0]?.entry;
}

async function sharedTexts(file: ZipFile, entries: readonly ZipEntry[]): Promise<SharedTexts> {
  const texts = new SharedTexts();
  const entry = entries.find(({ name }) => name.toLowerCase() === 'xl/sharedstrings.xml');
  if (entry === undefined) return texts;
  for await (const { body } of elements(entryText(file, entry), 'si')) {
    if (!texts.add(body === null ? '' : textOf(body))) {
      throw new WrongRequest(
        'file-too-large',
        'the spreadsheet holds too much text: keep only the columns that are needed',
      );
    }
  }
  return texts;
}

/** The elements of one name, whole, in order; of one far too large the body is null. */
async function* elements(
  chunks: AsyncIterable<string>,
  name: 'row' | 'si',
): AsyncGenerator<{ readonly head: string; readonly body: string | null }> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    let end = 0;
    for (const { head, body, end: after } of elementsIn(rest, name)) {
      end = after;
      yield { head, body: body.length > ELEMENT_CHARACTERS_MAX ? null : body };
    }
    // What is no element, as what stands before the first row, is not kept; a tag may be cut off within its name.
    const open = rest.indexOf(`<${name}`, end);
    rest = rest.slice(open < 0 ? Math.max(end, rest.length - name.length) : open);
    if (rest.length > OPEN_CHARACTERS_MAX) throw notSpreadsheet();
  }
}

function cellsOf(row: string, texts: SharedTexts): readonly string[] {
  const cells: string[] = [];
  let next = 0;
  for (const { head: attributes, body } of elementsIn(row, 'c')) {
    const place = columnOf(attributes) ?? next;
    next = place + 1;
    if (place >= COLUMNS_MAX) continue;
    while (cells.length < place) cells.push('');
    cells[place] = valueOf(attributes, body, texts).trim();
  }
  return cells;
}

/** `AB12` stands in the 28th column, counted from 0. */
function columnOf(attributes: string): number | null {
  const letters = /\br="([A-Z]{1,3})\d/.exec(attributes)?.[1];
  if (letters === undefined) return null;
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function valueOf(attributes: string, body: string, texts: SharedTexts): string {
  const kind = /\bt="(\w+)"/.exec(attributes)?.[1] ?? 'n';
  if (kind === 'inlineStr') return textOf(body);
  const value = firstOf(body, 'v');
  if (kind === 's') return texts.at(Number(value));
  return kind === 'n' ? plainNumber(value) : unescaped(value);
}

/** Excel stores 1.1 as it computes with it, 1.1000000000000001; at most two decimals are meant. */
function plainNumber(value: string): string {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) return value;
  const rounded = Math.round(number * 100) / 100;
  return Math.abs(rounded - number) < 1e-9 ? String(rounded) : value;
}

function firstOf(body: string, name: string): string {
  for (const element of elementsIn(body, name)) return element.body;
  return '';
}

/** A text may be in parts of different looks; how its characters are read (`rPh`) is no part of it. */
function textOf(body: string): string {
  let plain = '';
  let from = 0;
  for (const { start, end } of elementsIn(body, 'rPh')) {
    plain += body.slice(from, start);
    from = end;
  }
  plain += body.slice(from);
  let text = '';
  for (const part of elementsIn(plain, 't')) text += part.body;
  return unescaped(text);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi,
    (whole, hex?: string, decimal?: string, name = '') => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (hex === undefined && decimal === undefined) return NAMED[String(name)] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
