import type pg from 'pg';
import type { MerchantId } from '../../base/ids.ts';
import type { Page, PageRequest } from '../../flows/ports/console-reads.ts';
import type { OpenPayout, OpenState } from '../../flows/ports/payment-reads.ts';
import { NOT_ISSUED_AGAIN } from './merchant-queue.ts';
import { pageOf } from './page-of.ts';

/**
 * The columns of an OpenPayout, of a row of `payout` joined by OPEN_PAYOUT_JOINS. A send waits for the merchant's next
 * day too; a query does not.
 */
export const OPEN_PAYOUT_COLUMNS = `
  payout.account_id as "accountId", payout.order_number as "orderNumber", payout.award_id as "awardId",
  payout.activity_id as "activityId", coalesce(activity.name, '') as "activityName", payout.merchant_id as "merchantId",
  payout.openid, payout.amount_fen::float8 as "amountFen", payout.state, payout.reason,
  (extract(epoch from payout.created_at) * 1000)::float8 as "createdAtMs",
  (extract(epoch from case payout.state when 'waiting' then payout.created_at
    when 'unknown' then coalesce(payout.first_sent_at, payout.created_at) else payout.updated_at end) * 1000)::float8 as "sinceMs",
  (extract(epoch from case when payout.due_at is null or payout.next_call = 'query' then payout.due_at
    else greatest(payout.due_at, merchant_pace.sends_from) end) * 1000)::float8 as "dueAtMs",
  payout.next_call as "nextCall",
  case when payout.due_at is null or payout.next_call = 'query' then null
    when installation.sending_stopped_at is not null then 'sending-stopped'
    when merchant.state = 'stopped' then 'merchant-stopped' end as "heldBy",
  (extract(epoch from payout.first_sent_at) * 1000)::float8 as "firstSentAtMs", payout.series,
  (select count(*)::integer from payout_attempt where payout_attempt.account_id = payout.account_id
    and payout_attempt.order_number = payout.order_number) as attempts,
  coalesce(payout.request ->> 'rail', 'red-packet') as rail`;

export const OPEN_PAYOUT_JOINS = `
  left join activity on activity.account_id = payout.account_id and activity.id = payout.activity_id
  left join merchant on merchant.id = payout.merchant_id
  left join merchant_pace on merchant_pace.merchant_id = payout.merchant_id
  left join installation on true`;

/**
 * Reads open payouts of one state, the earliest won first: a page of each merchant by the index, then the first of them
 * together, so that a page costs the same however many there are.
 */
export async function readOpenPayouts(
  pool: pg.Pool,
  wanted: { readonly state: OpenState; readonly merchantId: MerchantId | null },
  page: PageRequest,
): Promise<Page<OpenPayout>> {
  const after = page.after === null ? ['-infinity', ''] : [new Date(page.after.atMs), page.after.key];
  const found = await pool.query<OpenPayout>(
    `select ${OPEN_PAYOUT_COLUMNS}
      from (
        select open.* from merchant cross join lateral (
          select * from payout
          where merchant_id = merchant.id and state = $1 and (created_at, order_number) > ($3, $4)
            and (state <> 'dead' or ${NOT_ISSUED_AGAIN})
          order by created_at, order_number limit $5
        ) as open
        where $2::text is null or merchant.id = $2
        order by open.created_at, open.order_number limit $5
      ) as payout ${OPEN_PAYOUT_JOINS}
      order by payout.created_at, payout.order_number`,
    [wanted.state, wanted.merchantId, ...after, page.limit + 1],
  );
  return pageOf(found.rows, page, {
    line: (row) => row,
    cursor: (row) => ({ atMs: row.createdAtMs, key: row.orderNumber }),
  });
}
