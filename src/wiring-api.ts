import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import { createOpenByToken } from './flows/api/open-by-token.ts';
import type { TokenRates } from './flows/api/open-by-token.ts';
import { createOperateTokens } from './flows/api/operate-tokens.ts';
import { createDeliverWebhooks } from './flows/webhooks/deliver-webhooks.ts';
import { createOperateWebhooks } from './flows/webhooks/operate-webhooks.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import type { ConsoleDependencies } from './http/routes/console.ts';
import { DeliverWebhooksJob } from './jobs/deliver-webhooks.ts';
import { createWebhookSender, webhookAddressFault } from './notify/webhook-sender.ts';
import { newWebhookSecret } from './notify/webhook-signature.ts';
import { createApiRequests } from './store/api/api-requests.ts';
import { createApiTokenStore } from './store/api/api-tokens.ts';
import type { SecretBox } from './store/sealed-secret.ts';
import { createWebhookQueue } from './store/webhooks/webhook-queue.ts';
import { createWebhookStore } from './store/webhooks/webhook-store.ts';
import { systemLuck } from './wiring-payouts.ts';

/** What the parts for other programs are made from. */
export interface ApiParts {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memory: SharedMemory;
  readonly tokenRates?: TokenRates;
  /** Set where servers of tests may be told of events. */
  readonly config: { readonly testHostsAllowed: boolean };
}

/** Joins how other programs get in. */
export function apiFlows(
  parts: ApiParts,
): Pick<ConsoleDependencies, 'operateTokens' | 'openByToken' | 'apiRequests' | 'operateWebhooks' | 'clock'> {
  const { pool, box, clock, logger, memory, tokenRates, config } = parts;
  const tokens = createApiTokenStore(pool);
  return {
    clock,
    operateTokens: createOperateTokens({ tokens, clock, luck: systemLuck, logger }),
    openByToken: createOpenByToken({
      tokens,
      memory,
      clock,
      ...(tokenRates === undefined ? {} : { rates: tokenRates }),
    }),
    apiRequests: createApiRequests(pool, box),
    operateWebhooks: createOperateWebhooks({
      webhooks: createWebhookStore(pool, box),
      sender: { fault: (url) => webhookAddressFault(url, config.testHostsAllowed) },
      secrets: { newSecret: newWebhookSecret },
      clock,
      luck: systemLuck,
      logger,
    }),
  };
}

/** Starts telling other programs of events. */
export function startDeliveringWebhooks(parts: Pick<ApiParts, 'pool' | 'box' | 'clock' | 'logger' | 'config'>): {
  stop(): Promise<void>;
} {
  const { pool, box, clock, logger, config } = parts;
  const sender = createWebhookSender(config);
  const queue = createWebhookQueue(pool, box);
  const deliver = createDeliverWebhooks({ queue, sender, clock, logger });
  const job = new DeliverWebhooksJob({ deliver, queue, requests: createApiRequests(pool, box), clock, logger });
  job.start();
  return {
    stop: async () => {
      await job.stop();
      await sender.close();
    },
  };
}
