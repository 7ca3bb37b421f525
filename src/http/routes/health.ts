import { createHash, timingSafeEqual } from 'node:crypto';
import { Router } from 'koa-router';
import type { HttpMetrics } from '../observe-requests.ts';

/** Whether this process should get traffic, and how each thing it needs is doing. */
export interface Readiness {
  readonly ready: boolean;
  /** `degraded` does not take the process out of service: it works without, less comfortably. */
  readonly parts: Readonly<Record<string, 'ok' | 'degraded' | 'down'>>;
}

const READINESS_TIMEOUT_MS = 2000;

/**
 * `/healthz`: the process runs. `/readyz`: 200 when it should get traffic, 503 when not or while it drains.
 * `/metrics`: Prometheus text for the bearer of `metricsToken`; without a token set there is no such page.
 */
export function healthRoutes(dependencies: {
  readiness: () => Promise<Readiness>;
  isDraining: () => boolean;
  metrics: HttpMetrics;
  metricsToken: string | null;
}): Router {
  const { readiness, isDraining, metrics, metricsToken } = dependencies;
  const router = new Router();
  router.get('healthz', '/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  router.get('readyz', '/readyz', async (ctx) => {
    const { ready, parts } = await boundedReadiness(readiness);
    const degraded = Object.values(parts).some((part) => part !== 'ok');
    const status = isDraining() ? 'draining' : !ready ? 'not-ready' : degraded ? 'degraded' : 'ready';
    ctx.status = status === 'draining' || status === 'not-ready' ? 503 : 200;
    ctx.body = { status, parts };
  });
  if (metricsToken === null) return router;
  router.get('metrics', '/metrics', async (ctx) => {
    if (!sameSecret(ctx.get('Authorization'), `Bearer ${metricsToken}`)) {
      ctx.status = 401;
      ctx.set('WWW-Authenticate', 'Bearer');
      return;
    }
    const { contentType, body } = await metrics.text();
    ctx.set('Content-Type', contentType);
    ctx.body = body;
  });
  return router;
}

async function boundedReadiness(readiness: () => Promise<Readiness>): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Readiness>((resolve) => {
    timer = setTimeout(() => resolve({ ready: false, parts: { readiness: 'down' } }), READINESS_TIMEOUT_MS);
  });
  try {
    return await Promise.race([readiness(), late]);
  } catch {
    return { ready: false, parts: { readiness: 'down' } };
  } finally {
    clearTimeout(timer);
  }
}

/** Compares digests, so that neither the time taken nor a length tells anything about the secret. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
