import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { DeliveryLine, EndpointKey, WebhookEndpoint, WebhookStore } from '../../flows/ports/webhooks.ts';
import { ask } from '../access/access-tokens.ts';
import { pageOf } from '../read-models/page-of.ts';
import type { SecretBox } from '../sealed-secret.ts';
import { inTransaction } from '../transaction.ts';

const ENDPOINTS_MAX = 10;
const REDELIVERED_MAX = 1000;
/** More are not counted: whoever has so many knows enough. */
const COUNTED_MAX = 10_000;

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const HERE = `account_id = $1 and id = $2 and state <> 'removed'`;
const counted = (state: string): string => `(select count(*)::float8 from (select 1 from webhook_delivery as delivery
    where delivery.account_id = endpoint.account_id and delivery.endpoint_id = endpoint.id and delivery.state = '${state}'
    limit ${COUNTED_MAX}) as counted)`;

const LIST = `select id, name, url, events, state, failures, ${ms('resting_until')} as "restingUntilMs",
    ${ms('previous_until')} as "previousUntilMs", ${counted('waiting')} as waiting, ${counted('parked')} as parked,
    ${ms('created_at')} as "createdAtMs"
  from webhook_endpoint as endpoint where account_id = $1 and state <> 'removed' order by created_at, id`;
// Whoever adds to the same account waits here, so that the count stands.
const LOCK_ACCOUNT = 'select 1 from account where id = $1 for no key update';
const COUNT = `select count(*)::integer as count from webhook_endpoint where account_id = $1 and state <> 'removed'`;
const ADD = `insert into webhook_endpoint (account_id, id, name, url, secret_sealed, events, state, made_by, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, 'on', $7, $8, $8)`;
// Another address, or one that is switched on again, begins without the failures of before.
const CHANGE = `update webhook_endpoint set name = coalesce($3, name), url = coalesce($4, url), events = coalesce($5, events),
    state = coalesce($6, state), failures = 0, resting_until = null, updated_at = $7 where ${HERE}`;
const ROTATE = `update webhook_endpoint set previous_secret_sealed = secret_sealed, previous_until = $4, secret_sealed = $3,
    updated_at = $5 where ${HERE}`;
const REMOVE = `update webhook_endpoint set state = 'removed', secret_sealed = '', previous_secret_sealed = null,
    previous_until = null, updated_at = $3 where ${HERE}`;
const DELIVERIES = `select id::float8 as id, event, award_id as "awardId", order_number as "orderNumber",
    ${ms('occurred_at')} as "occurredAtMs", state, ${ms('due_at')} as "dueAtMs", tries, ${ms('last_tried_at')} as "lastTriedAtMs",
    last_status as "lastStatus", last_error as "lastError"
  from webhook_delivery where account_id = $1 and endpoint_id = $2 and ($3::text is null or state = $3)
    and ($4::bigint is null or id < $4) order by id desc limit $5`;
const REDELIVER = `update webhook_delivery set state = 'waiting', due_at = $4, retry_from = $4, settled_at = null, tries = 0,
    lease_token = null
  where account_id = $1 and endpoint_id = $2 and state <> 'waiting' and id in (
    select id from webhook_delivery where account_id = $1 and endpoint_id = $2
      and case when $3::bigint is null then state = 'parked' else id = $3 end order by id limit ${REDELIVERED_MAX} for update)`;
const AWAKE = `update webhook_endpoint set failures = 0, resting_until = null where account_id = $1 and id = $2`;

/** What the secret of an endpoint is sealed for. */
export function secretPlace({ account, id }: EndpointKey): string {
  return `webhook_endpoint.secret:${account}:${id}`;
}

/** Endpoints and their deliveries in Postgres; secrets are sealed. */
export function createWebhookStore(pool: pg.Pool, box: SecretBox): WebhookStore {
  const changed = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    (await ask(inTransaction(pool, (client) => client.query(text, [...values])))).rowCount === 1;
  return {
    endpoints: async (account) => (await ask(pool.query<WebhookEndpoint>(LIST, [account]))).rows,
    add: (key, input) => ask(inTransaction(pool, (client) => add(client, box, key, input))),
    change: ({ account, id }, { name, url, events, state }, nowMs) =>
      changed(CHANGE, [account, id, name ?? null, url ?? null, events ?? null, state ?? null, new Date(nowMs)]),
    rotate: (key, { secret, previousUntilMs, nowMs }) =>
      changed(ROTATE, [
        key.account,
        key.id,
        box.seal(secretPlace(key), secret),
        new Date(previousUntilMs),
        new Date(nowMs),
      ]),
    remove: ({ account, id }, nowMs) => changed(REMOVE, [account, id, new Date(nowMs)]),
    deliveries: async ({ account, id }, state, page) => {
      const before = page.after === null ? null : Number(page.after.key);
      const values = [account, id, state, before, page.limit + 1];
      const { rows } = await ask(pool.query<DeliveryLine>(DELIVERIES, values));
      return pageOf(rows, page, {
        line: (row) => row,
        cursor: (row) => ({ atMs: row.occurredAtMs, key: String(row.id) }),
      });
    },
    redeliver: ({ account, id }, which, nowMs) =>
      ask(
        inTransaction(pool, async (client) => {
          const one = which === 'parked' ? null : which;
          const ordered = await client.query(REDELIVER, [account, id, one, new Date(nowMs)]);
          await client.query(AWAKE, [account, id]);
          return ordered.rowCount ?? 0;
        }),
      ),
  };
}

async function add(
  client: pg.PoolClient,
  box: SecretBox,
  key: EndpointKey,
  input: Parameters<WebhookStore['add']>[1],
): Promise<void> {
  const account = await client.query(LOCK_ACCOUNT, [key.account]);
  if (account.rowCount === 0) throw accountMissing(key.account);
  const there = await client.query<{ count: number }>(COUNT, [key.account]);
  if ((there.rows[0]?.count ?? 0) >= ENDPOINTS_MAX) {
    const message = `an account tells at most ${ENDPOINTS_MAX} endpoints: remove one first`;
    throw new WrongRequest('webhooks-many', message, { status: 409 });
  }
  const { name, url, events, secret, madeBy, nowMs } = input;
  const sealed = box.seal(secretPlace(key), secret);
  await client.query(ADD, [key.account, key.id, name, url, sealed, events, madeBy, new Date(nowMs)]);
}

function accountMissing(account: AccountId): WrongRequest {
  return new WrongRequest('account-not-found', `there is no account ${account}`, { status: 404 });
}
