import type pg from 'pg';
import type { AccountSummary, ActivitySummary, Page, PageRequest } from '../../flows/ports/console-reads.ts';
import { afterParameters, pageOf } from './page-of.ts';

/** Reads the accounts with the merchants that pay for them. */
export async function readAccounts(pool: pg.Pool): Promise<readonly AccountSummary[]> {
  const found = await pool.query<AccountSummary>(
    `select account.id, app_id as "appId", kind, pays_through as "paysThrough", merchant_id as "merchantId",
        merchant.state as "merchantState"
       from account left join merchant on merchant.id = merchant_id order by account.id`,
  );
  return found.rows;
}

/** Reads the activities changed last, with what their counters say. */
export async function readActivityList(pool: pg.Pool, page: PageRequest): Promise<Page<ActivitySummary>> {
  const found = await pool.query<Omit<ActivitySummary, 'startsAtMs' | 'endsAtMs'> & Record<'starts' | 'ends', unknown>>(
    `select activity.account_id as "accountId", activity.id, slug, name, state,
        coalesce(rule, draft) -> 'mechanic' ->> 'kind' as mechanic,
        coalesce(rule, draft) -> 'startsAtMs' as starts, coalesce(rule, draft) -> 'endsAtMs' as ends,
        (extract(epoch from updated_at) * 1000)::float8 as "updatedAtMs",
        (extract(epoch from published_at) * 1000)::float8 as "publishedAtMs",
        coalesce(budget_fen, 0)::float8 as "budgetFen", coalesce(spent_fen, 0)::float8 as "spentFen",
        coalesce(draws, 0)::float8 as draws, coalesce(wins, 0)::float8 as wins
      from (select * from activity where (updated_at, id) < ($1, $2) and not exists (select 1 from trial_packet as trial
          where trial.account_id = activity.account_id and trial.activity_id = activity.id)
        order by updated_at desc, id desc limit $3) as activity
      left join rule_version on rule_version.account_id = activity.account_id
        and rule_version.activity_id = activity.id and version = published_version
      left join activity_counter on activity_counter.account_id = activity.account_id
        and activity_counter.activity_id = activity.id
      order by updated_at desc, activity.id desc`,
    [...afterParameters(page.after), page.limit + 1],
  );
  return pageOf(found.rows, page, {
    line: ({ starts, ends, ...row }) => ({
      ...row,
      startsAtMs: typeof starts === 'number' ? starts : null,
      endsAtMs: typeof ends === 'number' ? ends : null,
    }),
    cursor: (row) => ({ atMs: row.updatedAtMs, key: row.id }),
  });
}
