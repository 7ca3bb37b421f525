import { connect } from 'node:net';
import { createApp } from '../../src/http/app.ts';
import type { App, AppOptions } from '../../src/http/app.ts';
import { createMetrics } from '../../src/metrics.ts';
import { quietLogger } from '../support/quiet-logger.ts';

export interface RunningApp {
  readonly app: App;
  readonly url: string;
  readonly port: number;
  readonly logger: ReturnType<typeof quietLogger>;
}

/** Starts an app on a free loopback port; `after` is the test context's hook that closes it. */
export async function runApp(
  context: { after(work: () => Promise<void>): void },
  options: Partial<AppOptions> = {},
): Promise<RunningApp> {
  const logger = quietLogger();
  const app = createApp({
    routers: [],
    logger,
    metrics: createMetrics(),
    proxyHops: 0,
    readiness: async () => ({ ready: true, parts: { database: 'ok' } }),
    metricsToken: null,
    ...options,
  });
  const { port } = await app.listen(0, '127.0.0.1');
  context.after(() => app.close(200));
  return { app, url: `http://127.0.0.1:${port}`, port, logger };
}

/** Writes raw bytes to a socket and returns everything that came back until the other side closed or `waitMs` passed. */
export function rawRequest(
  port: number,
  pieces: readonly string[],
  options: { waitMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    const timer = setTimeout(() => socket.destroy(), options.waitMs ?? 5000);
    socket.on('data', (chunk) => (received += chunk.toString('utf8')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    socket.on('connect', () => pieces.forEach((piece) => socket.write(piece)));
  });
}
