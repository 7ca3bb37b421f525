import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { assert } from '../base/errors.ts';
import type { Operator, OperatorStore, Role } from '../flows/ports/operators.ts';
import { ask, hashToken, insertLink, insertSession } from './access/access-tokens.ts';
import { inTransaction } from './transaction.ts';

const LOGIN_LINK_LASTS_MS = 15 * 60_000;
/** Long enough to pass it on to a colleague. */
export const SET_UP_LINK_LASTS_MS = 24 * 3_600_000;
const SESSION_IDLE_MS = 2 * 3_600_000;
/** When a session was last used is written down once a minute at most. */
const SEEN_EVERY_MS = 60_000;
const NAME_LENGTH_MAX = 40;

type SessionRow = Operator & { readonly expires_at_ms: number; readonly seen_at_ms: number };

/** Operators, links and sessions in Postgres. A token is 256 random bits; the table holds its SHA-256 only. */
export function createOperatorStore(pool: pg.Pool): OperatorStore {
  return {
    openSession: ({ loginToken, nowMs, lastsMs, place }) =>
      ask(
        inTransaction(pool, async (client) => {
          // The update takes the link's row lock, so of two callers the second finds it used.
          const used = await client.query<Operator>(
            `update login_link set used_at = $2 from operator
               where token_hash = $1 and purpose = 'log-in' and used_at is null and expires_at > $2
                 and operator.id = operator_id and disabled_at is null
               returning operator.id, operator.name, operator.role`,
            [hashToken(loginToken), new Date(nowMs)],
          );
          const operator = used.rows[0];
          return operator === undefined ? undefined : insertSession(client, { operator, nowMs, lastsMs, place });
        }),
      ),
    async findSession(sessionToken, nowMs) {
      const key = hashToken(sessionToken);
      const found = await ask(
        pool.query<SessionRow>(
          `select operator.id, operator.name, operator.role, (extract(epoch from expires_at) * 1000)::float8 as expires_at_ms,
               (extract(epoch from last_seen_at) * 1000)::float8 as seen_at_ms
             from operator_session join operator on operator.id = operator_id
             where token_hash = $1 and expires_at > $2 and last_seen_at > $3 and disabled_at is null`,
          [key, new Date(nowMs), new Date(nowMs - SESSION_IDLE_MS)],
        ),
      );
      const row = found.rows[0];
      if (row === undefined) return undefined;
      if (nowMs - row.seen_at_ms > SEEN_EVERY_MS) {
        await ask(
          pool.query('update operator_session set last_seen_at = greatest(last_seen_at, $2) where token_hash = $1', [
            key,
            new Date(nowMs),
          ]),
        );
      }
      return { operator: { id: row.id, name: row.name, role: row.role }, expiresAtMs: row.expires_at_ms };
    },
    async closeSession(sessionToken) {
      await ask(pool.query('delete from operator_session where token_hash = $1', [hashToken(sessionToken)]));
    },
  };
}

interface LinkOptions {
  readonly pool: pg.Pool;
  readonly name: string;
  readonly nowMs: number;
  readonly role?: Role;
}

/**
 * Makes a one-time link that logs in directly, for the demo and for tests: no command and no route makes one. The
 * person becomes an operator if there is none of that name; an existing one keeps the role it has. Works once within 15 minutes.
 * Throws RangeError unless the name has 1-40 characters, and OutsideTrouble when the database is away.
 */
export function createOperatorWithLoginLink(options: LinkOptions): Promise<{ readonly token: string }> {
  return linkFor(options, { purpose: 'log-in', lastsMs: LOGIN_LINK_LASTS_MS });
}

/**
 * Makes a one-time link by which a person sets password and authenticator, within 24 hours. Takes, keeps and throws the
 * same; returns also the role they have.
 */
export function createOperatorWithSetUpLink(
  options: LinkOptions,
): Promise<{ readonly token: string; readonly role: Role }> {
  return linkFor(options, { purpose: 'set-up', lastsMs: SET_UP_LINK_LASTS_MS });
}

async function linkFor(
  options: LinkOptions,
  link: { readonly purpose: 'log-in' | 'set-up'; readonly lastsMs: number },
): Promise<{ readonly token: string; readonly role: Role }> {
  const name = options.name.trim();
  if (name.length < 1 || name.length > NAME_LENGTH_MAX)
    throw new RangeError(`an operator's name takes 1-${NAME_LENGTH_MAX} characters`);
  return ask(
    inTransaction(options.pool, async (client) => {
      await insertOperator(client, { name, role: options.role ?? 'owner', nowMs: options.nowMs });
      const found = await client.query<Operator>('select id, name, role from operator where name = $1', [name]);
      const operator = found.rows[0];
      assert(operator !== undefined, 'a link belongs to the operator it was made for');
      const token = await insertLink(client, { operatorId: operator.id, nowMs: options.nowMs, ...link });
      return { token, role: operator.role };
    }),
  );
}

/** Returns the new operator's id, or undefined where the name is taken. */
export async function insertOperator(
  client: Pick<pg.PoolClient, 'query'>,
  { name, role, nowMs }: { readonly name: string; readonly role: Role; readonly nowMs: number },
): Promise<string | undefined> {
  const made = await client.query<{ id: string }>(
    'insert into operator (id, name, role, created_at) values ($1, $2, $3, $4) on conflict (name) do nothing returning id',
    [randomBytes(16).toString('hex'), name, role, new Date(nowMs)],
  );
  return made.rows[0]?.id;
}
