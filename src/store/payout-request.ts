import { PLAIN_FEN } from '../base/pay-amount.ts';

/** The hash of a frozen request: jsonb writes itself in one way only, so equal content has equal text. */
export const hashOf = (request: string): string => `encode(sha256(convert_to((${request})::text, 'UTF8')), 'hex')`;

/** Of a row of payout: the account whose openid is paid. A person's day is counted under it, whoever gave the award. */
export const PAYEE_ACCOUNT = 'coalesce(payout.payee_account_id, payout.account_id)';

// Each of these has room for 32 characters in a transfer.
const shortText = (field: string): string => `trim(left(version.rule #>> '{packet,${field}}', 32))`;

/** The rail chosen for this number, else the activity's, else the merchant's. */
const RAIL = `coalesce(payout.rail, nullif(version.rule #>> '{packet,rail}', 'auto'), merchant.rail)`;

const TRANSFER = `jsonb_build_object(
    'rail', 'transfer', 'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id,
    'openid', payout.openid, 'amountFen', payout.amount_fen, 'activityName', ${shortText('activityName')},
    'reward', ${shortText('wishing')}, 'remark', ${shortText('remark')}, 'notifyUrl', item.notify || merchant.id, 'userName', null,
    'look', case when merchant.transfer_red_packet_look and payout.amount_fen <= ${PLAIN_FEN.max} then 'RED_PACKET' else 'CONFIRM_PAGE' end)`;

/**
 * What the first claim freezes, as a subquery over a row of payout and an `item` whose `risk` is the risk information
 * for it and whose `notify` is what the address for notices of transfers begins with: the texts are of the rule version the draw was decided by, or the published one where there is no draw.
 */
export const FROZEN_REQUEST = `
select case ${RAIL} when 'transfer' then ${TRANSFER} else jsonb_build_object(
    'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id, 'openid', payout.openid,
    'amountFen', payout.amount_fen, 'sendName', merchant.send_name,
    'activityName', version.rule #>> '{packet,activityName}', 'wishing', version.rule #>> '{packet,wishing}',
    'remark', version.rule #>> '{packet,remark}', 'clientIp', merchant.client_ip,
    'sceneId', case when payout.amount_fen not between ${PLAIN_FEN.min} and ${PLAIN_FEN.max} then version.rule #>> '{packet,sceneId}' end,
    'subMchId', merchant.sub_mch_id, 'msgAppId', merchant.msg_app_id, 'consumeMchId', merchant.consume_mch_id,
    'riskInfo', case when merchant.risk_info then item.risk end) end
from account, merchant, activity, rule_version as version
where account.id = ${PAYEE_ACCOUNT} and merchant.id = payout.merchant_id
  and activity.account_id = payout.account_id and activity.id = payout.activity_id
  and version.account_id = payout.account_id and version.activity_id = payout.activity_id
  and version.version = coalesce((select draw.rule_version from draw
    where draw.account_id = payout.account_id and draw.request_key = (select award.request_key from award
      where award.account_id = payout.account_id and award.id = payout.award_id)), activity.published_version)`;
