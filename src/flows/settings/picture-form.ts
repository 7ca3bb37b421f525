import type { PictureKind } from '../ports/pictures.ts';

/** What a picture says of itself in its first bytes. */
export interface PictureForm {
  readonly kind: PictureKind;
  readonly width: number;
  readonly height: number;
}

/**
 * Reads kind and size from a picture's own bytes, whatever its name or its sender says: PNG (ISO 15948), JPEG (ITU T.81)
 * or WebP (RFC 9649). Returns null for anything else, also for a picture that is cut off before it says its size.
 */
export function readPictureForm(bytes: Uint8Array): PictureForm | null {
  const form = readPng(bytes) ?? readWebp(bytes) ?? readJpeg(bytes);
  return form === null || form.width < 1 || form.height < 1 ? null : form;
}

function readPng(bytes: Uint8Array): PictureForm | null {
  if (textAt(bytes, 1, 3) !== 'PNG' || bytes[0] !== 0x89 || textAt(bytes, 4, 4) !== '\r\n\x1a\n') return null;
  if (textAt(bytes, 12, 4) !== 'IHDR' || bytes.length < 24) return null;
  return { kind: 'png', width: bigEndian(bytes, 16, 4), height: bigEndian(bytes, 20, 4) };
}

function readWebp(bytes: Uint8Array): PictureForm | null {
  if (textAt(bytes, 0, 4) !== 'RIFF' || textAt(bytes, 8, 4) !== 'WEBP' || bytes.length < 30) return null;
  const at = (place: number): number => bytes[place] ?? 0;
  switch (textAt(bytes, 12, 4)) {
    case 'VP8 ':
      return { kind: 'webp', width: at(26) + (at(27) & 0x3f) * 256, height: at(28) + (at(29) & 0x3f) * 256 };
    case 'VP8L':
      return {
        kind: 'webp',
        width: 1 + at(21) + (at(22) & 0x3f) * 256,
        height: 1 + (at(22) >> 6) + at(23) * 4 + (at(24) & 0x0f) * 1024,
      };
    case 'VP8X':
      return {
        kind: 'webp',
        width: 1 + at(24) + at(25) * 256 + at(26) * 65_536,
        height: 1 + at(27) + at(28) * 256 + at(29) * 65_536,
      };
    default:
      return null;
  }
}

/** Steps from segment to segment until the one that begins a frame. */
function readJpeg(bytes: Uint8Array): PictureForm | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  let place = 2;
  while (place + 9 < bytes.length && bytes[place] === 0xff) {
    const marker = bytes[place + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      return { kind: 'jpg', height: bigEndian(bytes, place + 5, 2), width: bigEndian(bytes, place + 7, 2) };
    }
    const length = marker === 0xff ? -1 : bigEndian(bytes, place + 2, 2);
    if (length >= 0 && length < 2) return null;
    place += 2 + length;
  }
  return null;
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function bigEndian(bytes: Uint8Array, from: number, length: number): number {
  return bytes.subarray(from, from + length).reduce((sum, byte) => sum * 256 + byte, 0);
}
