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

/**
 * Gives every request an id (`X-Request-Id`), and when its answer has gone, or its caller has, one access log line and
 * one measurement. The query string is never logged: it carries codes, openids and signatures.
 */
export function observeRequests(options: {
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  readonly turns: Pick<RequestTurns, 'delayMs'>;
}): Middleware {
  return async (ctx, next) => {
    const startedAt = performance.now() - options.turns.delayMs;
    ctx.state['arrivedAtMs'] = startedAt;
    const requestId = randomHex(8);
    ctx.state['requestId'] = requestId;
    ctx.set('X-Request-Id', requestId);
    ctx.res.once('close', () => {
      const seconds = (performance.now() - startedAt) / 1000;
      const route = routeName(ctx);
      options.metrics.requestEnded({ route, method: ctx.method, status: ctx.res.statusCode }, seconds);
      options.logger.info(
        {
          requestId,
          method: ctx.method,
          path: shownPath(ctx),
          route,
          status: ctx.res.statusCode,
          ms: Math.round(seconds * 1000),
          from: ctx.ip,
          ...(ctx.state['errorCode'] === undefined ? {} : { code: ctx.state['errorCode'] as string }),
          ...(ctx.res.writableFinished ? {} : { cut: true }),
        },
        'request',
        'soon',
      );
    });
    await next();
  };
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
