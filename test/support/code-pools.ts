import type pg from 'pg';
import { NOON_MS } from './builders.ts';

/** Writes a pool of the account `main` that is ready; `films...` hold vouchers, any other entry codes. */
export async function buildPool(client: pg.ClientBase, id: string, codes: readonly string[]): Promise<void> {
  const lengths = codes.map((code) => code.length);
  const purpose = id.startsWith('films') ? 'voucher' : 'entry';
  await client.query(
    `insert into code_pool (account_id, id, name, purpose, origin, state, prefix, length_min, length_max, wanted, size, made_by, made_at, looked_at)
     values ('main', $1, $1, $2, 'imported', 'ready', '', $3, $4, 0, $5, 'test', $6, $6)`,
    [id, purpose, Math.min(...lengths), Math.max(...lengths), codes.length, new Date(NOON_MS)],
  );
  await client.query(
    `insert into code (account_id, pool_id, code, place)
     select 'main', $1, code, place from unnest($2::text[]) with ordinality as item (code, place)`,
    [id, codes],
  );
}
