import type pg from 'pg';
import type { ActivityPlace, DrawLine, Page, PageRequest } from '../../flows/ports/console-reads.ts';
import { readTrace } from '../draw-trace.ts';
import type { StoredTrace } from '../draw-trace.ts';
import { afterParameters, pageOf } from './page-of.ts';

type Row = Omit<DrawLine, 'why' | 'steps'> & { readonly trace: StoredTrace };

/** Reads an activity's draws with their traces, newest first. */
export async function readDraws(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
  page: PageRequest,
): Promise<Page<DrawLine>> {
  const found = await pool.query<Row>(
    `select draw.request_key as "requestKey", (extract(epoch from draw.created_at) * 1000)::float8 as "atMs", draw.openid,
        rule_version as "ruleVersion", outcome, draw.prize_id as "prizeId", draw.award_id as "awardId",
        amount_fen::float8 as "amountFen", ticket::float8, trace
      from draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
      where draw.account_id = $1 and draw.activity_id = $2 and (draw.created_at, draw.request_key) < ($3, $4)
      order by draw.created_at desc, draw.request_key desc limit $5`,
    [accountId, id, ...afterParameters(page.after), page.limit + 1],
  );
  return pageOf(found.rows, page, {
    line: ({ trace, ...row }) => ({ ...row, ...readTrace(trace) }),
    cursor: (row) => ({ atMs: row.atMs, key: row.requestKey }),
  });
}
