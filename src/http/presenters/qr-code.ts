import { assert } from '../../base/errors.ts';
import { errorCorrection } from './reed-solomon.ts';

/** Dark (true) and light modules, row by row, without the quiet zone. */
export type QrModules = readonly (readonly boolean[])[];

/** What one version holds at level M (15 % may be lost): ISO/IEC 18004:2015, tables 7 and 9 and annex E. */
interface Version {
  readonly number: number;
  readonly correctionPerBlock: number;
  /** Data codewords of each block. */
  readonly blocks: readonly number[];
  readonly alignment: readonly number[];
}

const VERSIONS: readonly Version[] = [
  { number: 1, correctionPerBlock: 10, blocks: [16], alignment: [] },
  { number: 2, correctionPerBlock: 16, blocks: [28], alignment: [6, 18] },
  { number: 3, correctionPerBlock: 26, blocks: [44], alignment: [6, 22] },
  { number: 4, correctionPerBlock: 18, blocks: [32, 32], alignment: [6, 26] },
  { number: 5, correctionPerBlock: 24, blocks: [43, 43], alignment: [6, 30] },
  { number: 6, correctionPerBlock: 16, blocks: [27, 27, 27, 27], alignment: [6, 34] },
  { number: 7, correctionPerBlock: 18, blocks: [31, 31, 31, 31], alignment: [6, 22, 38] },
  { number: 8, correctionPerBlock: 22, blocks: [38, 38, 39, 39], alignment: [6, 24, 42] },
  { number: 9, correctionPerBlock: 22, blocks: [36, 36, 36, 37, 37], alignment: [6, 26, 46] },
  { number: 10, correctionPerBlock: 26, blocks: [43, 43, 43, 43, 44], alignment: [6, 28, 50] },
];

/** Most bytes of UTF-8 a code of ours holds: version 10, level M. */
export const QR_BYTES_MAX = 213;

type Cell = boolean | null;
type Rule = (row: number, column: number) => boolean;

const MASKS: readonly Rule[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/**
 * Draws a text as a QR code (ISO/IEC 18004, byte mode, level M, the smallest of versions 1 to 10 it fits in). Throws
 * RangeError for more than 213 bytes.
 */
export function qrCode(text: string): QrModules {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.find((one) => bytes.length + headBytes(one) <= dataCodewords(one));
  if (version === undefined) throw new RangeError(`a QR code of ours holds ${QR_BYTES_MAX} bytes, not ${bytes.length}`);
  const frame = frameOf(version);
  const filled = placeBits(frame, bitsOf(interleaved(version, dataOf(version, bytes))));
  const drawn = MASKS.map((mask, index) => withFormat(masked(filled, frame, mask), index));
  const best = drawn.reduce((least, one) => (penalty(one) < penalty(least) ? one : least));
  return best.map((row) => row.map((cell) => cell === true));
}

/** Four bits of mode and the length, which takes a byte up to version 9 and two from version 10 on. */
function headBytes({ number }: Version): number {
  return number < 10 ? 2 : 3;
}

function dataCodewords({ blocks }: Version): number {
  return blocks.reduce((sum, count) => sum + count, 0);
}

function dataOf(version: Version, bytes: Uint8Array): readonly number[] {
  const bits: number[] = [...toBits(0b0100, 4), ...toBits(bytes.length, version.number < 10 ? 8 : 16)];
  for (const byte of bytes) bits.push(...toBits(byte, 8));
  const total = dataCodewords(version);
  bits.push(...Array.from({ length: Math.min(4, total * 8 - bits.length) }, () => 0));
  while (bits.length % 8 !== 0) bits.push(0);
  const words = Array.from({ length: bits.length / 8 }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8).join(''), 2),
  );
  for (let pad = 0; words.length < total; pad += 1) words.push(pad % 2 === 0 ? 0xec : 0x11);
  return words;
}

function interleaved({ blocks, correctionPerBlock }: Version, data: readonly number[]): readonly number[] {
  let taken = 0;
  const parts = blocks.map((count) => data.slice(taken, (taken += count)));
  const corrections = parts.map((part) => errorCorrection(part, correctionPerBlock));
  const acrossAll = (lists: readonly (readonly number[])[]): readonly number[] =>
    Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, index) =>
      lists.flatMap((list) => list[index] ?? []),
    ).flat();
  return [...acrossAll(parts), ...acrossAll(corrections)];
}

function bitsOf(words: readonly number[]): readonly number[] {
  return words.flatMap((word) => toBits(word, 8));
}

function toBits(value: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (value >> (count - 1 - index)) & 1);
}

