import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { AccountId } from '../../base/ids.ts';
import { cleanText } from '../../base/clean-text.ts';
import type { ClaimedDelivery, DueEndpoint, WebhookEvent, WebhookQueue } from '../../flows/ports/webhooks.ts';
import { ask } from '../access/access-tokens.ts';
import type { SecretBox } from '../sealed-secret.ts';
import { secretPlace } from './webhook-store.ts';

const ERROR_LENGTH_MAX = 200;
const PARKED_AT_ONCE = 1000;

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const DUE_ENDPOINTS = `select account_id as account, id, url, failures, secret_sealed,
    case when previous_until > $1 then previous_secret_sealed end as previous
  from webhook_endpoint as endpoint
  where state = 'on' and (resting_until is null or resting_until <= $1) and exists (select 1 from webhook_delivery as delivery
    where delivery.account_id = endpoint.account_id and delivery.endpoint_id = endpoint.id
      and delivery.state = 'waiting' and delivery.due_at <= $1)
  order by account_id, id limit $2`;

// One that is under way has its time to be due put off, and blocks the later ones of its award as long as it waits.
const CLAIM = `
with due as materialized (
  select id from webhook_delivery as delivery
  where account_id = $1 and endpoint_id = $2 and state = 'waiting' and due_at <= $3
    and not exists (select 1 from webhook_delivery as earlier
      where earlier.account_id = $1 and earlier.endpoint_id = $2 and earlier.award_id = delivery.award_id
        and earlier.state = 'waiting' and earlier.id < delivery.id)
  order by due_at limit $5 for update skip locked
),
taken as (
  update webhook_delivery as delivery set due_at = $4, lease_token = $6, tries = tries + 1, last_tried_at = $3 from due
  where delivery.account_id = $1 and delivery.endpoint_id = $2 and delivery.id = due.id
  returning delivery.*
)
select taken.id::float8 as id, lease_token as "leaseToken", tries, ${ms('retry_from')} as "retryFromMs", event,
  ${ms('occurred_at')} as "occurredAtMs", award_id as "awardId", activity_id as "activityId", prize_id as "prizeId", openid,
  amount_fen::float8 as "amountFen", order_number as "orderNumber", case when event = 'payout.received' then (
    select sum(entry.amount_fen)::float8 from book_entry as entry
    where entry.account_id = $1 and entry.award_id = taken.award_id and debit = 'delivered') end as "receivedFen"
from taken join award on award.account_id = $1 and award.id = award_id order by taken.id`;

const MINE = 'account_id = $1 and endpoint_id = $2 and id = $3 and lease_token = $4';
const DELIVERED = `
with settled as (
  update webhook_delivery set state = 'delivered', due_at = null, settled_at = $5, lease_token = null, last_status = $6,
    last_error = null where ${MINE}
)
update webhook_endpoint set failures = 0, resting_until = null where account_id = $1 and id = $2 and failures > 0`;
const FAILED = `
with put_off as (
  update webhook_delivery set state = case when $8::timestamptz is null then 'parked' else 'waiting' end, due_at = $8,
    settled_at = case when $8::timestamptz is null then $5::timestamptz end, lease_token = null, last_status = $6, last_error = $7
  where ${MINE}
)
update webhook_endpoint set failures = failures + 1, resting_until = $9 where account_id = $1 and id = $2`;
const PARK_OLD = `update webhook_delivery set state = 'parked', due_at = null, settled_at = $4,
    last_error = coalesce(last_error, 'the endpoint took nothing for three days')
  where account_id = $1 and endpoint_id = $2 and state = 'waiting' and id in (
    select id from webhook_delivery where account_id = $1 and endpoint_id = $2 and state = 'waiting' and retry_from < $3
    order by due_at limit ${PARKED_AT_ONCE} for update skip locked)`;
const FORGET = `delete from webhook_delivery where (account_id, endpoint_id, id) in (
  select account_id, endpoint_id, id from webhook_delivery where settled_at < $1 and (state = 'delivered' or settled_at < $2)
  limit $3)`;
const FORGET_REMOVED = `delete from webhook_delivery where (account_id, endpoint_id, id) in (
  select delivery.account_id, endpoint_id, delivery.id from webhook_endpoint as endpoint
  join webhook_delivery as delivery on delivery.account_id = endpoint.account_id and delivery.endpoint_id = endpoint.id
  where endpoint.state = 'removed' limit $1)`;

interface DueRow {
  readonly account: AccountId;
  readonly id: string;
  readonly url: string;
  readonly failures: number;
  readonly secret_sealed: string;
  readonly previous: string | null;
}

type ClaimedRow = Omit<ClaimedDelivery, 'award'> &
  Omit<ClaimedDelivery['award'], 'accountId'> & { event: WebhookEvent };

/** The queue of deliveries in Postgres: their rows are the queue. */
export function createWebhookQueue(pool: pg.Pool, box: SecretBox): WebhookQueue {
  return {
    dueEndpoints: async (nowMs, most) => {
      const { rows } = await ask(pool.query<DueRow>(DUE_ENDPOINTS, [new Date(nowMs), most]));
      return rows.map((row) => dueEndpoint(row, box));
    },
    claim: async ({ account, id }, { nowMs, leaseUntilMs, most }) => {
      const leaseToken = randomBytes(16).toString('hex');
      const values = [account, id, new Date(nowMs), new Date(leaseUntilMs), most, leaseToken];
      const { rows } = await ask(pool.query<ClaimedRow>(CLAIM, values));
      return rows.map((row) => claimedDelivery(row, account));
    },
    delivered: async ({ account, id }, delivery, { status }, nowMs) => {
      await ask(pool.query(DELIVERED, [account, id, delivery.id, delivery.leaseToken, new Date(nowMs), status]));
    },
    failed: async ({ account, id }, delivery, end) => {
      const now = new Date(end.nowMs);
      const error = cleanText(end.error ?? '').slice(0, ERROR_LENGTH_MAX);
      const again = end.againAtMs === null ? null : new Date(end.againAtMs);
      const values = [
        account,
        id,
        delivery.id,
        delivery.leaseToken,
        now,
        end.status,
        error,
        again,
        new Date(end.restUntilMs),
      ];
      await ask(pool.query(FAILED, values));
      await ask(pool.query(PARK_OLD, [account, id, new Date(end.parkBeforeMs), now]));
    },
    forget: async ({ deliveredBeforeMs, parkedBeforeMs, most }) => {
      const old = await ask(pool.query(FORGET, [new Date(deliveredBeforeMs), new Date(parkedBeforeMs), most]));
      const removed = await ask(pool.query(FORGET_REMOVED, [most]));
      return Math.max(old.rowCount ?? 0, removed.rowCount ?? 0);
    },
  };
}

function dueEndpoint({ secret_sealed: sealed, previous, ...row }: DueRow, box: SecretBox): DueEndpoint {
  const place = secretPlace(row);
  return { ...row, secrets: [sealed, ...(previous === null ? [] : [previous])].map((one) => box.open(place, one)) };
}

function claimedDelivery(row: ClaimedRow, accountId: AccountId): ClaimedDelivery {
  const { awardId, activityId, prizeId, openid, amountFen, receivedFen, orderNumber, ...delivery } = row;
  const award = { accountId, awardId, activityId, prizeId, openid, amountFen, receivedFen, orderNumber };
  return { ...delivery, award };
}
