import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { AccessStore, Credentials, SecondFactor, SessionLine } from '../../flows/ports/operator-access.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import type { SecretBox } from '../sealed-secret.ts';
import { inTransaction } from '../transaction.ts';
import { ask, hashToken, insertSession } from './access-tokens.ts';
import { createLoginAttempts } from './login-attempts.ts';

const RECOVERY_CODES = 10;
const RECOVERY_GROUPS = 4;
/** Without 0, 1, l and o, which look alike. */
const RECOVERY_LETTERS = '23456789abcdefghijkmnpqrstuvwxyz';
const SESSIONS_SHOWN_MAX = 100;

type CredentialsRow = Operator & { readonly password_hash: string; readonly totp_sealed: string };

/** What operators log in with, in Postgres: hashes of passwords and codes, and authenticators' secrets sealed. */
export function createAccessStore({ pool, box }: { readonly pool: pg.Pool; readonly box: SecretBox }): AccessStore {
  const attempts = createLoginAttempts(pool);
  const credentials = async (column: 'id' | 'name', value: string): Promise<Credentials | undefined> => {
    const found = await pool.query<CredentialsRow>(
      `select id, name, role, password_hash, totp_sealed from operator
         where ${column} = $1 and disabled_at is null and password_hash is not null`,
      [value],
    );
    const row = found.rows[0];
    if (row === undefined) return undefined;
    const operator = { id: row.id, name: row.name, role: row.role };
    return { operator, passwordHash: row.password_hash, totpSecret: box.open(secretOf(row.id), row.totp_sealed) };
  };
  return {
    takeAttempt: (keys, nowMs) => ask(attempts.takeAttempt(keys, nowMs)),
    forgive: (keys) => ask(attempts.forgive(keys)),
    credentials: (name) => ask(credentials('name', name)),
    credentialsOf: (id) => ask(credentials('id', id)),
    openSession: (input) =>
      ask(
        inTransaction(pool, async (client) => {
          if (!(await spend(client, input.credentials, input.second, input.nowMs))) return undefined;
          return insertSession(client, { ...input, operator: input.credentials.operator });
        }),
      ),
    readSetUp: (input) => ask(readSetUp(pool, box, input)),
    finishSetUp: (input) => ask(inTransaction(pool, (client) => finishSetUp(client, box, input))),
    changePassword: (input) => ask(inTransaction(pool, (client) => changePassword(client, input))),
    sessions: (operatorId, sessionToken, nowMs) => ask(readSessions(pool, { operatorId, sessionToken, nowMs })),
    endSession: async (operatorId, id) => {
      const ended = await ask(
        pool.query('delete from operator_session where operator_id = $1 and id = $2', [operatorId, id]),
      );
      return ended.rowCount === 1;
    },
  };
}

function secretOf(operatorId: string): string {
  return `operator.totp:${operatorId}`;
}

/** Locks the operator, sees that the password is still this one, and spends the second factor; false when it cannot. */
async function spend(
  client: pg.PoolClient,
  { operator, passwordHash }: Credentials,
  second: SecondFactor,
  nowMs: number,
): Promise<boolean> {
  const still = 'id = $1 and password_hash = $2 and disabled_at is null';
  if ('step' in second) {
    const spent = await client.query(
      `update operator set totp_last_step = $3 where ${still} and (totp_last_step is null or totp_last_step < $3)`,
      [operator.id, passwordHash, second.step],
    );
    return spent.rowCount === 1;
  }
  const locked = await client.query(`select 1 from operator where ${still} for update`, [operator.id, passwordHash]);
  if (locked.rowCount !== 1) return false;
  const spent = await client.query(
    'update operator_recovery_code set used_at = $3 where operator_id = $1 and code_hash = $2 and used_at is null',
    [operator.id, hashToken(second.recoveryCode), new Date(nowMs)],
  );
  return spent.rowCount === 1;
}

