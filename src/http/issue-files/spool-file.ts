import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that lies on disk while it is read. */
export interface SpooledFile {
  readonly path: string;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
  /** Its first four bytes, hex. */
  readonly head: string;
  remove(): Promise<void>;
}

/**
 * Writes an upload to a file of its own in the folder for temporary files, readable by this user only: reading a million
 * lines takes longer than a request may take to arrive, and a spreadsheet is not read from front to back. Throws what the
 * upload throws, with nothing left behind.
 */
export async function spoolFile(upload: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const path = join(tmpdir(), `hongbao-${randomUUID()}.upload`);
  const remove = (): Promise<void> => rm(path, { force: true });
  const hash = createHash('sha256');
  let head = '';
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of upload) {
      hash.update(chunk);
      if (head.length < 8) head += Buffer.from(chunk.subarray(0, 4)).toString('hex');
      await file.write(chunk);
    }
  } catch (error) {
    await file.close();
    await remove();
    throw error;
  }
  await file.close();
  return { path, hash: hash.digest('hex'), head: head.slice(0, 8), remove };
}
