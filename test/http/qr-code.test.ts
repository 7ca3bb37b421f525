import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { qrCode, QR_BYTES_MAX } from '../../src/http/presenters/qr-code.ts';
import type { QrModules } from '../../src/http/presenters/qr-code.ts';
import { qrPng, qrSvg } from '../../src/http/presenters/qr-picture.ts';
import { errorCorrection } from '../../src/http/presenters/reed-solomon.ts';

function dark(modules: QrModules, row: number, column: number): string {
  return modules[row]?.[column] === true ? '1' : '0';
}

/** The 15 bits of the format beside the upper left corner. */
function formatOf(modules: QrModules): string {
  const across = [0, 1, 2, 3, 4, 5, 7, 8].map((column) => dark(modules, 8, column));
  return [...across, ...[7, 5, 4, 3, 2, 1, 0].map((row) => dark(modules, row, 8))].join('');
}

it('error correction agrees with the published codewords of HELLO WORLD', () => {
  const data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17];
  assert.deepEqual(errorCorrection(data, 10), [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
});

it('a code is as large as its text needs, and says level M and its mask in both places', () => {
  // Annex C's table of level M, masks 0 to 7.
  const formats = [
    '101010000010010',
    '101000100100101',
    '101111001111100',
    '101101101001011',
    '100010111111001',
    '100000011001110',
    '100111110010111',
    '100101010100000',
  ];
  for (const [length, size] of [
    [1, 21],
    [14, 21],
    [15, 25],
    [42, 29],
    [122, 45],
    [180, 53],
    [181, 57],
    [QR_BYTES_MAX, 57],
  ] as const) {
    const modules = qrCode('x'.repeat(length));
    assert.equal(modules.length, size, `${length} bytes`);
    const format = formatOf(modules);
    assert.ok(formats.includes(format), format);
    const below = [1, 2, 3, 4, 5, 6, 7].map((up) => dark(modules, size - up, 8));
    const right = [8, 7, 6, 5, 4, 3, 2, 1].map((left) => dark(modules, 8, size - left));
    assert.equal([...below, ...right].join(''), format);
  }
});

it('version 7 and up carry the published version bits', () => {
  const modules = qrCode('x'.repeat(120));
  assert.equal(modules.length, 45);
  const bits = Array.from({ length: 18 }, (_, index) => dark(modules, Math.floor(index / 3), 45 - 11 + (index % 3)));
  assert.equal(bits.reverse().join(''), '000111110010010100');
});

it('a text that does not fit is refused', () => {
  assert.throws(() => qrCode('中'.repeat(72)), /holds 213 bytes, not 216/);
});

it('the picture has a module of eight pixels and a quiet zone of four modules', () => {
  const modules = qrCode('https://example.com/a/spring');
  const png = qrPng(modules);
  const side = (modules.length + 8) * 8;
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [side, side]);
  const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  const pixel = (x: number, y: number): number =>
    ((lines[y * (1 + side / 8) + 1 + (x >> 3)] ?? 0) >> (7 - (x % 8))) & 1;
  assert.equal(pixel(31, 31), 1, 'quiet');
  assert.deepEqual([pixel(32, 32), pixel(39, 39), pixel(40, 40)], [0, 0, 1], 'the corner of the finder');
  assert.match(qrSvg(modules, 'label'), /^<svg class="qr" role="img" aria-label="label" viewBox="0 0 37 37"/);
});
