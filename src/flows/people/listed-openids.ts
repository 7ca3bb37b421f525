import { WrongRequest } from '../../base/errors.ts';
import { openid } from '../../base/ids.ts';
import type { Openid } from '../../base/ids.ts';

/** People as they were given, and what is wrong with the rest. */
interface Read {
  readonly people: Set<Openid>;
  readonly faults: { path: string; message: string }[];
  faulty: number;
  given: number;
}

// More faults than these help nobody; how many there are is told.
const FAULTS_TOLD = 1000;
const SHOWN_CHARACTERS = 40;
const ROW_CHARACTERS_MAX = 10_000;

/** Who was named, each once, and how often anybody was. */
export interface ListedOpenids {
  readonly people: readonly Openid[];
  readonly given: number;
}

/** Reads openids one by one. Throws WrongRequest `openids-faulty` (400) that names every faulty one. */
export function readOpenids(given: readonly string[]): ListedOpenids {
  const read = nothingRead();
  for (const [index, text] of given.entries()) take(read, text.trim(), `openids.${index}`);
  return listed(read);
}

/**
 * Reads a text file of one openid a line, or a CSV file whose column `openid`, or else the first one, has them. Empty
 * lines are passed over. Throws WrongRequest `openids-faulty` (400) that names every faulty line, `file-too-long` (400)
 * beyond `most` people and `file-not-text` (400).
 */
export async function readOpenidFile(chunks: AsyncIterable<Uint8Array>, most: number): Promise<ListedOpenids> {
  const read = nothingRead();
  let column: number | null = null;
  for await (const { line, cells } of rowsOf(chunks)) {
    if (cells.every((cell) => cell === '')) continue;
    if (column === null) {
      const named = cells.findIndex((cell) => cell.toLowerCase() === 'openid');
      column = Math.max(0, named);
      if (named !== -1) continue;
    }
    take(read, cells[column] ?? '', `lines.${line}`);
    if (read.given > most) throw tooLong(most);
  }
  return listed(read);
}

interface Row {
  /** Of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Cuts a file into rows as it arrives. Cells may be quoted (RFC 4180), parted by comma, semicolon or tab. */
async function* rowsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  // Not fatal: beside the openids, which are ASCII, an older Excel writes names in GBK.
  const decoder = new TextDecoder('utf-8');
  let row = new RowReader(1);
  for await (const chunk of chunks) {
    for (const character of decoder.decode(chunk, { stream: true })) {
      const next = row.take(character);
      if (next === null) continue;
      yield row.end();
      row = new RowReader(next);
    }
  }
  yield row.end();
}

/** One row while it is read, character by character. */
class RowReader {
  readonly #line: number;
  readonly #cells: string[] = [];
  #cell = '';
  #quoted = false;
  #lines = 0;
  #characters = 0;

  constructor(line: number) {
    this.#line = line;
  }

  /** Returns the line on which the next row begins when this one is over, else null. */
  take(character: string): number | null {
    this.#characters += 1;
    if (character === '\0' || this.#characters > ROW_CHARACTERS_MAX) throw notText(this.#line);
    if (character === '\n') this.#lines += 1;
    if (character === '"') this.#quoted = !this.#quoted;
    else if (this.#quoted) this.#cell += character;
    else if (character === '\n') return this.#line + this.#lines;
    else if (character === ',' || character === ';' || character === '\t') this.#endCell();
    else this.#cell += character;
    return null;
  }

  end(): Row {
    this.#endCell();
    return { line: this.#line, cells: this.#cells };
  }

  #endCell(): void {
    this.#cells.push(this.#cell.trim());
    this.#cell = '';
  }
}

function nothingRead(): Read {
  return { people: new Set(), faults: [], faulty: 0, given: 0 };
}

function take(read: Read, text: string, path: string): void {
  read.given += 1;
  try {
    read.people.add(openid(text));
  } catch {
    read.faulty += 1;
    if (read.faults.length >= FAULTS_TOLD) return;
    const shown = JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
    read.faults.push({ path, message: `${shown} is no openid: 1 to 64 letters, digits, _ or - are needed` });
  }
}

function listed({ people, faults, faulty, given }: Read): ListedOpenids {
  if (given === 0) throw new WrongRequest('openids-faulty', 'nobody is named');
  if (faulty > 0) {
    const told = faulty > faults.length ? `; the first ${faults.length} are named` : '';
    throw new WrongRequest('openids-faulty', `${faulty} of ${given} are no openids, so nothing was changed${told}`, {
      faults,
    });
  }
  return { people: [...people], given };
}

function tooLong(most: number): WrongRequest {
  return new WrongRequest('file-too-long', `a file may name at most ${most} people: cut it into several`);
}

function notText(line: number): WrongRequest {
  const message = 'this is no text or CSV file in UTF-8: save it as “CSV UTF-8”, one openid a line';
  return new WrongRequest('file-not-text', message, { faults: [{ path: `lines.${line}`, message }] });
}
