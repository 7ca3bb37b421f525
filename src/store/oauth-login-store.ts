import { createHash } from 'node:crypto';
import type pg from 'pg';
import { openid as brandOpenid } from '../base/ids.ts';
import type { LoginKey, LoginRecord, OauthLogins } from '../flows/ports/oauth-logins.ts';
import { asOutsideTrouble } from './database-trouble.ts';

interface Row {
  readonly openid: string | null;
  readonly snapshot: boolean | null;
  readonly refusal: string | null;
}

// A code lives 5 minutes: an hour later a repeated callback can only be told to start again, which WeChat does for us.
const KEPT_MS = 3_600_000;

/** Spent codes in Postgres. Every claim also removes up to 50 old ones, so that the table stays small without a job. */
export function createOauthLoginStore(pool: pg.Pool): OauthLogins {
  const run = async (text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  const find = async (key: LoginKey): Promise<LoginRecord | undefined> => {
    const rows = await run(
      'select openid, snapshot, refusal from oauth_login where account_id = $1 and code_hash = $2 and state_hash = $3',
      hashed(key),
    );
    return rows[0] === undefined ? undefined : recordOf(rows[0]);
  };
  return {
    find,
    async claim(key) {
      const won = await run(
        `with forgotten as (
           delete from oauth_login where (account_id, code_hash) in (
             select account_id, code_hash from oauth_login where created_at < $5 order by created_at limit 50 for update skip locked))
         insert into oauth_login (account_id, code_hash, state_hash, created_at) values ($1, $2, $3, $4)
         on conflict do nothing returning openid, snapshot, refusal`,
        [...hashed(key), new Date(key.atMs), new Date(key.atMs - KEPT_MS)],
      );
      if (won.length === 1) return { kind: 'ours' };
      return (await find(key)) ?? { kind: 'foreign' };
    },
    async settle(key, record) {
      const openid = record.kind === 'person' ? record.openid : null;
      const snapshot = record.kind === 'snapshot' ? true : record.kind === 'person' ? false : null;
      const refusal = record.kind === 'refused' ? record.code : null;
      await run(
        `update oauth_login set openid = $4, snapshot = $5, refusal = $6
           where account_id = $1 and code_hash = $2 and state_hash = $3 and snapshot is null`,
        [...hashed(key), openid, snapshot, refusal],
      );
    },
    async release(key) {
      await run(
        `delete from oauth_login
           where account_id = $1 and code_hash = $2 and state_hash = $3 and snapshot is null and refusal is null`,
        hashed(key),
      );
    },
  };
}

function hashed(key: LoginKey): readonly [string, string, string] {
  return [key.account, sha256(key.code), sha256(key.state)];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function recordOf(row: Row): LoginRecord {
  if (row.refusal !== null) return { kind: 'refused', code: row.refusal };
  if (row.snapshot === true) return { kind: 'snapshot' };
  if (row.openid === null) return { kind: 'pending' };
  return { kind: 'person', openid: brandOpenid(row.openid) };
}
