import type { Logger } from '../base/logger.ts';
import type { ApiRequests } from '../flows/ports/api-requests.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import type { WebhookQueue } from '../flows/ports/webhooks.ts';
import type { DeliverWebhooks } from '../flows/webhooks/deliver-webhooks.ts';
import { PacedLoop } from './paced-loop.ts';

const EVERY_MS = 1000;
const FORGET_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const ANSWERS_KEPT_MS = DAY_MS;
const DELIVERED_KEPT_MS = 7 * DAY_MS;
const PARKED_KEPT_MS = 30 * DAY_MS;
const ROWS_A_STEP = 2000;
/** As long as a try may take, and a little more. */
const GRACE_MS = 12_000;

export interface WebhookJobOptions {
  readonly deliver: DeliverWebhooks;
  readonly queue: Pick<WebhookQueue, 'forget'>;
  readonly requests: Pick<ApiRequests, 'forgetBefore'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often new events are looked for. */
  readonly everyMs?: number;
}

/** Tells other programs of events, and forgets what was told and answered long ago. Any number of processes may do it. */
export class DeliverWebhooksJob {
  readonly #deliver: DeliverWebhooks;
  readonly #telling: PacedLoop;
  readonly #forgetting: PacedLoop;
  readonly #clock: Clock;

  constructor(options: WebhookJobOptions) {
    const { deliver, clock, logger, everyMs = EVERY_MS } = options;
    this.#deliver = deliver;
    this.#clock = clock;
    this.#telling = new PacedLoop({
      clock,
      logger,
      everyMs,
      failed: 'webhooks-not-looked-at',
      work: (signal) => deliver.begin(signal),
    });
    this.#forgetting = new PacedLoop({
      clock,
      logger,
      everyMs: FORGET_EVERY_MS,
      failed: 'api-records-not-forgotten',
      work: (signal) => forget(options, signal),
    });
  }

  start(): void {
    this.#telling.start();
    this.#forgetting.start();
  }

  /** Begins with nothing more and waits for what is being told; what is cut off is told again. */
  async stop(): Promise<void> {
    await Promise.all([this.#telling.stop(), this.#forgetting.stop()]);
    const done = new AbortController();
    await Promise.race([this.#deliver.settled(), this.#clock.sleep(GRACE_MS, done.signal)]);
    done.abort();
  }
}

async function forget({ queue, requests, clock }: WebhookJobOptions, signal: AbortSignal): Promise<void> {
  const nowMs = clock.nowMs();
  const old = {
    deliveredBeforeMs: nowMs - DELIVERED_KEPT_MS,
    parkedBeforeMs: nowMs - PARKED_KEPT_MS,
    most: ROWS_A_STEP,
  };
  // Both end, because what is old only becomes less while they go on.
  while (!signal.aborted && (await queue.forget(old)) === ROWS_A_STEP);
  while (!signal.aborted && (await requests.forgetBefore(nowMs - ANSWERS_KEPT_MS, ROWS_A_STEP)) === ROWS_A_STEP);
}
