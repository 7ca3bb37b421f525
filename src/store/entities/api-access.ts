import { EntitySchema } from 'typeorm';
import { bigint, check, IDENTITY, integer, key, NULLABLE, ownIndex, text, time } from './columns.ts';

export interface ApiTokenRow {
  readonly id: string;
  readonly name: string;
  readonly tokenHash: string;
  readonly scopes: readonly string[];
  readonly madeBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastAddress: string | null;
  readonly revokedAt: Date | null;
}

export const apiTokenEntity = new EntitySchema<ApiTokenRow>({
  name: 'api_token',
  columns: {
    id: text('id', key('api_token_pk')),
    name: text('name'),
    tokenHash: text('token_hash'),
    scopes: text('scopes', { array: true }),
    madeBy: text('made_by'),
    createdAt: time('created_at'),
    expiresAt: time('expires_at', NULLABLE),
    lastUsedAt: time('last_used_at', NULLABLE),
    lastAddress: text('last_address', NULLABLE),
    revokedAt: time('revoked_at', NULLABLE),
  },
  uniques: [{ name: 'api_token_hash_once', columns: ['tokenHash'] }],
  foreignKeys: [
    { name: 'api_token_maker', target: 'operator', columnNames: ['madeBy'], referencedColumnNames: ['id'] },
  ],
});

export interface ApiRequestRow {
  readonly caller: string;
  readonly key: string;
  readonly route: string;
  readonly requestHash: string | null;
  readonly state: 'running' | 'acted' | 'done';
  readonly leaseToken: string;
  readonly leaseUntil: Date;
  readonly status: number | null;
  readonly answerSealed: string | null;
  readonly createdAt: Date;
}

export const apiRequestEntity = new EntitySchema<ApiRequestRow>({
  name: 'api_request',
  columns: {
    caller: text('caller', key('api_request_pk')),
    key: text('key', key('api_request_pk')),
    route: text('route'),
    requestHash: text('request_hash', NULLABLE),
    state: text('state'),
    leaseToken: text('lease_token'),
    leaseUntil: time('lease_until'),
    status: integer('status', NULLABLE),
    answerSealed: text('answer_sealed', NULLABLE),
    createdAt: time('created_at'),
  },
  checks: [check('api_request_state_known'), check('api_request_done_whole')],
  indices: [{ name: 'api_request_by_age', columns: ['createdAt'] }],
});

export interface WebhookEndpointRow {
  readonly accountId: string;
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly secretSealed: string;
  readonly previousSecretSealed: string | null;
  readonly previousUntil: Date | null;
  readonly events: readonly string[];
  readonly state: 'on' | 'off' | 'removed';
  readonly failures: number;
  readonly restingUntil: Date | null;
  readonly madeBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const webhookEndpointEntity = new EntitySchema<WebhookEndpointRow>({
  name: 'webhook_endpoint',
  columns: {
    accountId: text('account_id', key('webhook_endpoint_pk')),
    id: text('id', key('webhook_endpoint_pk')),
    name: text('name'),
    url: text('url'),
    secretSealed: text('secret_sealed'),
    previousSecretSealed: text('previous_secret_sealed', NULLABLE),
    previousUntil: time('previous_until', NULLABLE),
    events: text('events', { array: true }),
    state: text('state'),
    failures: integer('failures', { default: 0 }),
    restingUntil: time('resting_until', NULLABLE),
    madeBy: text('made_by'),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  },
  checks: [check('webhook_endpoint_state_known'), check('webhook_endpoint_previous_whole')],
  foreignKeys: [
    {
      name: 'webhook_endpoint_account',
      target: 'account',
      columnNames: ['accountId'],
      referencedColumnNames: ['id'],
    },
  ],
});

export interface WebhookDeliveryRow {
  readonly accountId: string;
  readonly endpointId: string;
  readonly id: number;
  readonly event: string;
  readonly awardId: string;
  readonly orderNumber: string | null;
  readonly occurredAt: Date;
  readonly state: 'waiting' | 'delivered' | 'parked';
  readonly dueAt: Date | null;
  readonly retryFrom: Date;
  readonly tries: number;
  readonly leaseToken: string | null;
  readonly lastTriedAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly settledAt: Date | null;
}

export const webhookDeliveryEntity = new EntitySchema<WebhookDeliveryRow>({
  name: 'webhook_delivery',
  columns: {
    accountId: text('account_id', key('webhook_delivery_pk')),
    endpointId: text('endpoint_id', key('webhook_delivery_pk')),
    id: bigint('id', { ...key('webhook_delivery_pk'), ...IDENTITY }),
    event: text('event'),
    awardId: text('award_id'),
    orderNumber: text('order_number', NULLABLE),
    occurredAt: time('occurred_at'),
    state: text('state'),
    dueAt: time('due_at', NULLABLE),
    retryFrom: time('retry_from'),
    tries: integer('tries', { default: 0 }),
    leaseToken: text('lease_token', NULLABLE),
    lastTriedAt: time('last_tried_at', NULLABLE),
    lastStatus: integer('last_status', NULLABLE),
    lastError: text('last_error', NULLABLE),
    settledAt: time('settled_at', NULLABLE),
  },
  checks: [check('webhook_delivery_state_known'), check('webhook_delivery_due_whole')],
  indices: [
    ownIndex('webhook_delivery_due', ['accountId', 'endpointId', 'dueAt']),
    ownIndex('webhook_delivery_in_order', ['accountId', 'endpointId', 'awardId', 'id']),
    ownIndex('webhook_delivery_settled', ['settledAt']),
  ],
});