/** Everything that is not data; null where data goes. The places of the format are kept as light. */
function frameOf({ number, alignment }: Version): readonly (readonly Cell[])[] {
  const size = 17 + 4 * number;
  const grid: Cell[][] = Array.from({ length: size }, () => Array.from({ length: size }, () => null));
  const set = (row: number, column: number, dark: boolean): void => {
    const line = grid[row];
    if (line !== undefined && column >= 0 && column < size) line[column] = dark;
  };
  for (const [top, left] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    square(-1, 7, (row, column) =>
      set(top + row, left + column, ringOf(row - 3, column - 3) !== 2 && inside(row, column)),
    );
  }
  for (let index = 8; index < size - 8; index += 1) {
    set(6, index, index % 2 === 0);
    set(index, 6, index % 2 === 0);
  }
  for (const row of alignment) {
    for (const column of alignment) {
      const onFinder =
        (row === 6 && column === 6) || (row === 6 && column === size - 7) || (row === size - 7 && column === 6);
      if (!onFinder) square(-2, 2, (down, right) => set(row + down, column + right, ringOf(down, right) !== 1));
    }
  }
  for (let index = 0; index < 9; index += 1) {
    if (index !== 6) set(8, index, false);
    if (index !== 6) set(index, 8, false);
    if (index < 8) set(8, size - 1 - index, false);
    if (index < 8) set(size - 1 - index, 8, index === 7);
  }
  if (number >= 7) {
    const bits = toBits((number << 12) | remainder(number << 12, 0x1f25), 18).toReversed();
    for (const [index, bit] of bits.entries()) {
      set(Math.floor(index / 3), size - 11 + (index % 3), bit === 1);
      set(size - 11 + (index % 3), Math.floor(index / 3), bit === 1);
    }
  }
  return grid;
}

function square(from: number, to: number, each: (row: number, column: number) => void): void {
  for (let row = from; row <= to; row += 1) for (let column = from; column <= to; column += 1) each(row, column);
}

function ringOf(down: number, right: number): number {
  return Math.max(Math.abs(down), Math.abs(right));
}

function inside(row: number, column: number): boolean {
  return row >= 0 && row <= 6 && column >= 0 && column <= 6;
}

/** Bits go up and down in columns of two from the right; the column of the timing pattern is left out. */
function placeBits(frame: readonly (readonly Cell[])[], bits: readonly number[]): readonly (readonly Cell[])[] {
  const size = frame.length;
  const grid = frame.map((row) => [...row]);
  let next = 0;
  let up = true;
  for (let right = size - 1; right > 0; right -= 2, up = !up) {
    if (right === 6) right -= 1;
    for (let step = 0; step < size; step += 1) {
      const line = grid[up ? size - 1 - step : step];
      for (const column of [right, right - 1]) {
        if (line === undefined || line[column] !== null) continue;
        line[column] = bits[next] === 1;
        next += 1;
      }
    }
  }
  // Up to seven places are left over in some versions; they stay light.
  assert(next >= bits.length, 'every bit has its place');
  return grid;
}

function masked(filled: readonly (readonly Cell[])[], frame: readonly (readonly Cell[])[], mask: Rule): Cell[][] {
  return filled.map((line, row) =>
    line.map((cell, column) => (frame[row]?.[column] === null ? (cell === true) !== mask(row, column) : cell)),
  );
}

/** Level M is 00; the 15 bits stand twice. */
function withFormat(grid: Cell[][], mask: number): readonly (readonly Cell[])[] {
  const bits = toBits(((mask << 10) | remainder(mask << 10, 0x537)) ^ 0x5412, 15).map((bit) => bit === 1);
  const size = grid.length;
  const set = (row: number, column: number, dark: boolean): void => {
    const line = grid[row];
    if (line !== undefined) line[column] = dark;
  };
  for (const [index, dark] of bits.entries()) {
    if (index < 6) set(8, index, dark);
    else if (index < 8) set(8, index + 1, dark);
    else set(index === 8 ? 7 : 14 - index, 8, dark);
    if (index < 7) set(size - 1 - index, 8, dark);
    else set(8, size - 15 + index, dark);
  }
  return grid;
}

/** The remainder of a BCH code: annexes C and D. */
function remainder(value: number, generator: number): number {
  const top = 31 - Math.clz32(generator);
  let rest = value;
  while (rest !== 0 && 31 - Math.clz32(rest) >= top) rest ^= generator << (31 - Math.clz32(rest) - top);
  return rest;
}

/** How hard a code is to read: 7.8.3. */
function penalty(grid: readonly (readonly Cell[])[]): number {
  const rows = grid.map((row) => row.map((cell) => (cell === true ? '1' : '0')).join(''));
  const columns = grid.map((_, column) => grid.map((row) => (row[column] === true ? '1' : '0')).join(''));
  let sum = 0;
  for (const line of [...rows, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    for (const _ of line.matchAll(/(?=10111010000|00001011101)/g)) sum += 40;
  }
  for (let row = 1; row < rows.length; row += 1) {
    for (let column = 1; column < rows.length; column += 1) {
      const four = `${rows[row - 1]?.slice(column - 1, column + 1)}${rows[row]?.slice(column - 1, column + 1)}`;
      if (four === '0000' || four === '1111') sum += 3;
    }
  }
  const dark = rows.join('').replaceAll('0', '').length / (rows.length * rows.length);
  return sum + Math.floor(Math.abs(dark * 100 - 50) / 5) * 10;
}
