import type pg from 'pg';
import { fen } from '../base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../base/ids.ts';
import type { Attempt, ClaimedPayout, PayoutState, PayoutStore, RedPacketRequest } from '../flows/ports/payouts.ts';

interface ClaimedRow {
  readonly account_id: AccountId;
  readonly order_number: OrderNumber;
  readonly award_id: AwardId;
  readonly activity_id: ActivityId;
  readonly merchant_id: MerchantId;
  readonly state: PayoutState;
  readonly openid: Openid;
  readonly amount_fen: string;
  readonly request: RedPacketRequest;
  readonly intact: boolean;
  readonly created_at: Date;
  readonly attempts: readonly Attempt[];
}

/** An attempt as JSON, its times in Unix ms; `a` is a row of payout_attempt. */
export const ATTEMPT_JSON = `jsonb_build_object('number', a.attempt, 'kind', a.kind,
  'startedAtMs', round(extract(epoch from a.started_at) * 1000),
  'answeredAtMs', round(extract(epoch from a.answered_at) * 1000), 'outcome', a.outcome)`;

/** The hash of a frozen request: jsonb writes itself in one way only, so equal content has equal text. */
const hashOf = (request: string) => `encode(sha256(convert_to((${request})::text, 'UTF8')), 'hex')`;

/** What the first claim freezes: the texts are of the rule version the draw was decided by, or the published one. */
const REQUEST = `
select jsonb_build_object(
    'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id, 'openid', payout.openid,
    'amountFen', payout.amount_fen, 'sendName', merchant.send_name,
    'activityName', version.rule #>> '{packet,activityName}', 'wishing', version.rule #>> '{packet,wishing}',
    'remark', version.rule #>> '{packet,remark}', 'clientIp', merchant.client_ip,
    'sceneId', case when payout.amount_fen not between 100 and 20000 then version.rule #>> '{packet,sceneId}' end)
from account, merchant, activity, rule_version as version
where account.id = payout.account_id and merchant.id = payout.merchant_id
  and activity.account_id = payout.account_id and activity.id = payout.activity_id
  and version.account_id = payout.account_id and version.activity_id = payout.activity_id
  and version.version = coalesce((select draw.rule_version from draw
    where draw.account_id = payout.account_id and draw.request_key = (select award.request_key from award
      where award.account_id = payout.account_id and award.id = payout.award_id)), activity.published_version)`;

/**
 * One statement, so that no other claim can come between finding and taking. `due` locks what it finds and skips what
 * others hold; a row that changed meanwhile is looked at again after the lock, so an expired lease is taken over once.
 * The texts are looked up row by row (a subquery, not a join), and the statement has no name, so that it is planned for
 * the tables as they are: joined, or with a plan kept from when they were empty, a claim was seen to take 0.5 to 20 s.
 */
const CLAIM = `
with room as (
  select merchant.id, greatest($4::int - coalesce(held.payouts, 0), 0) as places
  from merchant left join unnest($5::text[], $6::int[]) as held (id, payouts) on held.id = merchant.id
  where merchant.state = 'open'
),
due as materialized (
  select found.account_id, found.order_number
  from room cross join lateral (
    select account_id, order_number from payout
    where merchant_id = room.id and due_at <= $1 and (lease_until is null or lease_until <= $1)
    order by due_at limit room.places
    for update skip locked
  ) as found
),
taken as (
  update payout set lease_token = $3, lease_until = $2, updated_at = $1,
    (request, request_hash) = (select body, coalesce(payout.request_hash, ${hashOf('body')})
      from (select coalesce(payout.request, (${REQUEST})) as body) as frozen)
  from due where payout.account_id = due.account_id and payout.order_number = due.order_number
  returning payout.*
)
select taken.*, request is not null and request_hash = ${hashOf('request')} as intact,
  coalesce((select jsonb_agg(${ATTEMPT_JSON} order by a.attempt) from payout_attempt as a
    where a.account_id = taken.account_id and a.order_number = taken.order_number), '[]') as attempts
from taken order by due_at, order_number`;

const PARK = `
with parked as (
  update payout set state = 'parked', due_at = null, lease_token = null, lease_until = null, updated_at = $3,
    reason = 'the request cannot be made, or is not the one that was frozen'
  where account_id = $1 and order_number = $2 and lease_token = $4 returning account_id, award_id
)
update award set state = 'parked', updated_at = $3 from parked where award.account_id = parked.account_id and award.id = parked.award_id`;

/**
 * Takes due payouts as `PayoutStore.claim` says. One whose request is not what was frozen, or cannot be made because
 * its activity has no rule, is parked and not handed out: another request under the same number is never sent.
 */
export async function claimPayouts(
  pool: pg.Pool,
  input: Parameters<PayoutStore['claim']>[0],
): Promise<readonly ClaimedPayout[]> {
  const { rows } = await pool.query<ClaimedRow>(CLAIM, [
    new Date(input.nowMs),
    new Date(input.nowMs + input.leaseMs),
    input.leaseToken,
    input.perMerchant,
    [...input.busy.keys()],
    [...input.busy.values()],
  ]);
  for (const row of rows.filter((claimed) => !claimed.intact)) {
    await pool.query(PARK, [row.account_id, row.order_number, new Date(input.nowMs), input.leaseToken]);
  }
  return rows.filter((row) => row.intact).map((row) => claimedPayout(row, input.leaseToken));
}

function claimedPayout(row: ClaimedRow, leaseToken: string): ClaimedPayout {
  return {
    accountId: row.account_id,
    orderNumber: row.order_number,
    awardId: row.award_id,
    activityId: row.activity_id,
    merchantId: row.merchant_id,
    state: row.state,
    openid: row.openid,
    amountFen: fen(Number(row.amount_fen)),
    request: row.request,
    leaseToken,
    createdAtMs: row.created_at.getTime(),
    attempts: row.attempts,
  };
}
