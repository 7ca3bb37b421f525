import type pg from 'pg';

/** What one kind of statement cost, by call and for each payout or draw. */
export interface StatementCosts {
  /** Its first words. */
  readonly statement: string;
  readonly callsEach: number;
  readonly msPerCall: number;
  readonly msEach: number;
  /** How much of that was planning. */
  readonly planMsEach: number;
}

const TOP = 12;

/**
 * Reads pg_stat_statements of one database, dearest first; planning counts, the commit's wait for the disk does not.
 * `times` is how many payouts or draws it was all for.
 */
export async function readStatements(
  admin: pg.Client,
  database: string,
  times: number,
): Promise<readonly StatementCosts[]> {
  const { rows } = await admin.query<{ query: string; calls: number; ms: number; plan_ms: number }>(
    `select query, calls::float8 as calls, total_exec_time + total_plan_time as ms,
       total_plan_time as plan_ms from pg_stat_statements
     where dbid = (select oid from pg_database where datname = $1) order by ms desc limit $2`,
    [database, TOP],
  );
  return rows.map(({ query, calls, ms, plan_ms: planMs }) => ({
    statement: named(query),
    callsEach: calls / times,
    msPerCall: ms / calls,
    msEach: ms / times,
    planMsEach: planMs / times,
  }));
}

/** A kept statement is told with how it was made; its name says more. */
function named(query: string): string {
  const text = query.replaceAll(/\s+/g, ' ').trim();
  return (/^prepare \w+/.exec(text)?.[0].replace('prepare', 'execute') ?? text).slice(0, 60);
}
