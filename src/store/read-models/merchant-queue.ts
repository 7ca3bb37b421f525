import type pg from 'pg';
import { beijingDay } from '../../base/beijing-day.ts';
import type { MerchantQueueLine } from '../../flows/ports/payment-reads.ts';

/**
 * Counts every merchant's open payouts by state and reads its pace. One statement over the index of open payouts; what
 * was sent or has ended is not looked at.
 */
export async function readMerchantQueues(pool: pg.Pool, nowMs: number): Promise<readonly MerchantQueueLine[]> {
  const found = await pool.query<MerchantQueueLine>(
    `with open as (
       select merchant_id, state, count(*) as payouts, sum(amount_fen) as amount, count(*) filter (where due_at <= $1) as due
       from payout where state in ('waiting', 'unknown', 'parked', 'dead') and (state <> 'dead' or ${NOT_ISSUED_AGAIN})
       group by merchant_id, state
     )
     select merchant.id as "merchantId",
       (select coalesce(jsonb_agg(jsonb_build_object('state', state, 'payouts', payouts, 'amountFen', amount, 'due', due)
          order by state), '[]') from open where open.merchant_id = merchant.id) as counts,
       case when pace.sends_from > $1 then (extract(epoch from pace.sends_from) * 1000)::float8 end as "sendsFromMs",
       case when pace.slow_until > $1 then (extract(epoch from pace.slow_until) * 1000)::float8 end as "slowUntilMs",
       case when pace.day = $2 then pace.day_fen else 0 end::float8 as "dayFen"
     from merchant left join merchant_pace as pace on pace.merchant_id = merchant.id order by merchant.id`,
    [new Date(nowMs), beijingDay(nowMs)],
  );
  return found.rows;
}

/** Whether the award of a row of `payout` has no later number. */
export const NOT_ISSUED_AGAIN = `not exists (select 1 from payout as later where later.account_id = payout.account_id
  and later.award_id = payout.award_id and later.series > payout.series)`;
