import type pg from 'pg';
import type { ActivityPlace, BookLine, BookSum, Page, PageRequest } from '../../flows/ports/console-reads.ts';
import { pageOf } from './page-of.ts';

/** Reads an activity's book entries, newest first. */
export async function readBookEntries(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
  page: PageRequest,
): Promise<Page<BookLine>> {
  const found = await pool.query<BookLine>(
    `select id::float8 as "entryId", (extract(epoch from created_at) * 1000)::float8 as "atMs", kind, debit, credit,
        amount_fen::float8 as "amountFen", award_id as "awardId"
      from book_entry where account_id = $1 and activity_id = $2 and id < $3
      order by id desc limit $4`,
    [accountId, id, page.after?.key ?? String(Number.MAX_SAFE_INTEGER), page.limit + 1],
  );
  return pageOf(found.rows, page, {
    line: (row) => row,
    cursor: (row) => ({ atMs: row.atMs, key: String(row.entryId) }),
  });
}

/**
 * Adds up an activity's book entries per book account (accounts nothing moved through are left out), with what the
 * counters say was won: one statement, so both are of the same moment.
 */
export async function readBookSums(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
): Promise<{ readonly sums: readonly BookSum[]; readonly spentFen: number }> {
  const found = await pool.query<{ sums: readonly BookSum[]; spentFen: number }>(
    `with moved as (
       select debit, credit, sum(amount_fen) as amount from book_entry
         where account_id = $1 and activity_id = $2 group by debit, credit
     ), summed as (
       select book as account, sum(debit_fen) as "debitFen", sum(credit_fen) as "creditFen",
           sum(debit_fen - credit_fen) as "balanceFen"
         from moved cross join lateral (values (debit, amount, 0), (credit, 0, amount)) as side (book, debit_fen, credit_fen)
         group by book
     )
     select (select coalesce(jsonb_agg(to_jsonb(summed) order by account), '[]') from summed) as sums,
       coalesce((select spent_fen from activity_counter where account_id = $1 and activity_id = $2), 0)::float8 as "spentFen"`,
    [accountId, id],
  );
  return found.rows[0] ?? { sums: [], spentFen: 0 };
}
