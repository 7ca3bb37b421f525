/**
 * A process that tells endpoints of what is due once, and ends. Started by a test as `node webhook-process.ts <database url>`,
 * to be killed in the middle.
 */
import { createDeliverWebhooks } from '../../src/flows/webhooks/deliver-webhooks.ts';
import { createWebhookSender } from '../../src/notify/webhook-sender.ts';
import { createPool } from '../../src/store/database.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { createWebhookQueue } from '../../src/store/webhooks/webhook-queue.ts';
import { quietLogger } from './quiet-logger.ts';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: webhook-process.ts <database url>');
const pool = createPool({ url, connectionsMax: 2, name: 'webhooks' }, quietLogger());
const deliver = createDeliverWebhooks({
  queue: createWebhookQueue(pool, createSecretBox(Buffer.alloc(32))),
  sender: createWebhookSender({ testHostsAllowed: true }),
  clock: { nowMs: () => Date.now() },
  logger: quietLogger(),
});
await deliver.begin(new AbortController().signal);
await deliver.settled();
await pool.end();
