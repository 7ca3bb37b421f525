import { crc32, deflateSync } from 'node:zlib';
import type { QrModules } from './qr-code.ts';

/** Readers want four light modules around a code: ISO/IEC 18004:2015, 6.3.8. */
const QUIET = 4;

/** Draws a code as an SVG element, as wide as its place; `label` is what a screen reader says. It must be escaped. */
export function qrSvg(modules: QrModules, label: string): string {
  const size = modules.length + 2 * QUIET;
  const path = modules
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')))
    .join('');
  return `<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

const MODULE_PIXELS = 8;

/** Draws a code as a PNG of one bit a pixel: what people press long on in WeChat must be a picture. */
export function qrPng(modules: QrModules): Buffer {
  const side = (modules.length + 2 * QUIET) * MODULE_PIXELS;
  const lines = Buffer.alloc(side * (1 + Math.ceil(side / 8)), 0xff);
  const lineBytes = 1 + Math.ceil(side / 8);
  for (let y = 0; y < side; y += 1) {
    lines[y * lineBytes] = 0;
    const row = modules[Math.floor(y / MODULE_PIXELS) - QUIET];
    // A module is eight pixels wide, which is one byte.
    row?.forEach((dark, x) => {
      if (dark) lines[y * lineBytes + 1 + x + QUIET] = 0;
    });
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(lines)), chunk('IEND')]);
}

/** One chunk of a PNG: https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(kind: string, content: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
