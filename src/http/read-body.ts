import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import { WrongRequest } from '../base/errors.ts';

/** How much of a body that is too large is still taken in, so that the sender reads our answer instead of a reset. */
const LINGER_BYTES_MAX = 4_194_304;
const LINGER_MS = 300;
const JSON_DEPTH_MAX = 64;

interface BodyLimits {
  readonly bytesMax: number;
  /** 10,000 unless told. */
  readonly deadlineMs?: number;
}

/** Reads the whole body of a request that Koa has, as `readRequestBody` does. */
export function readBody(ctx: Context, limits: BodyLimits): Promise<Buffer> {
  return readRequestBody(ctx.req, ctx.res, limits);
}

/**
 * Reads the whole request body. Throws WrongRequest `body-too-large` (413), `body-too-slow` (408: it did not end
 * within `deadlineMs`, however steadily it dripped), `body-cut` (400: the sender broke off) or `body-encoded` (415).
 */
export async function readRequestBody(
  request: IncomingMessage,
  response: ServerResponse,
  { bytesMax, deadlineMs = 10_000 }: BodyLimits,
): Promise<Buffer> {
  try {
    const encoding = request.headers['content-encoding'] ?? '';
    if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
      throw new WrongRequest('body-encoded', 'a compressed body is not accepted', { status: 415 });
    }
    return await collect(request, bytesMax, deadlineMs);
  } catch (error) {
    // What is left of the body must not be read as the next request.
    if (!response.headersSent) response.setHeader('Connection', 'close');
    throw error;
  }
}

/**
 * Reads a JSON body. Throws what readBody throws, `body-not-json` (415) for another content type and
 * `json-malformed` (400) for what is not UTF-8, not JSON or nested more than 64 deep.
 */
export async function readJson(ctx: Context, limits: BodyLimits): Promise<unknown> {
  // The type is asked for because a foreign page can post any text across origins, but not this type.
  if (!/^application\/json\s*(;|$)/i.test(ctx.get('Content-Type'))) {
    throw new WrongRequest('body-not-json', 'the content type application/json is needed', { status: 415 });
  }
  const body = await readBody(ctx, limits);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    if (jsonDepth(text) > JSON_DEPTH_MAX) throw new RangeError(`nested more than ${JSON_DEPTH_MAX} deep`);
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new WrongRequest('json-malformed', 'the body is not readable as JSON', { cause });
  }
}

function collect(request: IncomingMessage, bytesMax: number, deadlineMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let timer = setTimeout(() => settle(tooSlow(deadlineMs)), deadlineMs);
    let overrun = false;
    const settle = (failure?: WrongRequest): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      // An aborted request still emits an error after everyone has left.
      request.on('error', () => {});
      if (failure === undefined) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      else reject(failure);
    };
    const linger = (): void => {
      overrun = true;
      chunks.length = 0;
      clearTimeout(timer);
      timer = setTimeout(() => settle(tooLarge(bytesMax)), LINGER_MS);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > bytesMax + LINGER_BYTES_MAX) settle(tooLarge(bytesMax));
      else if (bytes <= bytesMax && !overrun) chunks.push(chunk);
      else if (!overrun) linger();
    };
    const onEnd = (): void => settle(overrun ? tooLarge(bytesMax) : undefined);
    const onCut = (): void => settle(new WrongRequest('body-cut', 'the body ended before it was complete'));
    if (request.destroyed && !request.complete) return onCut();
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) linger();
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function tooLarge(bytesMax: number): WrongRequest {
  return new WrongRequest('body-too-large', `the body may have at most ${bytesMax} bytes`, { status: 413 });
}

function tooSlow(deadlineMs: number): WrongRequest {
  return new WrongRequest('body-too-slow', `the body did not arrive within ${deadlineMs} ms`, { status: 408 });
}

/** Counts nesting without recursion, brackets inside strings left out. */
function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
