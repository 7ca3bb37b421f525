import type pg from 'pg';
import type { ReissueCandidate, ReissueSelection } from '../flows/ports/reissues.ts';

/** Whether the activity of a row of `payout` lets returned packets be issued again, by the rule in force. */
export const REISSUES_RETURNED = `(payout.account_id, payout.activity_id) in (
  select activity.account_id, activity.id from activity join rule_version
    on rule_version.account_id = activity.account_id and rule_version.activity_id = activity.id
      and rule_version.version = activity.published_version
  where rule_version.rule -> 'returned' ->> 'reissue' = 'true')`;

/**
 * Whether the award of a row of `payout` has a number that may still pay, or a later one that came to nothing: then
 * that one is the candidate.
 */
export const HAS_ANOTHER_NUMBER = `exists (
  select 1 from payout as other
  where other.account_id = payout.account_id and other.award_id = payout.award_id
    and other.order_number <> payout.order_number
    and (other.state not in ('dead', 'returned') or other.series > payout.series))`;

/** Whether the person of a row of `payout` was erased: nobody knows any more whom to pay. */
export const IS_ERASED = `payout.openid like 'x:%'`;

/**
 * Whether anything speaks against the proof, a row of `payout_attempt` called `proof`: WeChat Pay told that it was paid
 * after that, told another end, or a send began after the question and was not clearly refused.
 */
export const PROOF_IS_DOUBTED = `exists (
  select 1 from payout_attempt as other
  where other.account_id = proof.account_id and other.order_number = proof.order_number
    and other.attempt <> proof.attempt
    and (other.answered_at >= proof.answered_at
        and (other.outcome ->> 'kind' = 'paid' or other.outcome ->> 'status' in ('SENT', 'RFUND_ING'))
      or other.outcome ->> 'status' = 'RECEIVED'
      or other.outcome ->> 'status' = 'REFUND' and proof.outcome ->> 'status' <> 'REFUND'
      or other.kind = 'send' and other.attempt > proof.attempt and other.outcome ->> 'kind' is distinct from 'refused'))`;

/** The latest query that showed the end a row of `payout` has. */
const PROOF = `
  select * from payout_attempt as asked
  where asked.account_id = payout.account_id and asked.order_number = payout.order_number and asked.kind = 'query'
    and asked.outcome ->> 'status' = case payout.state when 'dead' then 'FAILED' else 'REFUND' end
  order by asked.attempt desc limit 1`;

// A payout changes when its proof is written and perhaps later, so `updated_at` narrows the search by the index (by an
// hour less, for answers that were written down out of order) and the proof's own time decides. What the sends were refused with counts as a reason too: after FAILED the payout's own
// reason is what the query said, and WeChat Pay leaves that empty as a rule.
const CANDIDATES = `
  select payout.account_id as "accountId", payout.award_id as "awardId", payout.activity_id as "activityId",
    payout.openid, payout.order_number as "orderNumber", payout.amount_fen::float8 as "amountFen", payout.state,
    payout.reason, proof.attempt as "proofAttempt", (extract(epoch from proof.answered_at) * 1000)::float8 as "provedAtMs"
  from payout cross join lateral (${PROOF}) as proof
  where payout.merchant_id = $1 and payout.state in ('dead', 'returned') and payout.updated_at >= $2::timestamptz - interval '1 hour'
    and proof.answered_at >= $2 and proof.answered_at < $3
    and ($4::text is null or strpos(payout.reason, $4) > 0 or exists (select 1 from payout_attempt as sent
      where sent.account_id = payout.account_id and sent.order_number = payout.order_number and sent.kind = 'send'
        and strpos(concat_ws(' ', sent.outcome ->> 'code', sent.outcome ->> 'message'), $4) > 0))
    and ($5::text is null or payout.activity_id = $5)
    and payout.series < 61 and (payout.state = 'dead' or ${REISSUES_RETURNED})
    and not ${PROOF_IS_DOUBTED} and not ${HAS_ANOTHER_NUMBER} and not ${IS_ERASED}
    and not exists (select 1 from reissue_item as asked_for where asked_for.account_id = payout.account_id
      and asked_for.award_id = payout.award_id and asked_for.outcome is null)
  order by proof.answered_at, payout.account_id, payout.order_number
  limit $6`;

/** Reads what `ReissueStore.candidates` says; awards that stand in an open request are no candidates for another. */
export async function readCandidates(
  client: pg.Pool | pg.PoolClient,
  selection: ReissueSelection,
  limit: number,
): Promise<readonly ReissueCandidate[]> {
  const { merchantId, fromMs, untilMs, reason, activityId } = selection;
  const found = await client.query<ReissueCandidate>(CANDIDATES, [
    merchantId,
    new Date(fromMs),
    new Date(untilMs),
    reason,
    activityId,
    limit,
  ]);
  return found.rows;
}
