import { PLAIN_FEN } from '../base/pay-amount.ts';

/** The hash of a frozen request: jsonb writes itself in one way only, so equal content has equal text. */
export const hashOf = (request: string): string => `encode(sha256(convert_to((${request})::text, 'UTF8')), 'hex')`;

/** Of a row of payout: the account whose openid is paid. A person's day is counted under it, whoever gave the award. */
export const PAYEE_ACCOUNT = 'coalesce(payout.payee_account_id, payout.account_id)';

/**
 * What the first claim freezes, as a subquery over a row of payout and an `item` whose `risk` is the risk information
 * for it: the texts are of the rule version the draw was decided by, or the published one where there is no draw.
 */
export const FROZEN_REQUEST = `
select jsonb_build_object(
    'orderNumber', payout.order_number, 'appId', account.app_id, 'mchId', merchant.mch_id, 'openid', payout.openid,
    'amountFen', payout.amount_fen, 'sendName', merchant.send_name,
    'activityName', version.rule #>> '{packet,activityName}', 'wishing', version.rule #>> '{packet,wishing}',
    'remark', version.rule #>> '{packet,remark}', 'clientIp', merchant.client_ip,
    'sceneId', case when payout.amount_fen not between ${PLAIN_FEN.min} and ${PLAIN_FEN.max} then version.rule #>> '{packet,sceneId}' end,
    'subMchId', merchant.sub_mch_id, 'msgAppId', merchant.msg_app_id, 'consumeMchId', merchant.consume_mch_id,
    'riskInfo', case when merchant.risk_info then item.risk end)
from account, merchant, activity, rule_version as version
where account.id = ${PAYEE_ACCOUNT} and merchant.id = payout.merchant_id
  and activity.account_id = payout.account_id and activity.id = payout.activity_id
  and version.account_id = payout.account_id and version.activity_id = payout.activity_id
  and version.version = coalesce((select draw.rule_version from draw
    where draw.account_id = payout.account_id and draw.request_key = (select award.request_key from award
      where award.account_id = payout.account_id and award.id = payout.award_id)), activity.published_version)`;
