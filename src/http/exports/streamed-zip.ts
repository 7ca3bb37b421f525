import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';
import type { DeflateRaw } from 'node:zlib';
import { Zip } from 'fflate';
import type { ZipInputFile } from 'fflate';

const NOTHING = new Uint8Array();

/**
 * One file of a zip, packed by zlib in a thread of the pool: whoever draws meanwhile is not kept waiting, and what it needs
 * is not on the heap. It is whole once `close` has resolved.
 */
class PackedFile implements ZipInputFile {
  readonly filename: string;
  /** Deflate, by PKZIP's APPNOTE.txt, section 4.4.5. */
  readonly compression = 8;
  size = 0;
  crc = 0;
  ondata?: NonNullable<ZipInputFile['ondata']>;
  readonly #deflate: DeflateRaw;

  constructor(filename: string) {
    this.filename = filename;
    this.#deflate = createDeflateRaw({ level: 1 });
    this.#deflate.on('data', (chunk: Buffer<ArrayBuffer>) => this.ondata?.(null, chunk, false));
  }

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    await new Promise<void>((resolve, reject) => {
      this.#deflate.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)));
    });
  }

  async close(): Promise<void> {
    const ended = once(this.#deflate, 'end');
    this.#deflate.end();
    await ended;
    this.ondata?.(null, NOTHING, true);
  }

  discard(): void {
    this.#deflate.destroy();
  }
}

/** A zip of files written one after the other, whose output is taken where it is convenient; fflate writes what stands around them. */
export class StreamedZip {
  readonly #zip: Zip;
  #file: PackedFile | null = null;
  #ready: Uint8Array[] = [];

  constructor() {
    this.#zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      if (chunk.length > 0) this.#ready.push(chunk);
    });
  }

  /** Begins a file; the one before must be closed. */
  open(name: string): void {
    this.#file = new PackedFile(name);
    this.#zip.add(this.#file);
  }

  async write(text: string): Promise<void> {
    await this.#file?.write(text);
  }

  /** Writes the end of the file that is open. */
  async close(text: string): Promise<void> {
    await this.#file?.write(text);
    await this.#file?.close();
  }

  /** Writes the directory, after the last file is closed. */
  end(): void {
    this.#zip.end();
  }

  /** Gives back what a zip that was left in the middle holds. */
  discard(): void {
    this.#file?.discard();
  }

  *taken(): Generator<Uint8Array, void, undefined> {
    const chunks = this.#ready;
    this.#ready = [];
    for (const chunk of chunks) yield chunk;
  }
}