async function readSetUp(
  pool: pg.Pool,
  box: SecretBox,
  { token, fresh, nowMs }: Parameters<AccessStore['readSetUp']>[0],
): ReturnType<AccessStore['readSetUp']> {
  return inTransaction(pool, async (client) => {
    const link = await client.query<Operator & { readonly totp_sealed: string | null }>(
      `select operator.id, operator.name, operator.role, login_link.totp_sealed
         from login_link join operator on operator.id = operator_id
         where token_hash = $1 and purpose = 'set-up' and used_at is null and expires_at > $2 and disabled_at is null
         for update of login_link`,
      [hashToken(token), new Date(nowMs)],
    );
    const row = link.rows[0];
    if (row === undefined) return undefined;
    const operator = { id: row.id, name: row.name, role: row.role };
    if (row.totp_sealed !== null) return { operator, totpSecret: box.open(secretOf(row.id), row.totp_sealed) };
    const sealed = box.seal(secretOf(row.id), fresh);
    await client.query('update login_link set totp_sealed = $2 where token_hash = $1', [hashToken(token), sealed]);
    return { operator, totpSecret: fresh };
  });
}

async function finishSetUp(
  client: pg.PoolClient,
  box: SecretBox,
  input: Parameters<AccessStore['finishSetUp']>[0],
): ReturnType<AccessStore['finishSetUp']> {
  const at = new Date(input.nowMs);
  const used = await client.query<Operator & { readonly totp_sealed: string }>(
    `update login_link set used_at = $2 from operator
       where token_hash = $1 and purpose = 'set-up' and used_at is null and expires_at > $2 and login_link.totp_sealed is not null
         and operator.id = operator_id and disabled_at is null
       returning operator.id, operator.name, operator.role, login_link.totp_sealed`,
    [hashToken(input.token), at],
  );
  const row = used.rows[0];
  if (row === undefined) return undefined;
  const operator = { id: row.id, name: row.name, role: row.role };
  // Sealed again: what stood on the link is never the operator's own row.
  const sealed = box.seal(secretOf(row.id), box.open(secretOf(row.id), row.totp_sealed));
  await client.query('update operator set password_hash = $2, totp_sealed = $3, totp_last_step = $4 where id = $1', [
    row.id,
    input.passwordHash,
    sealed,
    input.step,
  ]);
  for (const table of ['operator_session', 'operator_recovery_code'] as const) {
    await client.query(`delete from ${table} where operator_id = $1`, [row.id]);
  }
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await client.query(
    'insert into operator_recovery_code (operator_id, code_hash) select $1, code_hash from unnest($2::text[]) as code (code_hash)',
    [row.id, recoveryCodes.map(hashToken)],
  );
  return { ...(await insertSession(client, { ...input, operator })), recoveryCodes };
}

/** 80 random bits, as four groups of four letters. */
function newRecoveryCode(): string {
  const letter = (): string => RECOVERY_LETTERS.charAt(randomInt(RECOVERY_LETTERS.length));
  const group = (): string => Array.from({ length: 4 }, letter).join('');
  return Array.from({ length: RECOVERY_GROUPS }, group).join('-');
}

async function changePassword(
  client: pg.PoolClient,
  input: Parameters<AccessStore['changePassword']>[0],
): Promise<boolean> {
  if (!(await spend(client, input.credentials, input.second, input.nowMs))) return false;
  const { id } = input.credentials.operator;
  await client.query('update operator set password_hash = $2 where id = $1', [id, input.passwordHash]);
  await client.query('delete from operator_session where operator_id = $1 and token_hash <> $2', [
    id,
    hashToken(input.keepSessionToken),
  ]);
  return true;
}

async function readSessions(
  pool: pg.Pool,
  { operatorId, sessionToken, nowMs }: { operatorId: string; sessionToken: string; nowMs: number },
): Promise<readonly SessionLine[]> {
  const found = await pool.query<SessionLine>(
    `select id, (extract(epoch from created_at) * 1000)::float8 as "openedAtMs",
         (extract(epoch from last_seen_at) * 1000)::float8 as "lastSeenAtMs",
         (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs", address, browser, token_hash = $2 as own
       from operator_session where operator_id = $1 and expires_at > $3 order by last_seen_at desc, id limit $4`,
    [operatorId, hashToken(sessionToken), new Date(nowMs), SESSIONS_SHOWN_MAX],
  );
  return found.rows;
}
