import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { Transform } from 'node:stream';
import { WrongRequest } from '../../base/errors.ts';

/** An archive that is open. */
export interface ZipFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** One file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly offset: number;
  readonly packedBytes: number;
  readonly method: number;
}

const END_BYTES = 22;
const COMMENT_MAX = 65_535;
const DIRECTORY_BYTES_MAX = 4_194_304;
/** A million rows of a sheet have about 150 MB; far more is a bomb. */
const UNPACKED_BYTES_MAX = 1_000_000_000;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads the directory of a zip archive (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3), without zip64: no
 * spreadsheet we take is that large. Throws WrongRequest `file-not-spreadsheet` (400).
 */
export async function zipEntries({ handle: file }: ZipFile): Promise<readonly ZipEntry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - END_BYTES - COMMENT_MAX), Math.min(size, END_BYTES + COMMENT_MAX));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || tail.length - end < END_BYTES) throw notSpreadsheet();
  const bytes = tail.readUInt32LE(end + 12);
  const offset = tail.readUInt32LE(end + 16);
  if (bytes > DIRECTORY_BYTES_MAX || offset + bytes > size) throw notSpreadsheet();
  return readDirectory(await readAt(file, offset, bytes));
}

function readDirectory(directory: Buffer): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Unpacks one file as text, piece by piece. Throws WrongRequest `file-not-spreadsheet` (400). */
export async function* entryText({ path, handle }: ZipFile, entry: ZipEntry): AsyncGenerator<string> {
  const head = await readAt(handle, entry.offset, 30);
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50) throw notSpreadsheet();
  if (entry.method !== STORED && entry.method !== DEFLATED) throw notSpreadsheet();
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  const end = start + entry.packedBytes - 1;
  if (entry.packedBytes === 0) return;
  const packed = createReadStream(path, { start, end, highWaterMark: 65_536 });
  const unpack = entry.method === DEFLATED ? createInflateRaw({ chunkSize: 262_144 }) : passThrough();
  packed.on('error', (error) => unpack.destroy(error));
  const decoder = new TextDecoder('utf-8');
  let bytes = 0;
  try {
    for await (const chunk of packed.pipe(unpack) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > UNPACKED_BYTES_MAX) throw new WrongRequest('file-too-large', 'the spreadsheet is too large unpacked');
      yield decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof WrongRequest) throw error;
    throw notSpreadsheet(error);
  } finally {
    packed.destroy();
    unpack.destroy();
  }
}

function passThrough(): Transform {
  return new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, chunk) });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** What is told of a file that cannot be taken for a spreadsheet. */
export function notSpreadsheet(cause?: unknown): WrongRequest {
  const message = 'the file cannot be read as .xlsx: save it anew from Excel or WPS, or as CSV UTF-8';
  return new WrongRequest('file-not-spreadsheet', message, { cause });
}
