import type pg from 'pg';
import type { PayoutStore } from '../flows/ports/payouts.ts';

/** WeChat Pay takes the same number again after 1 s at the earliest (https://pay.weixin.qq.com/doc/v2/merchant/4011974053). */
const SAME_NUMBER_MS = 1000;

/**
 * One statement and one commit: the attempt is on disk before the first byte leaves, or nothing is. The lease must be
 * ours and alive and the payout due; a late answer recorded by another worker moves `due_at` and so calls this off. A
 * stop that came after the claim holds a send back too. A packet that a query found was booked when it was found.
 */
const BEGIN = `
with mine as (
  update payout set lease_until = $5, updated_at = $4,
    state = case when $6 = 'send' and state <> 'sent' then 'unknown' else state end,
    first_sent_at = case when $6 = 'send' then coalesce(first_sent_at, $4) else first_sent_at end,
    last_sent_at = case when $6 = 'send' then $4 else last_sent_at end
  where account_id = $1 and order_number = $2 and lease_token = $3 and lease_until > $4 and due_at <= $4
    and ($6 = 'query' or (next_call = 'send' and (last_sent_at is null or last_sent_at <= $7)
      and exists (select 1 from merchant where merchant.id = payout.merchant_id and merchant.state = 'open')
      and not exists (select 1 from installation where sending_stopped_at is not null)))
    and not exists (select 1 from payout_attempt as a
      where a.account_id = $1 and a.order_number = $2 and a.attempt >= $8)
  returning *
),
written as (
  insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at)
  select account_id, order_number, $8, $6, $3, $4 from mine
),
first as (
  select * from mine where $6 = 'send' and not exists (select 1 from payout_attempt as a
    where a.account_id = $1 and a.order_number = $2 and (a.kind = 'send' or a.outcome ->> 'kind' = 'found'))
),
booked as (
  insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select account_id, activity_id, merchant_id, award_id, 'send', 'in-flight', 'reserved', amount_fen, $4 from first where amount_fen > 0
),
shown as (
  update award set state = 'sending', updated_at = $4 from first
  where award.account_id = first.account_id and award.id = first.award_id
)
select 1 from mine`;

/** Begins an attempt as `PayoutStore.beginAttempt` says and returns its number, or null when it must not be made. */
export async function beginAttempt(
  pool: pg.Pool,
  { payout, call, nowMs, leaseMs }: Parameters<PayoutStore['beginAttempt']>[0],
): Promise<number | null> {
  const number = (payout.attempts.at(-1)?.number ?? 0) + 1;
  const begun = await pool.query(BEGIN, [
    payout.accountId,
    payout.orderNumber,
    payout.leaseToken,
    new Date(nowMs),
    new Date(nowMs + leaseMs),
    call,
    new Date(nowMs - SAME_NUMBER_MS),
    number,
  ]);
  return begun.rows.length === 0 ? null : number;
}
