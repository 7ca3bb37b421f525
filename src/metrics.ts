import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { AlarmKind } from './flows/ports/alarms.ts';
import type { PayoutMetrics, QueueFigures } from './flows/ports/payout-metrics.ts';
import type { HttpMetrics } from './http/observe-requests.ts';

/** What this process measures. */
export interface Metrics extends HttpMetrics {
  readonly payouts: PayoutMetrics;
  gauge(name: string, help: string, read: () => number): void;
  /**
   * Shows how the queues stand, read anew at each scrape: `read` says how often the database is really asked. While it
   * cannot be read its gauges are absent, because an old figure would look like a fresh one.
   */
  queues(read: () => Promise<QueueFigures>): void;
}

/** Builds the measurements in a registry of their own (nothing is kept in the module). */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    requestEnded: httpRequests(registry),
    payouts: { called: payoutCalls(registry) },
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
    queues: (read) => showQueues(registry, read),
  };
}

function httpRequests(registry: Registry): HttpMetrics['requestEnded'] {
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
  return ({ route, method, status }, took) => {
    requests.inc({ route, method, status });
    seconds.observe({ route }, took);
  };
}

function payoutCalls(registry: Registry): PayoutMetrics['called'] {
  const calls = new Counter({
    name: 'hongbao_payout_calls_total',
    help: 'Calls to WeChat Pay, by what they brought',
    labelNames: ['call', 'outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'hongbao_payout_call_seconds',
    help: 'Time of a call to WeChat Pay on the wire',
    labelNames: ['call'],
    // A call is given up after 20 s.
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  });
  return (call, outcome, took) => {
    calls.inc({ call, outcome });
    seconds.observe({ call }, took);
  };
}

/** One value of a gauge with its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface QueueGauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (figures: QueueFigures) => readonly Sample[];
}

/** Every kind has a value even while none is open, so that a rule on it can tell "none" from "not known". */
const NO_ALARMS: Readonly<Record<AlarmKind, number>> = {
  'merchant-stopped': 0,
  'sending-stopped': 0,
  'certificate-expires': 0,
  contradiction: 0,
  'books-differ': 0,
  'forecast-left': 0,
};

const QUEUE_GAUGES: readonly QueueGauge[] = [
  {
    name: 'hongbao_sending_stopped',
    help: '1 while every send is stopped',
    labels: [],
    samples: ({ sendingStopped }) => [{ labels: {}, value: sendingStopped ? 1 : 0 }],
  },
  {
    name: 'hongbao_merchant_stopped',
    help: '1 while nothing is sent for the merchant',
    labels: ['merchant'],
    samples: perMerchant(({ stopped }) => (stopped ? 1 : 0)),
  },
  {
    name: 'hongbao_payouts',
    help: 'Payouts that are not settled, by state, counted up to 20000',
    labels: ['merchant', 'state'],
    samples: ({ merchants }) =>
      merchants.flatMap(({ merchantId, payouts }) =>
        Object.entries(payouts).map(([state, value]) => ({ labels: { merchant: merchantId, state }, value })),
      ),
  },
  {
    name: 'hongbao_payouts_due',
    help: 'Payouts whose next call is due, counted up to 20000',
    labels: ['merchant'],
    samples: perMerchant(({ due }) => due),
  },
  {
    name: 'hongbao_alarms_open',
    help: 'Alarms that nobody has ended, by kind',
    labels: ['kind'],
    samples: ({ alarms }) =>
      Object.entries({ ...NO_ALARMS, ...alarms }).map(([kind, value]) => ({ labels: { kind }, value })),
  },
  {
    name: 'hongbao_certificate_days_left',
    help: 'Days until the merchant certificate ends, below 0 once it has',
    labels: ['merchant'],
    samples: perMerchant(({ certificateDaysLeft }) => certificateDaysLeft),
  },
];

function perMerchant(
  value: (merchant: QueueFigures['merchants'][number]) => number | null,
): (figures: QueueFigures) => readonly Sample[] {
  return ({ merchants }) =>
    merchants.flatMap((merchant) => {
      const read = value(merchant);
      return read === null ? [] : [{ labels: { merchant: merchant.merchantId }, value: read }];
    });
}

function showQueues(registry: Registry, read: () => Promise<QueueFigures>): void {
  const known = async (): Promise<QueueFigures | null> => read().catch(() => null);
  for (const { name, help, labels, samples } of QUEUE_GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      async collect() {
        const figures = await known();
        this.reset();
        // A gauge without labels is reset to 0, which would say something.
        if (figures === null && labels.length === 0) this.remove();
        if (figures === null) return;
        for (const sample of samples(figures)) this.set({ ...sample.labels }, sample.value);
      },
    });
  }
  new Gauge({
    name: 'hongbao_queues_known',
    help: '1 when how the queues stand could be read for this scrape',
    registers: [registry],
    async collect() {
      this.set((await known()) === null ? 0 : 1);
    },
  });
}
