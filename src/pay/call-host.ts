import { request } from 'undici';
import type { Agent, Dispatcher } from 'undici';

/** What came back, or how it broke. */
export type PostOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: string;
      /** By their names in lower case. */
      readonly headers: Readonly<Record<string, string | undefined>>;
    }
  | {
      readonly kind: 'broken';
      readonly code: string;
      readonly message: string;
      /** What had arrived by then. */
      readonly body: string;
      /** Connecting failed by itself, neither deadline nor caller ended it: the same call may go to another host. */
      readonly connectFailed: boolean;
    };

// A real answer has about 1 KB.
const ANSWER_BYTES_MAX = 262_144;

/** One request, ready to go. */
export interface HostCall {
  readonly agent: Agent;
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for GET. */
  readonly body: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Makes a request once and returns what came back. Never throws and never takes longer than the deadline, which is
 * absolute: a server that trickles its answer does not stretch it. Codes of a broken call: `not-connected` (no byte
 * of the request left), `deadline`, `aborted` (by the caller), `answer-too-large`, `answer-not-utf8`, `connection-lost`.
 */
export async function callHost(call: HostCall): Promise<PostOutcome> {
  const progress = { begun: false, chunks: [] as Buffer[] };
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new CallEnded('deadline')), call.deadlineMs);
  const cancel = () => over.abort(new CallEnded('aborted'));
  if (call.signal.aborted) cancel();
  call.signal.addEventListener('abort', cancel, { once: true });
  try {
    // While a connection is being made undici does not react to the signal, so this waits for whichever ends first.
    const stopped = new Promise<never>((_resolve, reject) => {
      if (over.signal.aborted) reject(over.signal.reason as Error);
      over.signal.addEventListener('abort', () => reject(over.signal.reason as Error), { once: true });
    });
    const exchange = converse(call, over.signal, progress);
    exchange.catch(() => undefined);
    return await Promise.race([exchange, stopped]);
  } catch (error) {
    return broken(error, progress);
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', cancel);
  }
}

interface Progress {
  begun: boolean;
  readonly chunks: Buffer[];
}

async function converse(
  call: Pick<HostCall, 'agent' | 'url' | 'method' | 'headers' | 'body'>,
  signal: AbortSignal,
  progress: Progress,
): Promise<PostOutcome> {
  const response = await request(call.url, {
    dispatcher: call.agent.compose(notingFirstByte(signal, progress)),
    method: call.method,
    headers: call.headers,
    ...(call.method === 'GET' ? {} : { body: call.body }),
    signal,
  });
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the body and with it the connection: the rest is never read.
    if (bytes > ANSWER_BYTES_MAX) throw new CallEnded('answer-too-large');
    progress.chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')] as const);
  return {
    kind: 'answered',
    status: response.statusCode,
    body: utf8(progress.chunks),
    headers: Object.fromEntries(headers),
  };
}

/** undici calls onRequestStart just before it writes the first byte; a failed connection never gets there. */
function notingFirstByte(signal: AbortSignal, progress: Progress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        if (!signal.aborted) progress.begun = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (controller, status, headers, socket) =>
        handler.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (controller, status, headers, message) =>
        handler.onResponseStart?.(controller, status, headers, message),
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
    });
}

class CallEnded extends Error {
  readonly code: 'deadline' | 'aborted' | 'answer-too-large' | 'answer-not-utf8';

  constructor(code: CallEnded['code']) {
    super(code);
    this.code = code;
  }
}

function utf8(chunks: readonly Buffer[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new CallEnded('answer-not-utf8');
  }
}

function broken(error: unknown, progress: Progress): PostOutcome {
  const ended = error instanceof CallEnded ? error.code : null;
  return {
    kind: 'broken',
    code: progress.begun ? (ended ?? 'connection-lost') : 'not-connected',
    message: error instanceof Error ? describe(error) : String(error),
    body: Buffer.concat(progress.chunks).toString('utf8'),
    connectFailed: !progress.begun && ended === null,
  };
}

function describe(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return error instanceof CallEnded ? error.message : `${code}${error.message}`;
}
