// $1 account, $2 openid throughout.

/** States of a payout that still needs the openid: it may be sent, asked about or issued again. */
export const OPEN_STATES = `('waiting', 'unknown', 'sent', 'parked')`;

/** Awards of the person, and those of whoever is paid under this person's openid. */
const AWARDS = `
  select award.account_id, award.id, false as by_link from award where award.account_id = $1 and award.openid = $2
  union all
  select award.account_id, award.id, true from payee_link as link
  join award on award.account_id = link.account_id and award.openid = link.openid
  where link.account_id in (select id from account) and link.payee_account_id = $1 and link.payee_openid = $2`;

/**
 * Whether the openid is still needed: a payout has not ended, a new number is asked for, or packets sent today count
 * for the person's day ($3), which leaving and following again must not empty.
 */
export const STILL_NEEDED = `
with theirs as materialized (${AWARDS})
select exists (select 1 from theirs join payout on payout.account_id = theirs.account_id and payout.award_id = theirs.id
      and (not by_link or payout.openid = $2) and payout.state in ${OPEN_STATES})
  or exists (select 1 from theirs join reissue_item as item on item.account_id = theirs.account_id
      and item.award_id = theirs.id and item.outcome is null)
  or exists (select 1 from payout_person_day where account_id = $1 and merchant_id in (select id from merchant)
      and openid = $2 and day >= $3::date) as needed`;
