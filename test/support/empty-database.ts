import type pg from 'pg';
import { NOON_MS } from './builders.ts';

/** Makes a database as if it were new, in a tenth of the time a new one takes: its book entries refuse it otherwise. */
export async function emptyDatabase(client: pg.ClientBase): Promise<void> {
  await client.query('set session_replication_role = replica');
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like '%migration%'`,
  );
  await client.query(`truncate ${rows.map((row) => row.name).join(', ')}`);
  await client.query('set session_replication_role = origin');
  await client.query(
    `insert into installation (id, order_prefix, secrets_check, created_at) values (1, 'test', '', $1)`,
    [new Date(NOON_MS)],
  );
}
