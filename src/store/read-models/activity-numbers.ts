import type pg from 'pg';
import type { ActivityNumbers, ActivityPlace } from '../../flows/ports/console-reads.ts';

const DAYS_MAX = 14;

/** Reads an activity's counters: totals, prizes, the last days. Null before the first publication. */
export async function readActivityNumbers(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
): Promise<ActivityNumbers | null> {
  const found = await pool.query<ActivityNumbers>(
    `select (select rule from rule_version join activity on activity.account_id = rule_version.account_id and activity.id = activity_id
           where rule_version.account_id = $1 and activity_id = $2 and version = published_version) as rule,
        budget_fen::float8 as "budgetFen", spent_fen::float8 as "spentFen", draws::float8, wins::float8,
        (select coalesce(jsonb_agg(jsonb_build_object('prizeId', prize_id, 'stock', stock, 'drawn', drawn) order by prize_id), '[]')
           from prize_counter where account_id = $1 and activity_id = $2) as prizes,
        (select coalesce(jsonb_agg(jsonb_build_object('day', day, 'draws', draws, 'wins', wins, 'spentFen', spent_fen) order by day desc), '[]')
           from (select * from activity_day where account_id = $1 and activity_id = $2 order by day desc limit ${DAYS_MAX}) as last_days) as days
      from activity_counter where account_id = $1 and activity_id = $2`,
    [accountId, id],
  );
  return found.rows[0] ?? null;
}
