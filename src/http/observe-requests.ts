import type { ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { Logger } from '../base/logger.ts';
import { randomHex } from '../base/random-hex.ts';
import type { RequestTurns } from './request-turns.ts';

/** Where requests are counted. Labels come from the route's name, never from the address: addresses are endless. */
export interface HttpMetrics {
  requestEnded(labels: { route: string; method: string; status: number }, seconds: number): void;
  /** Everything this process measures, in the text form Prometheus reads. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Where requests are observed. */
export interface Observers {
  readonly logger: Logger;
  readonly metrics: Pick<HttpMetrics, 'requestEnded'>;
}

/** What is told of a request when its answer has gone, or its caller has. */
export interface EndedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  /** By performance.now(). */
  readonly startedAtMs: number;
  readonly from: string;
  readonly code: string | undefined;
}

/**
 * Gives every request an id (`X-Request-Id`), and when its answer has gone, or its caller has, one access log line and
 * one measurement. The query string is never logged: it carries codes, openids and signatures.
 */
export function observeRequests(options: Observers & { readonly turns: Pick<RequestTurns, 'delayMs'> }): Middleware {
  return async (ctx, next) => {
    const startedAtMs = performance.now() - options.turns.delayMs;
    const requestId = newRequestId();
    ctx.state['requestId'] = requestId;
    ctx.set('X-Request-Id', requestId);
    // Asked now: of a connection that is gone nobody can say it.
    const from = ctx.ip;
    ctx.res.once('close', () => {
      const ended = { requestId, startedAtMs, path: shownPath(ctx), route: routeName(ctx), status: ctx.res.statusCode };
      const code = ctx.state['errorCode'] as string | undefined;
      noteEnded(options, ctx.res, { ...ended, method: ctx.method, from, code });
    });
    await next();
  };
}

/** Returns a name for a request that nobody can guess. */
export function newRequestId(): string {
  return randomHex(8);
}

/** Measures a request that has ended, and writes its line. */
export function noteEnded({ logger, metrics }: Observers, response: ServerResponse, ended: EndedRequest): void {
  const { requestId, method, path, route, status, startedAtMs, from, code } = ended;
  const seconds = (performance.now() - startedAtMs) / 1000;
  metrics.requestEnded({ route, method, status }, seconds);
  const ms = Math.round(seconds * 1000);
  const fields = { requestId, method, path, route, status, ms, from };
  const more = {
    ...(code === undefined ? {} : { code }),
    ...(response.writableFinished ? {} : { cut: true }),
  };
  logger.info({ ...fields, ...more }, 'request', 'soon');
}

/** The path as logs may have it: a route whose path holds a secret says what stands for it in `shownPath`. */
export function shownPath(ctx: Context): string {
  return String(ctx.state['shownPath'] ?? ctx.path).slice(0, 200);
}

function routeName(ctx: Context): string {
  const { _matchedRouteName: name, _matchedRoute: pattern } = ctx as Context & {
    _matchedRouteName?: string;
    _matchedRoute?: string | RegExp;
  };
  return name ?? (pattern === undefined ? 'none' : String(pattern));
}
