import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { WrongRequest } from '../../base/errors.ts';

/** A row of a file: its line number as an editor or a spreadsheet shows it, and its cells; null for one far too long. */
export interface FileRow {
  readonly line: number;
  readonly cells: readonly string[] | null;
}

const LINE_CHARACTERS_MAX = 2000;
// Small enough that what is made of one is gone before the next: larger ones grow the heap instead of being collected.
const CHUNK_BYTES = 16_384;
const DELIMITERS = [',', '\t', ';', '，'];

/**
 * Reads a txt or csv file row by row, empty lines left out: UTF-8 with or without byte order mark, UTF-16 with one, or GBK;
 * cells between commas, tabs or semicolons, in double quotes where they hold one. A cell does not go over lines. Throws
 * WrongRequest `file-not-text` (400).
 */
export async function* textRows(path: string): AsyncGenerator<FileRow> {
  let delimiter: string | null = null;
  let line = 0;
  for await (const texts of linesOf(path)) {
    for (const text of texts) {
      line += 1;
      if (text === null) yield { line, cells: null };
      else if (text.trim() !== '') {
        delimiter ??= delimiterOf(text);
        yield { line, cells: text.includes('"') ? quotedCells(text, delimiter) : plainCells(text, delimiter) };
      }
    }
  }
}

/** Lines without their ends, some at a time; null for one far too long, of which nothing is kept while it goes on. */
async function* linesOf(path: string): AsyncGenerator<readonly (string | null)[]> {
  let rest = '';
  let tooLong = false;
  for await (const piece of decoded(path)) {
    const parts = (rest + piece).split(/\r\n|\n|\r(?=[^\n])/);
    rest = parts.pop() ?? '';
    yield parts.map((text, place) => ((tooLong && place === 0) || text.length > LINE_CHARACTERS_MAX ? null : text));
    if (parts.length > 0) tooLong = false;
    if (rest.length > LINE_CHARACTERS_MAX) {
      tooLong = true;
      // A carriage return at its end may be the first half of a line's end.
      rest = rest.endsWith('\r') ? '\r' : '';
    }
  }
  if (tooLong || rest !== '') yield [tooLong ? null : rest.replace(/\r$/, '')];
}

function plainCells(text: string, delimiter: string): readonly string[] {
  return text.split(delimiter).map((cell) => cell.trim());
}

/** A quote that does not end takes the rest of the line. */
function quotedCells(text: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quoted && character === '"' && text.charAt(index + 1) === '"') {
      cell += '"';
      index += 1;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && character === delimiter) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()];
}

/** The first line says it: whichever stands in it first. */
function delimiterOf(text: string): string {
  const places = DELIMITERS.map((delimiter) => [text.indexOf(delimiter), delimiter] as const);
  const found = places.filter(([place]) => place >= 0).sort(([one], [other]) => one - other);
  return found[0]?.[1] ?? ',';
}

/**
 * What a mark at its beginning says, else UTF-8 if all of it is that, else GBK. Two Chinese characters in GBK may read as
 * Cyrillic in UTF-8, where Chinese takes three bytes: text beyond ASCII without any such is taken for GBK.
 */
async function encodingOf(path: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  let chinese = false;
  let foreign = false;
  for await (const chunk of chunksOf(path)) {
    const mark = first ? chunk.subarray(0, 2).toString('hex') : '';
    first = false;
    if (mark === 'fffe') return 'utf-16le';
    if (mark === 'feff') return 'utf-16be';
    try {
      const text = decoder.decode(chunk, { stream: true });
      chinese ||= mark === 'efbb' || /[\u0800-\uffff]/.test(text);
      foreign ||= /[\u0080-\u07ff]/.test(text);
    } catch {
      return 'gb18030';
    }
  }
  return foreign && !chinese ? 'gb18030' : 'utf-8';
}

async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(path), { fatal: true });
  try {
    for await (const chunk of chunksOf(path)) yield withoutNul(decoder.decode(chunk, { stream: true }));
    yield withoutNul(decoder.decode());
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
    const message =
      'the file is no text in UTF-8 or GBK: save it as CSV UTF-8, or send the spreadsheet itself as .xlsx';
    throw new WrongRequest('file-not-text', message, { cause });
  }
}

function withoutNul(text: string): string {
  if (text.includes('\0')) throw new RangeError('text has no NUL');
  return text;
}

function chunksOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}
