import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { EndpointKey } from '../../flows/ports/webhooks.ts';
import type { OperateWebhooks } from '../../flows/webhooks/operate-webhooks.ts';
import {
  addedWebhookAnswer,
  addWebhookRequest,
  changeWebhookRequest,
  deliveriesAnswer,
  deliveriesQuery,
  redeliveredAnswer,
  rotatedSecretAnswer,
  webhooksAnswer,
} from '../contract/console-webhooks.ts';
import { nothingAnswer } from '../contract/console-session.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface WebhookRouteDependencies {
  readonly operateWebhooks: OperateWebhooks;
}

const PLACE = '/accounts/:account/webhooks';
const DELIVERY_ID = /^\d{1,15}$/;
const common = { access: 'api.manage' } as const;

/** Where other programs are told of events, and what became of each telling. */
export function webhookRoutes({ operateWebhooks: webhooks }: WebhookRouteDependencies): readonly ConsoleRoute[] {
  return [...endpointRoutes(webhooks), ...deliveryRoutes(webhooks)];
}

function endpointRoutes(webhooks: OperateWebhooks): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      ...common,
      name: 'listWebhooks',
      method: 'GET',
      path: PLACE,
      summary: 'Endpoints that are told of awards and payouts, and how they take it',
      answer: webhooksAnswer,
      handle: async ({ params }) => ({
        webhooks: (await webhooks.list(readAccount(params))).map((line) => ({ ...line, events: [...line.events] })),
      }),
    }),
    consoleRoute({
      ...common,
      name: 'addWebhook',
      method: 'POST',
      path: PLACE,
      summary: 'Tell an endpoint of events from now on; the secret is shown this once',
      body: addWebhookRequest,
      answer: addedWebhookAnswer,
      handle: ({ params, operator, body }) => webhooks.add(operator, readAccount(params), body),
    }),
    consoleRoute({
      ...common,
      name: 'changeWebhook',
      method: 'PATCH',
      path: `${PLACE}/:webhook`,
      summary: 'Change name, address or events of an endpoint, or switch it off and on',
      body: changeWebhookRequest,
      answer: nothingAnswer,
      handle: async ({ params, operator, body }) => {
        await webhooks.change(operator, readKey(params), body);
        return {};
      },
    }),
    consoleRoute({
      ...common,
      name: 'rotateWebhookSecret',
      method: 'POST',
      path: `${PLACE}/:webhook/rotate`,
      summary: 'Take a new secret; for a day the one before signs, too',
      answer: rotatedSecretAnswer,
      handle: ({ params, operator }) => webhooks.rotate(operator, readKey(params)),
    }),
    consoleRoute({
      ...common,
      name: 'removeWebhook',
      method: 'DELETE',
      path: `${PLACE}/:webhook`,
      summary: 'Remove an endpoint with everything it was not told yet',
      answer: nothingAnswer,
      handle: async ({ params, operator }) => {
        await webhooks.remove(operator, readKey(params));
        return {};
      },
    }),
  ];
}

function deliveryRoutes(webhooks: OperateWebhooks): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      ...common,
      name: 'listDeliveries',
      method: 'GET',
      path: `${PLACE}/:webhook/deliveries`,
      summary: 'What an endpoint is told, the latest first; kept for 7 days, parked ones for 30',
      query: deliveriesQuery,
      answer: deliveriesAnswer,
      handle: async ({ params, query: { after, limit, state } }) => {
        const page = { after: readCursor(after, DELIVERY_ID), limit };
        const { rows, next } = await webhooks.deliveries(readKey(params), state ?? null, page);
        return { rows: [...rows], next: writeCursor(next) };
      },
    }),
    consoleRoute({
      ...common,
      name: 'redeliver',
      method: 'POST',
      path: `${PLACE}/:webhook/deliveries/:delivery/redeliver`,
      summary: 'Tell one event again',
      answer: redeliveredAnswer,
      handle: async ({ params, operator }) => ({
        ordered: await webhooks.redeliver(operator, readKey(params), readDelivery(params)),
      }),
    }),
    consoleRoute({
      ...common,
      name: 'redeliverParked',
      method: 'POST',
      path: `${PLACE}/:webhook/redeliver-parked`,
      summary: 'Tell up to 1,000 parked events again',
      answer: redeliveredAnswer,
      handle: async ({ params, operator }) => ({
        ordered: await webhooks.redeliver(operator, readKey(params), 'parked'),
      }),
    }),
  ];
}

type Params = Readonly<Record<string, string>>;

function readKey(params: Params): EndpointKey {
  return { account: readAccount(params), id: params['webhook'] ?? '' };
}

function readDelivery({ delivery = '' }: Params): number {
  if (DELIVERY_ID.test(delivery)) return Number(delivery);
  throw new WrongRequest('delivery-not-found', 'there is no such delivery', { status: 404 });
}

function readAccount(params: Params): AccountId {
  try {
    return accountId(params['account'] ?? '');
  } catch (cause) {
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404, cause });
  }
}
