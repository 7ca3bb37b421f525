import { WrongRequest } from '../../base/errors.ts';
import { foldCode } from '../../rules/code-shape.ts';
import type { PoolPurpose } from '../ports/code-pools.ts';

/** One line of a file that holds a code: the line's number and the code as it compares, or what is wrong with it. */
export type CodeLine = { readonly line: number } & ({ readonly code: string } | { readonly fault: string });

const LINE_CHARACTERS_MAX = 1000;
const ENTRY_CODE = /^[a-z0-9]{6,32}$/;
const VOUCHER_MAX = 200;
// No code has a control character, and one that changes the direction of writing would show another code.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const QUOTED = /^"((?:[^"]|"")*)"(?:,|$)/;

/**
 * Reads a file of codes as it arrives: one a line, in CSV the first cell; empty lines do not count. Entry codes are folded
 * and have 6 to 32 letters and digits; vouchers stay as they are written. Throws WrongRequest `codes-not-text` (400) for
 * what is neither UTF-8 nor, where `encoding` says so, GBK.
 */
export async function* codeLines(
  file: AsyncIterable<Uint8Array>,
  { purpose, encoding }: { readonly purpose: PoolPurpose; readonly encoding: 'utf-8' | 'gbk' },
): AsyncGenerator<CodeLine> {
  let line = 0;
  for await (const text of lines(file, encoding)) {
    line += 1;
    const read = text.length > LINE_CHARACTERS_MAX ? { fault: 'is far too long' } : readCode(text, purpose);
    if (read !== null) yield { line, ...read };
  }
}

function readCode(text: string, purpose: PoolPurpose): { readonly code: string } | { readonly fault: string } | null {
  const cell = firstCell(text);
  if (cell === '') return text.trim() === '' ? null : { fault: 'has nothing in its first cell' };
  if (purpose === 'voucher') {
    if (UNSEEN.test(cell)) return { fault: 'has a character that is not seen' };
    return cell.length <= VOUCHER_MAX ? { code: cell } : { fault: `has more than ${VOUCHER_MAX} characters` };
  }
  const code = foldCode(cell);
  return ENTRY_CODE.test(code) ? { code } : { fault: 'is no code: 6 to 32 letters and digits are needed' };
}

function firstCell(text: string): string {
  const quoted = QUOTED.exec(text);
  if (quoted !== null) return (quoted[1] ?? '').replaceAll('""', '"').trim();
  return (text.split(',', 1)[0] ?? '').trim();
}

/** Lines without their ends; a line that does not end is handed on in pieces no longer than twice what a line may be. */
async function* lines(file: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      const message = `the file is not ${encoding.toUpperCase()}: save it as UTF-8, or say charset=gbk in its content type`;
      throw new WrongRequest('codes-not-text', message, { cause });
    }
  };
  let rest = '';
  for await (const bytes of file) {
    const parts = (rest + decode(bytes)).split(/\r\n|\n|\r(?=.)/s);
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > 2 * LINE_CHARACTERS_MAX) rest = rest.slice(0, LINE_CHARACTERS_MAX + 1);
  }
  rest += decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
