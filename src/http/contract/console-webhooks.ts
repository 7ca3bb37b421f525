import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../flows/ports/webhooks.ts';
import { pageQuery } from './console-lists.ts';

const event = z.enum(WEBHOOK_EVENTS);
const atMs = z.number().describe('Unix ms');
const deliveryState = z.enum(['waiting', 'delivered', 'parked']);

export const webhooksAnswer = z.object({
  webhooks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      url: z.string(),
      events: z.array(event),
      state: z.enum(['on', 'off']),
      failures: z.number().describe('Deliveries that failed in a row'),
      restingUntilMs: z.number().nullable().describe('After a failure nothing is sent before'),
      previousUntilMs: z.number().nullable().describe('Until when the secret before this one signs, too'),
      waiting: z.number(),
      parked: z.number().describe('Given up after three days'),
      createdAtMs: atMs,
    }),
  ),
});
export type WebhooksAnswer = z.infer<typeof webhooksAnswer>;

const content = {
  name: z.string().max(200).describe('1 to 40 characters'),
  url: z.string().max(1000).describe('https, at a public address'),
  events: z.array(event).max(WEBHOOK_EVENTS.length),
};
export const addWebhookRequest = z.strictObject(content);
export const changeWebhookRequest = z
  .strictObject({
    name: content.name.exactOptional(),
    url: content.url.exactOptional(),
    events: content.events.exactOptional(),
    state: z.enum(['on', 'off']).exactOptional(),
  })
  .describe('What is absent stays as it is');
export type ChangeWebhookRequest = z.infer<typeof changeWebhookRequest>;

export const addedWebhookAnswer = z.object({
  id: z.string(),
  secret: z.string().describe('Shown this once; it signs what is sent'),
});
export type AddedWebhookAnswer = z.infer<typeof addedWebhookAnswer>;
export const rotatedSecretAnswer = z.object({ secret: z.string().describe('Shown this once'), previousUntilMs: atMs });
export type RotatedSecretAnswer = z.infer<typeof rotatedSecretAnswer>;

export const deliveriesQuery = pageQuery.extend({ state: deliveryState.optional() });
export const deliveriesAnswer = z.object({
  rows: z.array(
    z.object({
      id: z.number(),
      event,
      awardId: z.string(),
      orderNumber: z.string().nullable(),
      occurredAtMs: atMs,
      state: deliveryState,
      dueAtMs: z.number().nullable(),
      tries: z.number(),
      lastTriedAtMs: z.number().nullable(),
      lastStatus: z.number().nullable().describe('HTTP status; null where there was no answer'),
      lastError: z.string().nullable(),
    }),
  ),
  next: z.string().nullable().describe('What `after` takes for the next page'),
});
export type DeliveriesAnswer = z.infer<typeof deliveriesAnswer>;
export const redeliveredAnswer = z.object({ ordered: z.number() });

/** What an endpoint is posted. */
export const webhookBody = z.strictObject({
  id: z.string().describe('The same with every try: what was seen under it needs nothing more'),
  type: event,
  timestamp: z.iso.datetime().describe('When it happened'),
  data: z.strictObject({
    accountId: z.string(),
    awardId: z.string(),
    activityId: z.string(),
    prizeId: z.string(),
    openid: z.string().describe('Begins with `x:` once the person was erased'),
    amountFen: z.int().min(0).describe('What was won'),
    receivedFen: z
      .int()
      .min(0)
      .nullable()
      .describe(
        'With payout.received what the winner has, or friends have together; less than amountFen where a part came back',
      ),
    orderNumber: z.string().nullable().describe('mch_billno at WeChat Pay; null with award.created'),
    occurredAtMs: atMs,
    sequence: z.int().describe('Grows with what happens to an award'),
  }),
});

/** What each event means. */
export const WEBHOOK_EVENTS_SAID: Readonly<Record<(typeof WEBHOOK_EVENTS)[number], string>> = {
  'award.created': 'Somebody won',
  'payout.sent': 'The packet is with the winner, who has 24 hours to open it',
  'payout.received': 'The winner has the money, or the part of it in receivedFen',
  'payout.returned': 'Nobody opened it, and the money came back',
  'payout.parked': 'It cannot be sent before a person looks at it',
  'payout.failed': 'WeChat Pay says for sure that under this order number nothing is paid',
  'payout.reissued': 'The award is paid under another order number',
};
