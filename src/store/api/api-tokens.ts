import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { ApiTokenLine, ApiTokenStore, TokenHolder } from '../../flows/ports/api-tokens.ts';
import type { Role } from '../../flows/ports/operators.ts';
import { ask, hashToken, newToken } from '../access/access-tokens.ts';
import { inTransaction } from '../transaction.ts';

const PREFIX = 'hongbao_';
const SHOWN_MAX = 200;
const IN_USE_MAX = 100;
/** When a token was last used is written down once a minute at most. */
const SEEN_EVERY_MS = 60_000;
// Any fixed number that nothing else in the database uses as an advisory lock.
const LOCK = 482_003_125;

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const LIST = `select token.id, token.name, scopes, made_by as "madeBy", operator.name as "madeByName",
    ${ms('token.created_at')} as "createdAtMs", ${ms('expires_at')} as "expiresAtMs", ${ms('last_used_at')} as "lastUsedAtMs",
    last_address as "lastAddress", ${ms('revoked_at')} as "revokedAtMs"
  from api_token as token join operator on operator.id = made_by
  order by revoked_at is not null, token.created_at desc, token.id limit ${SHOWN_MAX}`;
const IN_USE = `select count(*)::integer as count from api_token
  where revoked_at is null and (expires_at is null or expires_at > $1)`;
const MAKE = `insert into api_token (id, name, token_hash, scopes, made_by, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7)`;
const REVOKE = 'update api_token set revoked_at = $2 where id = $1 and revoked_at is null';
const FIND = `select token.id, token.name, scopes, operator.id as operator, operator.name as "operatorName", role,
    ${ms('expires_at')} as "expiresAtMs", ${ms('last_used_at')} as "lastUsedAtMs"
  from api_token as token join operator on operator.id = made_by
  where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2) and disabled_at is null`;
const SEEN = `update api_token set last_used_at = greatest(last_used_at, $2), last_address = $3 where id = $1`;

interface FoundRow extends Pick<TokenHolder, 'id' | 'name' | 'scopes' | 'expiresAtMs'> {
  readonly operator: string;
  readonly operatorName: string;
  readonly role: Role;
  readonly lastUsedAtMs: number | null;
}

/** API tokens in Postgres. A token is 256 random bits behind a prefix; the table holds its SHA-256 only. */
export function createApiTokenStore(pool: pg.Pool): ApiTokenStore {
  return {
    list: async () => (await ask(pool.query<ApiTokenLine>(LIST))).rows,
    make: ({ id, name, scopes, madeBy, expiresAtMs, nowMs }) =>
      ask(
        inTransaction(pool, async (client) => {
          await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
          const inUse = await client.query<{ count: number }>(IN_USE, [new Date(nowMs)]);
          if ((inUse.rows[0]?.count ?? 0) >= IN_USE_MAX) {
            const message = `there are ${IN_USE_MAX} tokens in use: revoke one first`;
            throw new WrongRequest('api-tokens-many', message, { status: 409 });
          }
          const token = `${PREFIX}${newToken()}`;
          const ends = expiresAtMs === null ? null : new Date(expiresAtMs);
          await client.query(MAKE, [id, name, hashToken(token), scopes, madeBy, new Date(nowMs), ends]);
          return { token };
        }),
      ),
    revoke: async (id, nowMs) => (await ask(pool.query(REVOKE, [id, new Date(nowMs)]))).rowCount === 1,
    find: async (token, { nowMs, address }) => {
      const found = await ask(pool.query<FoundRow>(FIND, [hashToken(token), new Date(nowMs)]));
      const row = found.rows[0];
      if (row === undefined) return undefined;
      if (row.lastUsedAtMs === null || nowMs - row.lastUsedAtMs > SEEN_EVERY_MS) {
        await ask(pool.query(SEEN, [row.id, new Date(nowMs), address.slice(0, 64)]));
      }
      const { id, name, scopes, expiresAtMs } = row;
      return { id, name, scopes, expiresAtMs, operator: { id: row.operator, name: row.operatorName, role: row.role } };
    },
  };
}
