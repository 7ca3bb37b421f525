import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { HttpMetrics } from './http/observe-requests.ts';

/** What this process measures, in a registry of its own (nothing is kept in the module). */
export function createMetrics(): HttpMetrics & { gauge(name: string, help: string, read: () => number): void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'hongbao_http_requests_total',
    help: 'Requests answered, by route name',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'hongbao_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['route'],
    // WeChat waits 5 s for an answer; most take a few milliseconds.
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    requestEnded({ route, method, status }, took) {
      requests.inc({ route, method, status });
      seconds.observe({ route }, took);
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
  };
}
