import type { Logger } from '../../base/logger.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import type { ClaimedDelivery, DueEndpoint, WebhookQueue, WebhookSender } from '../ports/webhooks.ts';

/** From an event, or from when it was ordered anew, to when its delivery is given up. */
export const RETRIED_FOR_MS = 3 * 86_400_000;
const AGAIN_FIRST_MS = 5000;
const AGAIN_MAX_MS = 3_600_000;
const REST_FIRST_MS = 1000;
const REST_MAX_MS = 60_000;
/** Longer than a try may take. */
const LEASE_MS = 60_000;
const AT_ONCE = 8;
const LANES_MAX = 32;
const BATCHES_MAX = 100;

/** Tells endpoints of events. */
export interface DeliverWebhooks {
  /** Begins with every endpoint that has something due and is not being spoken to; does not wait for their answers. */
  begin(signal: AbortSignal): Promise<void>;
  /** Waits until nobody is being spoken to. */
  settled(): Promise<void>;
}

/**
 * Builds the flow. Each endpoint has a lane of its own, so that one that is slow or down holds up nobody else: it rests
 * after a failure, 1 s to 1 min, and then gets one delivery to show that it is back. A delivery is tried again after 5 s,
 * 10 s and so on up to 1 h, and parked after three days.
 */
export function createDeliverWebhooks(options: {
  readonly queue: WebhookQueue;
  readonly sender: WebhookSender;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): DeliverWebhooks {
  const { queue, clock, logger } = options;
  const lanes = new Map<string, Promise<void>>();
  return {
    begin: async (signal) => {
      const due = await queue.dueEndpoints(clock.nowMs(), LANES_MAX * 2);
      for (const endpoint of due) {
        const name = `${endpoint.account} ${endpoint.id}`;
        if (lanes.has(name) || lanes.size >= LANES_MAX) continue;
        const lane = runLane(options, endpoint, signal)
          .catch((error: unknown) => logger.warn({ endpoint: name, error: String(error) }, 'webhooks-not-delivered'))
          .finally(() => lanes.delete(name));
        lanes.set(name, lane);
      }
    },
    settled: async () => void (await Promise.all(lanes.values())),
  };
}

async function runLane(
  options: Parameters<typeof createDeliverWebhooks>[0],
  endpoint: DueEndpoint,
  signal: AbortSignal,
): Promise<void> {
  const { queue, clock } = options;
  const most = endpoint.failures === 0 ? AT_ONCE : 1;
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const nowMs = clock.nowMs();
    const taken = await queue.claim(endpoint, { nowMs, leaseUntilMs: nowMs + LEASE_MS, most });
    if (taken.length === 0) return;
    const taking = await Promise.all(taken.map((delivery) => deliver(options, endpoint, delivery)));
    if (taking.includes(false) || endpoint.failures > 0) return;
  }
}

/** Returns whether the endpoint took it. */
async function deliver(
  { queue, sender, clock, logger }: Parameters<typeof createDeliverWebhooks>[0],
  endpoint: DueEndpoint,
  delivery: ClaimedDelivery,
): Promise<boolean> {
  const { url, secrets } = endpoint;
  const id = `evt_${delivery.award.accountId}_${delivery.id}`;
  const end = await sender.send({ url, secrets, id, atMs: clock.nowMs(), body: bodyOf(id, delivery) });
  const nowMs = clock.nowMs();
  if (end.error === null) {
    await queue.delivered(endpoint, delivery, end, nowMs);
    return true;
  }
  const over = nowMs - delivery.retryFromMs >= RETRIED_FOR_MS;
  const againAtMs = over ? null : nowMs + Math.min(AGAIN_FIRST_MS * 2 ** (delivery.tries - 1), AGAIN_MAX_MS);
  const restUntilMs = nowMs + Math.min(REST_FIRST_MS * 2 ** Math.min(endpoint.failures, 10), REST_MAX_MS);
  const fields = { account: endpoint.account, endpoint: endpoint.id, delivery: delivery.id, tries: delivery.tries };
  logger.warn({ ...fields, ...end, parked: over }, 'webhook-not-taken');
  await queue.failed(endpoint, delivery, {
    ...end,
    nowMs,
    againAtMs,
    restUntilMs,
    parkBeforeMs: nowMs - RETRIED_FOR_MS,
  });
  return false;
}

/** What is posted: the same bytes with every try, unless the person was erased in between. */
function bodyOf(id: string, { id: sequence, event, occurredAtMs, award }: ClaimedDelivery): string {
  return JSON.stringify({
    id,
    type: event,
    timestamp: new Date(occurredAtMs).toISOString(),
    data: { ...award, occurredAtMs, sequence },
  });
}
