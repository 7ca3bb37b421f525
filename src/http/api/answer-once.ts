import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ApiRequests, BegunRequest, OpenedRequest, StoredAnswer } from '../../flows/ports/api-requests.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { changesNothing } from '../access/audit-change.ts';
import type { ConsoleRoute, RawCall } from '../routes/console-route.ts';

const KEY = /^[\x21-\x7e]{8,128}$/;

export interface OnceOptions {
  readonly requests: Pick<ApiRequests, 'begin'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

/** One request with what may be done about it. */
interface Asked {
  readonly ctx: Context;
  readonly route: ConsoleRoute;
  readonly call: RawCall;
  /** Whose keys these are. */
  readonly caller: string;
  /** Whether the route's requests need a key here. */
  readonly keyNeeded: boolean;
}

/** Carries a request out once for its key, and answers each repetition as the first time. */
export type AnswerOnce = (
  asked: Asked,
  run: (call: RawCall, within: OpenedRequest['run']) => Promise<unknown>,
) => Promise<unknown>;

/** Whether a request of the route takes an `Idempotency-Key`: where a repetition would do the thing twice. */
export function takesKey(route: Pick<ConsoleRoute, 'method' | 'name' | 'access'>): boolean {
  return route.method === 'POST' && route.access !== 'anyone' && !changesNothing(route);
}

/**
 * Builds it. Throws WrongRequest `idempotency-key-missing`, `idempotency-key-invalid` (400), `idempotency-key-reused` (422),
 * `idempotency-key-busy` or `idempotency-answer-lost` (409), as in
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function createAnswerOnce({ requests, clock, logger }: OnceOptions): AnswerOnce {
  return async (asked, run) => {
    const { ctx, route, call, caller, keyNeeded } = asked;
    const key = takesKey(route) ? readKey(ctx, keyNeeded) : null;
    if (key === null) return run(call, (work) => work());
    const file = route.file === null ? null : hashedFile(call.file);
    const place = `${ctx.method} ${ctx.path}${ctx.search}`;
    const bodyHash = file === null ? hashOf(place, JSON.stringify(call.body)) : null;
    const begun = await requests.begin({ caller, key, route: route.name, requestHash: bodyHash }, clock.nowMs());
    if (begun.kind !== 'ours') return repeated(ctx, begun, { clock, hash: () => file?.hash(place) ?? null });
    const { opened } = begun;
    try {
      const whole = file === null ? call : { ...call, file: file.content };
      const answer = await run(whole, (work) => opened.run(work));
      const requestHash = bodyHash ?? (await file?.hash(place)) ?? '';
      await kept(opened, { status: 200, answer: JSON.stringify(answer), requestHash }, logger);
      return answer;
    } catch (error) {
      await settleFailure(opened, error, { requestHash: bodyHash ?? '', logger });
      throw error;
    }
  };
}

/** What was done stands, whatever becomes of the note of it: whoever asks again is told that the answer was lost. */
async function kept(opened: OpenedRequest, answer: StoredAnswer, logger: Logger): Promise<void> {
  await opened
    .finish(answer)
    .catch((error: unknown) => logger.warn({ error: String(error) }, 'idempotency-answer-not-kept'));
}

async function settleFailure(
  opened: OpenedRequest,
  error: unknown,
  { requestHash, logger }: { readonly requestHash: string; readonly logger: Logger },
): Promise<void> {
  if (opened.acted() && error instanceof WrongRequest && requestHash !== '') {
    const { code, message, faults, status } = error;
    return kept(opened, { status, answer: JSON.stringify({ code, message, faults }), requestHash }, logger);
  }
  await opened
    .release()
    .catch((failure: unknown) => logger.warn({ error: String(failure) }, 'idempotency-key-not-released'));
}

function readKey(ctx: Context, needed: boolean): string | null {
  const key = ctx.get('Idempotency-Key');
  if (KEY.test(key)) return key;
  if (key !== '') {
    const message = 'an Idempotency-Key has 8 to 128 printable characters without spaces, such as a UUID';
    throw new WrongRequest('idempotency-key-invalid', message);
  }
  if (!needed) return null;
  const message =
    'send an Idempotency-Key of your own, new for each thing you want done, and the same when you repeat it';
  throw new WrongRequest('idempotency-key-missing', message);
}

async function repeated(
  ctx: Context,
  begun: Exclude<BegunRequest, { readonly kind: 'ours' }>,
  { clock, hash }: { readonly clock: Pick<Clock, 'nowMs'>; readonly hash: () => Promise<string> | null },
): Promise<unknown> {
  // A file is read to its end whatever is said of it, so that its sender reads the answer.
  const fileHash = await hash();
  const other = fileHash !== null && begun.kind === 'answered' && begun.stored.requestHash !== fileHash;
  if (begun.kind === 'other' || other) {
    const message = 'this key was used for another request: repeat that one unchanged, or take a new key';
    throw new WrongRequest('idempotency-key-reused', message, { status: 422 });
  }
  if (begun.kind === 'busy') {
    const message = 'the first request under this key is still being carried out: ask again';
    const retryAfterMs = Math.min(Math.max(begun.untilMs - clock.nowMs(), 1000), 5000);
    throw new WrongRequest('idempotency-key-busy', message, { status: 409, retryAfterMs });
  }
  if (begun.kind === 'answer-lost') {
    const message =
      'the first request under this key was carried out, at least in part, but its answer was lost: look at what stands before you ask for it under another key';
    throw new WrongRequest('idempotency-answer-lost', message, { status: 409 });
  }
  ctx.set('Idempotency-Replayed', 'true');
  const { status, answer } = begun.stored;
  const read = JSON.parse(answer) as unknown;
  if (status < 400) return read;
  const { code, message, faults } = read as Pick<WrongRequest, 'code' | 'message' | 'faults'>;
  throw new WrongRequest(code, message, { status, faults });
}

function hashOf(place: string, body: string): string {
  return createHash('sha256').update(place).update('\n').update(body).digest('hex');
}

/** The content as it is read, and its hash once it is read to the end. */
function hashedFile(file: AsyncIterable<Uint8Array>): {
  readonly content: AsyncIterable<Uint8Array>;
  readonly hash: (place: string) => Promise<string>;
} {
  const hash = createHash('sha256');
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const content = read();
  return {
    content,
    hash: async (place) => {
      // What a handler left unread belongs to the request all the same.
      for await (const chunk of content) void chunk;
      return hashOf(place, hash.digest('hex'));
    },
  };
}
