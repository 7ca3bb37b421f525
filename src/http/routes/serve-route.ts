import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { assert } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { OperatorSession } from '../../flows/ports/operators.ts';
import type { AuditChange } from '../access/audit-change.ts';
import type { AnswerOnce } from '../api/answer-once.ts';
import { consoleFile } from '../console-file.ts';
import { consoleStream, isChunks } from '../console-stream.ts';
import { readJson } from '../read-body.ts';
import { readFile } from '../read-file.ts';
import type { ConsoleRoute, RawCall } from './console-route.ts';

/** A rule is at most about 40 KB of JSON: 30 prizes, 50 words, texts of 600 characters. */
const BODY_BYTES_MAX = 131_072;
/** Chunks are some 100 KB each, so few wait for a slow reader. */
const CHUNKS_WAITING_MAX = 2;

const NO_FILE: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** Who was let in. */
export interface Admitted {
  readonly session: OperatorSession | null;
  readonly sessionToken: string | null;
  /** Whose idempotency keys a request's is among; null where nobody is known. */
  readonly caller: string | null;
}

/** One way into the routes: how callers prove who they are there. */
export interface Door {
  /** Returns who is calling and lets only those pass whom the route is for; throws WrongRequest otherwise. */
  readonly admit: (ctx: Context, route: ConsoleRoute) => Promise<Admitted>;
  readonly setSession: (ctx: Context) => RawCall['setSession'];
  /** Whether a request that would be done twice when it is repeated needs an `Idempotency-Key`. */
  readonly keysNeeded: boolean;
  readonly auditChange: AuditChange;
  readonly answerOnce: AnswerOnce;
}

type RouteContext = Context & { params?: unknown };

/** Serves a request of a route: caller, permission, body, repetition, audit, handler, answer, in this order. */
export async function serveRoute(ctx: RouteContext, route: ConsoleRoute, door: Door): Promise<void> {
  const { openid } = ctx.params as Readonly<Record<string, string | undefined>>;
  if (openid !== undefined) ctx.state['shownPath'] = ctx.path.replace(openid, shortOpenid(openid));
  const { caller, ...who } = await door.admit(ctx, route);
  const call = await readCall(ctx, route, { ...who, setSession: door.setSession(ctx) });
  const answer = await door.answerOnce(
    { ctx, route, call, caller: caller ?? '', keyNeeded: door.keysNeeded },
    (whole, within) => door.auditChange(route, whole, () => within(() => route.run(whole))),
  );
  if (route.answer === consoleStream) return serveStream(ctx, answer);
  const file = route.answer === consoleFile ? consoleFile.parse(answer) : null;
  if (file !== null) {
    ctx.attachment(file.name);
    ctx.type = file.type;
  }
  ctx.body = file === null ? answer : file.text;
}

async function readCall(
  ctx: RouteContext,
  route: ConsoleRoute,
  who: Pick<RawCall, 'session' | 'sessionToken' | 'setSession'>,
): Promise<RawCall> {
  // What is deleted is named by its address and revision; a body there has no meaning of its own (RFC 9110, 9.3.5).
  const takesJson = !['GET', 'DELETE'].includes(route.method) && route.file === null;
  return {
    ...who,
    place: { address: ctx.ip, browser: ctx.get('User-Agent') },
    params: ctx.params as Readonly<Record<string, string>>,
    query: { ...ctx.query },
    body: takesJson ? await readJson(ctx, { bytesMax: route.bodyBytesMax ?? BODY_BYTES_MAX }) : undefined,
    file: route.file === null ? NO_FILE : readFile(ctx, route.file),
  };
}

function serveStream(ctx: Context, answer: unknown): void {
  const { name, type, chunks } = consoleStream.parse(answer);
  assert(isChunks(chunks), 'a file that is streamed has chunks');
  ctx.attachment(name);
  ctx.type = type;
  ctx.body = Readable.from(chunks, { highWaterMark: CHUNKS_WAITING_MAX });
}
