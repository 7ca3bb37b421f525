import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Middleware } from 'koa';
import type { Router } from 'koa-router';
import type { Logger } from '../base/logger.ts';
import { answerErrors } from './answer-errors.ts';
import type { EarlyDoor } from './early-door.ts';
import { gatheredResponses } from './gathered-response.ts';
import { observeRequests } from './observe-requests.ts';
import type { HttpMetrics } from './observe-requests.ts';
import { RequestTurns } from './request-turns.ts';
import { healthRoutes } from './routes/health.ts';
import type { Readiness } from './routes/health.ts';
import { securityHeaders } from './security-headers.ts';

// HPE_*: what Node's parser says of bytes that are no HTTP.
const CALLER_FAULT = /^(ECONNRESET|EPIPE|ECANCELED|ERR_STREAM_PREMATURE_CLOSE|HPE_\w+)$/;

export interface AppOptions {
  readonly routers: readonly Router[];
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** How many proxies of ours stand before this process; 0 ignores `X-Forwarded-*`. */
  readonly proxyHops: number;
  readonly readiness: () => Promise<Readiness>;
  /** Bearer token of `/metrics`; null for no such page. */
  readonly metricsToken: string | null;
  /** Given where somebody else wants to know how long requests wait. */
  readonly turns?: RequestTurns;
  /** Asked before Koa. */
  readonly early?: EarlyDoor;
}

export interface App {
  /** Starts listening; port 0 takes any free one. Rejects when the port is taken. Returns where it listens. */
  listen(port: number, host?: string): Promise<{ readonly port: number; readonly host: string }>;
  /** Stops accepting, lets running requests end, and after `drainMs` (25 s unless told) cuts those that have not. */
  close(drainMs?: number): Promise<void>;
}

/** Builds the HTTP door: error answers, request ids, access log, measurements, security headers, health, routes. */
export function createApp(options: AppOptions): App {
  const { logger, metrics, proxyHops, early, turns = new RequestTurns() } = options;
  const running = new RunningAnswers();
  let draining = false;
  // Koa reads the last `maxIpsCount` of X-Forwarded-For, so what a client put there itself is never believed.
  const app = new Koa({ proxy: proxyHops > 0, maxIpsCount: proxyHops });
  app.on('error', (error: NodeJS.ErrnoException) => {
    if (CALLER_FAULT.test(error.code ?? '')) logger.debug({ code: error.code }, 'response-cut');
    else logger.error({ error: error.stack ?? error.message }, 'response-failed');
  });
  app.use(observeRequests({ logger, metrics, turns }));
  app.use(securityHeaders());
  app.use(answerErrors(logger));
  const health = healthRoutes({ ...options, isDraining: () => draining });
  // One for all: it looks at what any of them has found at the address.
  app.use(health.allowedMethods());
  for (const router of [health, ...options.routers]) app.use(routesUnderPrefix(router));

  const handle = app.callback();
  const server = createBoundedServer((request, response) => {
    running.add(response);
    turns.take(() => {
      // Whoever has hung up while waiting needs no answer.
      if (response.destroyed) return;
      if (draining) response.setHeader('Connection', 'close');
      if (early?.concerns(request) === true) void early.answer(request, response);
      else void handle(request, response);
    });
  });
  return {
    listen: (port, host = '0.0.0.0') => listen(server, port, host),
    close: async (drainMs = 25_000) => {
      draining = true;
      for (const response of running.all()) if (!response.headersSent) response.setHeader('Connection', 'close');
      await drain(server, drainMs, logger);
    },
  };
}

/** Lets a router that has a prefix look only at what is under it: it would try each of its routes. */
function routesUnderPrefix(router: Router): Middleware {
  const routes = router.routes() as unknown as Middleware;
  const prefix = (router.opts.prefix ?? '').toLowerCase();
  return (ctx, next) => (ctx.path.toLowerCase().startsWith(prefix) ? routes(ctx, next) : next());
}

/** Answers that have not ended. Places are used again: a Set that never empties keeps what left it from being collected young. */
class RunningAnswers {
  readonly #places: (ServerResponse | null)[] = [];
  readonly #free: number[] = [];

  add(response: ServerResponse): void {
    const place = this.#free.pop() ?? this.#places.length;
    this.#places[place] = response;
    response.once('close', () => {
      this.#places[place] = null;
      this.#free.push(place);
    });
  }

  all(): readonly ServerResponse[] {
    return this.#places.filter((response) => response !== null);
  }
}

function createBoundedServer(listener: RequestListener): Server {
  const bounds = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 };
  const server = createServer({ ...bounds, maxHeaderSize: 16_384, ServerResponse: gatheredResponses() }, listener);
  // Longer than the 60 s after which common proxies drop an idle connection, so that they never use a closed one.
  server.keepAliveTimeout = 65_000;
  server.maxHeadersCount = 100;
  return server;
}

function listen(server: Server, port: number, host: string): Promise<{ port: number; host: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({ port: (server.address() as AddressInfo).port, host });
    });
  });
}

async function drain(server: Server, drainMs: number, logger: Logger): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const timer = setTimeout(() => {
    logger.warn({ drainMs }, 'requests-cut-at-stop');
    server.closeAllConnections();
  }, drainMs);
  await closed;
  clearTimeout(timer);
}
