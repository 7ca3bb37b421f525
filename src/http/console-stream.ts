import { z } from 'zod';

/**
 * The answer of a route that is a file served while it is made, so that it may be larger than memory: `chunks` is an
 * async iterable of bytes, read no faster than the reader takes them and returned from early when the reader goes away.
 */
export const consoleStream = z.object({
  name: z.string().describe('What it is saved as'),
  type: z.string(),
  chunks: z.unknown().describe('The bytes that are served'),
});

/** Says whether something can be read chunk by chunk. */
export function isChunks(given: unknown): given is AsyncIterable<Uint8Array> {
  return typeof given === 'object' && given !== null && Symbol.asyncIterator in given;
}
