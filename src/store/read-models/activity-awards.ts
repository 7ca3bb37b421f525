import type pg from 'pg';
import type { ActivityPlace, AwardLine, Page, PageRequest } from '../../flows/ports/console-reads.ts';
import { afterParameters, pageOf } from './page-of.ts';

/** Reads an activity's awards with the last number of each, newest first. */
export async function readAwards(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
  page: PageRequest,
): Promise<Page<AwardLine>> {
  const found = await pool.query<AwardLine>(
    `select award.id as "awardId", (extract(epoch from award.created_at) * 1000)::float8 as "atMs", award.openid,
        award.prize_id as "prizeId", award.amount_fen::float8 as "amountFen", award.state,
        paid.order_number as "orderNumber", paid.state as "payoutState", paid.reason,
        (select count(*)::integer from payout_attempt
           where payout_attempt.account_id = award.account_id and payout_attempt.order_number = paid.order_number) as attempts
      from award left join lateral (
        select order_number, state, reason from payout
          where payout.account_id = award.account_id and payout.award_id = award.id
          order by series desc limit 1
      ) as paid on true
      where award.account_id = $1 and award.activity_id = $2 and (award.created_at, award.id) < ($3, $4)
      order by award.created_at desc, award.id desc limit $5`,
    [accountId, id, ...afterParameters(page.after), page.limit + 1],
  );
  return pageOf(found.rows, page, {
    line: (row) => row,
    cursor: (row) => ({ atMs: row.atMs, key: row.awardId }),
  });
}
