import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { assert } from '../base/errors.ts';
import type { Operator, OperatorStore, Role } from '../flows/ports/operators.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { inTransaction } from './transaction.ts';

const LOGIN_LINK_LASTS_MS = 15 * 60_000;
const OPENING_COLUMNS = 'operator.id, operator.name, operator.role';

/** Operators, login links and sessions in Postgres. A token is 256 random bits; the table holds its SHA-256 only. */
export function createOperatorStore(pool: pg.Pool): OperatorStore {
  return {
    async openSession({ loginToken, nowMs, lastsMs }) {
      const sessionToken = newToken();
      const expiresAtMs = nowMs + lastsMs;
      // One statement: the update takes the link's row lock, so of two callers the second finds it used.
      const opened = await ask(
        pool.query<Operator>(
          `with used as (
             update login_link set used_at = $2
               where token_hash = $1 and used_at is null and expires_at > $2 returning operator_id
           ), opened as (
             insert into operator_session (token_hash, operator_id, created_at, expires_at)
               select $3, operator_id, $2, $4 from used returning operator_id
           )
           select ${OPENING_COLUMNS} from opened join operator on operator.id = opened.operator_id`,
          [hash(loginToken), new Date(nowMs), hash(sessionToken), new Date(expiresAtMs)],
        ),
      );
      const operator = opened.rows[0];
      return operator === undefined ? undefined : { operator, expiresAtMs, sessionToken };
    },
    async findSession(sessionToken, nowMs) {
      const found = await ask(
        pool.query<Operator & { readonly expires_at_ms: number }>(
          `select ${OPENING_COLUMNS}, (extract(epoch from expires_at) * 1000)::float8 as expires_at_ms
             from operator_session join operator on operator.id = operator_id
             where token_hash = $1 and expires_at > $2`,
          [hash(sessionToken), new Date(nowMs)],
        ),
      );
      const row = found.rows[0];
      if (row === undefined) return undefined;
      return { operator: { id: row.id, name: row.name, role: row.role }, expiresAtMs: row.expires_at_ms };
    },
    async closeSession(sessionToken) {
      await ask(pool.query('delete from operator_session where token_hash = $1', [hash(sessionToken)]));
    },
  };
}

/**
 * Makes a one-time login link for a person, who becomes an operator if there is none of that name; an existing one
 * keeps the role it has. Returns the token, which works once within 15 minutes; links made before keep working.
 * Throws RangeError unless the name has 1-40 characters, and OutsideTrouble when the database is away.
 */
export async function createOperatorWithLoginLink(options: {
  readonly pool: pg.Pool;
  readonly name: string;
  readonly nowMs: number;
  readonly role?: Role;
}): Promise<{ readonly token: string }> {
  const name = options.name.trim();
  if (name.length < 1 || name.length > 40) throw new RangeError("an operator's name takes 1-40 characters");
  const token = newToken();
  const at = new Date(options.nowMs);
  await ask(
    inTransaction(options.pool, async (client) => {
      await client.query(
        'insert into operator (id, name, role, created_at) values ($1, $2, $3, $4) on conflict (name) do nothing',
        [randomBytes(16).toString('hex'), name, options.role ?? 'owner', at],
      );
      const linked = await client.query(
        'insert into login_link (token_hash, operator_id, expires_at) select $1, id, $3 from operator where name = $2',
        [hash(token), name, new Date(options.nowMs + LOGIN_LINK_LASTS_MS)],
      );
      assert(linked.rowCount === 1, 'a link belongs to the operator it was made for');
      await client.query('delete from login_link where expires_at < $1', [at]);
      await client.query('delete from operator_session where expires_at < $1', [at]);
    }),
  );
  return { token };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
