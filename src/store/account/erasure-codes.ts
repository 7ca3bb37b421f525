import type pg from 'pg';
import type { StepEnd } from './erasure-money.ts';

const CODES_PER_STEP = 500;

const RENAME_USES = `
update code_use set openid = $3, request_key = replace(request_key, $2, $3)
where account_id = $1 and (pool_id, code) in (
  select pool_id, code from code_use where account_id = $1 and openid = $2 limit ${CODES_PER_STEP})`;

/** Puts the next codes a person used under the pseudonym: they stay used. `names`: account, openid and pseudonym. */
export async function renameCodeUses(client: pg.PoolClient, names: readonly string[]): Promise<StepEnd> {
  const renamed = await client.query(RENAME_USES, [...names]);
  return renamed.rowCount === 0 ? 'nothing' : 'done';
}
