import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { OperatorLine, OperatorList } from '../../flows/ports/operator-access.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import { insertOperator, SET_UP_LINK_LASTS_MS } from '../operator-store.ts';
import { inTransaction } from '../transaction.ts';
import { ask, insertLink } from './access-tokens.ts';

const SHOWN_MAX = 500;

type LockedOperator = Operator & { readonly disabled: boolean };

/** Who works in the console, in Postgres. */
export function createOperatorList(pool: pg.Pool): OperatorList {
  return {
    list: (nowMs) => ask(readOperators(pool, nowMs)),
    create: ({ name, role, nowMs }) =>
      ask(
        inTransaction(pool, async (client) => {
          const operatorId = await insertOperator(client, { name, role, nowMs });
          if (operatorId === undefined) {
            const message = `there is an operator called ${name} already: choose another name`;
            throw new WrongRequest('operator-name-taken', message, {
              status: 409,
              faults: [{ path: 'name', message }],
            });
          }
          return { token: await setUpLink(client, operatorId, nowMs) };
        }),
      ),
    change: (input) => ask(inTransaction(pool, (client) => change(client, input))),
    reset: (id, nowMs) =>
      ask(
        inTransaction(pool, async (client) => {
          await lock(client, id);
          await client.query(
            'update operator set password_hash = null, totp_sealed = null, totp_last_step = null where id = $1',
            [id],
          );
          for (const table of ['operator_session', 'operator_recovery_code', 'login_link'] as const) {
            await client.query(`delete from ${table} where operator_id = $1`, [id]);
          }
          return { token: await setUpLink(client, id, nowMs) };
        }),
      ),
  };
}

function setUpLink(client: pg.PoolClient, operatorId: string, nowMs: number): Promise<string> {
  return insertLink(client, { operatorId, purpose: 'set-up', nowMs, lastsMs: SET_UP_LINK_LASTS_MS });
}

async function readOperators(pool: pg.Pool, nowMs: number): Promise<readonly OperatorLine[]> {
  const found = await pool.query<OperatorLine>(
    `select operator.id, name, role, (extract(epoch from operator.created_at) * 1000)::float8 as "createdAtMs",
         (extract(epoch from disabled_at) * 1000)::float8 as "disabledAtMs", password_hash is not null as ready,
         count(session.id)::integer as sessions, (extract(epoch from max(session.last_seen_at)) * 1000)::float8 as "lastSeenAtMs"
       from operator left join operator_session as session on session.operator_id = operator.id and session.expires_at > $1
       group by operator.id order by disabled_at is not null, name limit $2`,
    [new Date(nowMs), SHOWN_MAX],
  );
  return found.rows;
}

/**
 * Locks an operator and every owner, in one order, so that of two owners who take each other's role away only the first
 * one does.
 */
async function lock(
  client: pg.PoolClient,
  id: string,
): Promise<{ readonly operator: LockedOperator; readonly owners: number }> {
  const found = await client.query<LockedOperator>(
    `select id, name, role, disabled_at is not null as disabled from operator
       where id = $1 or role = 'owner' order by id for update`,
    [id],
  );
  const operator = found.rows.find((row) => row.id === id);
  if (operator === undefined)
    throw new WrongRequest('operator-not-found', 'there is no such operator', { status: 404 });
  const owners = found.rows.filter((row) => row.role === 'owner' && !row.disabled).length;
  return { operator, owners };
}

async function change(client: pg.PoolClient, input: Parameters<OperatorList['change']>[0]): Promise<void> {
  const { operator, owners } = await lock(client, input.id);
  const role = input.role ?? operator.role;
  const disabled = input.disabled ?? operator.disabled;
  const isOwner = operator.role === 'owner' && !operator.disabled;
  if (isOwner && (role !== 'owner' || disabled) && owners === 1) {
    throw new WrongRequest('last-owner', 'this is the last owner: make another one first', { status: 409 });
  }
  await client.query(
    `update operator set role = $2, disabled_at = case when $3 then coalesce(disabled_at, $4) end where id = $1`,
    [input.id, role, disabled, new Date(input.nowMs)],
  );
  await client.query('delete from operator_session where operator_id = $1', [input.id]);
}
