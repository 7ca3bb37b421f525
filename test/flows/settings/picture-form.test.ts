import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import fc from 'fast-check';
import { readPictureForm } from '../../../src/flows/settings/picture-form.ts';

const png = readFileSync(new URL('../../../src/web/h5/share.png', import.meta.url));
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108012c019003012200021101031101ffd9', 'hex');
const webp = (chunk: string, rest: string): Buffer =>
  Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${chunk}\0\0\0\0`, 'latin1'), Buffer.from(rest, 'hex'), Buffer.alloc(8)]);

it('kind and size are read from the picture itself', () => {
  assert.deepEqual(readPictureForm(png), { kind: 'png', width: 300, height: 300 });
  assert.deepEqual(readPictureForm(jpeg), { kind: 'jpg', width: 400, height: 300 });
  assert.deepEqual(readPictureForm(webp('VP8 ', '3001009d012a90012c01')), { kind: 'webp', width: 400, height: 300 });
  assert.deepEqual(readPictureForm(webp('VP8L', '2f8fc14a00')), { kind: 'webp', width: 400, height: 300 });
  assert.deepEqual(readPictureForm(webp('VP8X', '000000008f01002b0100')), { kind: 'webp', width: 400, height: 300 });
});

it('what only looks like a picture, or ends too early, is none', () => {
  const others = [
    '',
    'GIF89a',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '\x89PNG\r\n\x1a\n',
    'RIFF\0\0\0\0WEBPVP9 ',
  ];
  for (const text of others) assert.equal(readPictureForm(Buffer.from(text, 'latin1')), null, text);
  assert.equal(readPictureForm(png.subarray(0, 20)), null);
  assert.equal(readPictureForm(jpeg.subarray(0, 20)), null);
  assert.equal(readPictureForm(Buffer.from('ffd8ffe00001ffc0001108012c0190', 'hex')), null, 'a segment of no length');
});

it('any bytes are read to an end', () => {
  const begun = fc.tuple(
    fc.constantFrom('ffd8ff', '89504e470d0a1a0a', '52494646', ''),
    fc.uint8Array({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(begun, ([begin, rest]) => {
      const form = readPictureForm(Buffer.concat([Buffer.from(begin, 'hex'), rest]));
      return form === null || (form.width > 0 && form.height > 0);
    }),
  );
});
