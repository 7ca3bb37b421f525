import { PLAIN_FEN } from '../base/pay-amount.ts';

/** The hash of a frozen request: jsonb writes itself in one way only, so equal content has equal text. */
export const hashOf = (request: string): string => `encode(sha256(convert_to((${request})::text, 'UTF8')), 'hex')`;

/** Of a row of payout: the account whose openid is paid. A person's day is counted under it, whoever gave the award. */
export const PAYEE_ACCOUNT = 'coalesce(payout.payee_account_id, payout.account_id)';

// Each of these has room for 32 characters in a transfer.
const shortText = (field: string): string => `trim(left(version.rule #>> '{packet,${field}}', 32))`;

/** The rail chosen for this number, else that of its kind of prize (a coupon is never anything else), else the activity's, else the merchant's. */
const RAIL = `coalesce(case when prize.body ->> 'kind' = 'coupon' then 'coupon' end, payout.rail, case when prize.body ->> 'kind' in ('group-packet', 'mini-packet') then prize.body ->> 'kind' end,
    nullif(version.rule #>> '{packet,rail}', 'auto'), merchant.rail)`;

const TRANSFER = `jsonb_build_object(
    'rail', 'transfer', 'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id,
    'openid', payout.openid, 'amountFen', payout.amount_fen, 'activityName', ${shortText('activityName')},
    'reward', ${shortText('wishing')}, 'remark', ${shortText('remark')}, 'notifyUrl', item.notify || merchant.id, 'userName', null,
    'look', case when merchant.transfer_red_packet_look and payout.amount_fen <= ${PLAIN_FEN.max} then 'RED_PACKET' else 'CONFIRM_PAGE' end)`;

const PACKET = `jsonb_build_object(
    'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id, 'openid', payout.openid,
    'amountFen', payout.amount_fen, 'sendName', merchant.send_name,
    'activityName', version.rule #>> '{packet,activityName}', 'wishing', version.rule #>> '{packet,wishing}',
    'remark', version.rule #>> '{packet,remark}', 'clientIp', merchant.client_ip,
    'sceneId', case when payout.amount_fen not between ${PLAIN_FEN.min} and ${PLAIN_FEN.max} then version.rule #>> '{packet,sceneId}' end,
    'subMchId', merchant.sub_mch_id, 'msgAppId', merchant.msg_app_id, 'consumeMchId', merchant.consume_mch_id,
    'riskInfo', case when merchant.risk_info then item.risk end)`;

// A share, on average, is what may or may not need a scene.
const SHARE = `(payout.amount_fen / (prize.body ->> 'shares')::bigint)`;
const GROUP_PACKET = `(${PACKET} - 'clientIp') || jsonb_build_object('rail', 'group-packet', 'shares', (prize.body ->> 'shares')::int,
    'sceneId', case when ${SHARE} not between ${PLAIN_FEN.min} and ${PLAIN_FEN.max} then version.rule #>> '{packet,sceneId}' end)`;
const COUPON = `jsonb_build_object('rail', 'coupon', 'orderNumber', payout.order_number, 'appId', account.app_id,
    'mchId', merchant.mch_id, 'openid', payout.openid, 'amountFen', payout.amount_fen, 'stockId', prize.body ->> 'stockId')`;
const MINI_PACKET = `(${PACKET} - 'clientIp' - 'riskInfo') || '{"rail": "mini-packet"}'`;

/**
 * What the first claim freezes, as a subquery over a row of payout and an `item` whose `risk` is the risk information
 * for it and whose `notify` is what the address for notices of transfers begins with: the texts are of the rule version the draw was decided by, or the published one where there is no draw.
 */
export const FROZEN_REQUEST = `
select case ${RAIL} when 'transfer' then ${TRANSFER} when 'group-packet' then ${GROUP_PACKET}
  when 'mini-packet' then ${MINI_PACKET} when 'coupon' then ${COUPON} else ${PACKET} end
from account, merchant, activity, rule_version as version cross join lateral (
  select jsonb_path_query_first(version.rule, '$.prizes[*] ? (@.id == $id)', jsonb_build_object('id', (
    select award.prize_id from award where award.account_id = payout.account_id and award.id = payout.award_id))) as body
) as prize
where account.id = ${PAYEE_ACCOUNT} and merchant.id = payout.merchant_id
  and activity.account_id = payout.account_id and activity.id = payout.activity_id
  and version.account_id = payout.account_id and version.activity_id = payout.activity_id
  and version.version = coalesce((select draw.rule_version from draw
    where draw.account_id = payout.account_id and draw.request_key = (select award.request_key from award
      where award.account_id = payout.account_id and award.id = payout.award_id)), activity.published_version)`;
