import type pg from 'pg';

/**
 * Takes any text, such as log lines, and returns the order numbers of this installation in it (its prefix and 22 or 23
 * characters of base62) that the database does not have.
 */
export async function unknownNumbers(pool: pg.Pool, text: string, orderPrefix: string): Promise<readonly string[]> {
  const found = text.match(new RegExp(`\\b${orderPrefix}[0-9A-Za-z]{22,23}\\b`, 'g')) ?? [];
  const numbers = [...new Set(found)];
  const { rows } = await pool.query<{ number: string }>(
    `select number from unnest($1::text[]) as number
     where not exists (select 1 from payout where order_number = number) order by 1`,
    [numbers],
  );
  return rows.map((row) => row.number);
}
