import type pg from 'pg';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { AccountId, ActivityId } from '../base/ids.ts';
import { BALANCES, BOOK_CHECKS } from './book-checks.ts';
import { CHECK_IN_CHECKS } from './check-in-checks.ts';
import { RULE_CHECKS } from './rule-checks.ts';

/** The balances of one activity's books. */
export interface BookLine {
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  /** What may still be won. */
  readonly budgetFen: Fen;
  readonly reservedFen: Fen;
  readonly inFlightFen: Fen;
  readonly deliveredFen: Fen;
  readonly returnedFen: Fen;
}

/** Something that two places tell differently. */
export interface BookDifference {
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  /** What was compared, such as `award in flight`. */
  readonly check: string;
  /** The award, order number, prize or person it is about; empty for the activity as a whole. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
}

// Enough to see a pattern; the first ones are as good as all of them.
const DIFFERENCES_MAX = 1000;

// Every check reads whole tables, so only hash joins pay. Nested loops took 40 s for 5,000 awards on tables not yet
// analyzed; merge joins went by the account alone and compared each award with every other, 140 s for 100,000.
export const BOOK_SETTINGS = `
  set local enable_nestloop = off; set local enable_mergejoin = off;
  set local work_mem = '64MB'; set local statement_timeout = '10min'`;

interface BalanceRow {
  readonly account_id: AccountId;
  readonly activity_id: ActivityId;
  readonly budget: string;
  readonly reserved: string;
  readonly in_flight: string;
  readonly delivered: string;
  readonly returned: string;
}

/**
 * Recomputes the books from draws, awards, payouts and attempts and compares: balances per activity and per award,
 * amounts, states, counters, what limits are held against, one living payout per award. Reads one snapshot and changes nothing, so it may run beside
 * live traffic. Returns every activity's balances and at most a thousand differences; none is how it should be.
 */
export async function verifyBooks(
  pool: pg.Pool,
): Promise<{ readonly lines: readonly BookLine[]; readonly differences: readonly BookDifference[] }> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(BOOK_SETTINGS);
    const balances = await client.query<BalanceRow>(BALANCES);
    return { lines: balances.rows.map(lineOf), differences: await findBookDifferences(client) };
  } finally {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    client.release(broken);
  }
}

/**
 * Finds what `verifyBooks` finds, in a transaction that is open already: one that keeps its snapshot, with BOOK_SETTINGS
 * in force.
 */
export async function findBookDifferences(client: pg.PoolClient): Promise<readonly BookDifference[]> {
  const differences: BookDifference[] = [];
  for (const [check, sql] of Object.entries({ ...BOOK_CHECKS, ...RULE_CHECKS, ...CHECK_IN_CHECKS })) {
    const rest = DIFFERENCES_MAX - differences.length;
    const { rows } = await client.query<BookDifference>(`${compare(check, sql)} limit ${rest}`);
    differences.push(...rows);
  }
  return differences;
}

/** Returns the statement that finds what differs in a check's rows. */
function compare(check: string, sql: string): string {
  const name = sql.includes(' as name,') ? 'name' : `'${check}'`;
  return `select account_id as "accountId", activity_id as "activityId", ${name} as check, coalesce(subject, '') as subject,
      coalesce(expected::text, 'none') as expected, coalesce(found::text, 'none') as found
    from (${sql}) as compared where expected::text is distinct from found::text order by 1, 2, 3, 4`;
}

function lineOf(row: BalanceRow): BookLine {
  return {
    accountId: row.account_id,
    activityId: row.activity_id,
    budgetFen: fen(Number(row.budget)),
    reservedFen: fen(Number(row.reserved)),
    inFlightFen: fen(Number(row.in_flight)),
    deliveredFen: fen(Number(row.delivered)),
    returnedFen: fen(Number(row.returned)),
  };
}
