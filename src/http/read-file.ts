import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import { WrongRequest } from '../base/errors.ts';

/** How long the rest of a file that was refused is still taken in. */
const LINGER_MS = 1000;

/** Which files a route takes. */
export interface FileLimits {
  /** Content types, as `text/csv`. */
  readonly types: readonly string[];
  readonly bytesMax: number;
}

/**
 * Hands a request's body on as it arrives. Throws WrongRequest `file-type-wrong` or `body-encoded` (415), `body-too-large`
 * (413) and `body-cut` (400). The server's own limit on a request's time ends one that drips.
 */
export async function* readFile(ctx: Context, { types, bytesMax }: FileLimits): AsyncGenerator<Uint8Array> {
  const type = ctx.get('Content-Type').split(';')[0]?.trim().toLowerCase() ?? '';
  // None of these types crosses origins without being asked for, but text/plain, which the origin check stops.
  if (!types.includes(type)) {
    throw new WrongRequest('file-type-wrong', `the content type ${types.join(' or ')} is needed`, { status: 415 });
  }
  if (!['', 'identity'].includes(ctx.get('Content-Encoding').toLowerCase())) {
    throw new WrongRequest('body-encoded', 'a compressed body is not accepted', { status: 415 });
  }
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(ctx)) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        throw new WrongRequest('body-too-large', `the file may have at most ${bytesMax} bytes`, { status: 413 });
      }
      yield chunk;
    }
  } catch (error) {
    // What is left of the body must not be read as the next request.
    if (!ctx.headerSent) ctx.set('Connection', 'close');
    if (error instanceof WrongRequest) throw error;
    throw new WrongRequest('body-cut', 'the file ended before it was complete', { cause: error });
  } finally {
    // Whoever stops early still lets the sender finish, who would otherwise meet a reset and not our answer.
    if (!ctx.req.readableEnded && !ctx.req.destroyed) await drain(ctx);
  }
}

/** Left early, the request stays open to be answered. */
function chunksOf(ctx: Context): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ctx.req.iterator({ destroyOnReturn: false }) };
}

async function drain(ctx: Context): Promise<void> {
  if (!ctx.headerSent) ctx.set('Connection', 'close');
  ctx.req.resume();
  const ended = new AbortController();
  const over = new Promise((resolve) => {
    ctx.req.once('end', resolve).once('close', resolve);
  });
  await Promise.race([over, sleep(LINGER_MS, undefined, { signal: ended.signal }).catch(() => {})]);
  ended.abort();
}
