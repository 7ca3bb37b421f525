import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { CodePool, CodePools, CodeUse, NewPool, UnfinishedPool } from '../../flows/ports/code-pools.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { inTransaction } from '../transaction.ts';

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const COLUMNS = `id, name, purpose, origin, state, prefix, length_min as "lengthMin",
  length_max as "lengthMax", wanted, size, used, activity_id as "activityId", made_by as "madeBy", ${ms('made_at')} as "madeAtMs"`;

const LIST = `select ${COLUMNS} from code_pool where account_id = $1 and state <> 'dropped' order by made_at desc, id`;
const FIND = `select ${COLUMNS} from code_pool where account_id = $1 and id = $2 and state <> 'dropped'`;
const UNFINISHED = `select account_id as account, ${ms('looked_at')} as "lookedAtMs", ${COLUMNS} from code_pool
  where state <> 'ready' order by looked_at limit $1`;
const CREATE = `insert into code_pool (account_id, id, name, purpose, origin, state, prefix, length_min, length_max, wanted, made_by, made_at, looked_at)
  values ($1, $2, $3, $4, $5, 'making', $6, $7, $8, $9, $10, $11, $11)`;
// Whoever adds to a pool takes turns with whoever else does, and with its end.
const LOCK = `select size from code_pool where account_id = $1 and id = $2 and state = 'making' for update`;
const ADD = `insert into code (account_id, pool_id, code, place)
  select $1, $2, code, $4 + place from unnest($3::text[]) with ordinality as item (code, place)
  on conflict do nothing returning place`;
const GROWN = `update code_pool set size = size + $3, looked_at = $4 where account_id = $1 and id = $2`;
const FINISH = `update code_pool set state = 'ready', length_min = $3, length_max = $4
  where account_id = $1 and id = $2 and state = 'making'`;
const DROP = `update code_pool set state = 'dropped', looked_at = made_at
  where account_id = $1 and id = $2 and state <> 'dropped' and activity_id is null`;
// By place, which costs the same in a pool of any size.
const CLEAR = `delete from code where account_id = $1 and pool_id = $2
  and place < $3 + (select min(place) from code where account_id = $1 and pool_id = $2)`;
const FORGET = `delete from code_pool where account_id = $1 and id = $2 and state = 'dropped'`;
const LOOK_UP = `select code_use.activity_id as "activityId", openid, award_id as "awardId", ${ms('used_at')} as "usedAtMs"
  from code left join code_use using (account_id, pool_id, code)
  where code.account_id = $1 and code.pool_id = $2 and code.code = $3`;
const CODES = `select place, code.code, ${ms('used_at')} as "usedAtMs"
  from code left join code_use using (account_id, pool_id, code)
  where code.account_id = $1 and code.pool_id = $2 and place > $3 order by place limit $4`;
const VOUCHER = `select code_use.code from code_use join code_pool on code_pool.account_id = code_use.account_id
    and code_pool.id = code_use.pool_id and purpose = 'voucher'
  where code_use.account_id = $1 and award_id = $2`;

type Row = CodePool & pg.QueryResultRow;

/** Pools of one-time codes in Postgres. */
export function createCodePools(pool: pg.Pool): CodePools {
  const ask = async <Found extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    try {
      return await pool.query<Found>(text, [...values]);
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  return {
    list: async (account) => (await ask<Row>(LIST, [account])).rows,
    find: async ({ account, pool: id }) => (await ask<Row>(FIND, [account, id])).rows[0],
    create: (made) => create(pool, made),
    add: (key, codes, at) => add(pool, { ...key, ...at, codes }),
    finish: async ({ account, pool: id }, { lengthMin, lengthMax }) => {
      await ask(FINISH, [account, id, lengthMin, lengthMax]);
    },
    drop: async ({ account, pool: id }) => (await ask(DROP, [account, id])).rowCount === 1,
    clear: async ({ account, pool: id }, most) => {
      if (((await ask(CLEAR, [account, id, most])).rowCount ?? 0) > 0) return true;
      await ask(FORGET, [account, id]);
      return false;
    },
    unfinished: async (most) => (await ask<UnfinishedPool & pg.QueryResultRow>(UNFINISHED, [most])).rows,
    async lookUp({ account, pool: id }, code) {
      const found = (await ask<CodeUse>(LOOK_UP, [account, id, code])).rows[0];
      return found === undefined ? undefined : found.usedAtMs === null ? null : found;
    },
    codes: async ({ account, pool: id }, { after, most }) => {
      type Line = Awaited<ReturnType<CodePools['codes']>>[number] & pg.QueryResultRow;
      return (await ask<Line>(CODES, [account, id, after, most])).rows;
    },
    voucherOf: async (account, award) => (await ask<{ code: string }>(VOUCHER, [account, award])).rows[0]?.code,
  };
}

async function create(pool: pg.Pool, made: NewPool): Promise<void> {
  const { account, pool: id, name, purpose, origin, prefix, lengthMin, lengthMax, wanted, madeBy, nowMs } = made;
  const values = [account, id, name, purpose, origin, prefix, lengthMin, lengthMax, wanted, madeBy, new Date(nowMs)];
  try {
    await inTransaction(pool, (client) => client.query(CREATE, values));
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
    if (constraint === 'code_pool_pk')
      throw new WrongRequest('pool-taken', `there is a pool ${id} already`, { status: 409, cause: error });
    if (constraint === 'code_pool_account')
      throw new WrongRequest('account-not-found', 'there is no such account', { status: 404, cause: error });
    throw asOutsideTrouble(error);
  }
}

/** What was not inserted had a place, or a code, that is there already; the whole part is taken back then. */
async function add(
  pool: pg.Pool,
  part: Parameters<CodePools['add']>[0] & Parameters<CodePools['add']>[2] & { readonly codes: readonly string[] },
): Promise<readonly number[] | null> {
  const { account, pool: id, codes, after, nowMs } = part;
  try {
    return await inTransaction(pool, async (client) => {
      const locked = await client.query<{ size: number }>(LOCK, [account, id]);
      if (locked.rows[0]?.size !== after) return null;
      const added = await client.query<{ place: number }>(ADD, [account, id, codes, after]);
      if (added.rows.length < codes.length) throw new Repeated(placesMissing(added.rows, codes.length, after));
      await client.query(GROWN, [account, id, codes.length, new Date(nowMs)]);
      return [];
    });
  } catch (error) {
    if (error instanceof Repeated) return error.places;
    throw asOutsideTrouble(error);
  }
}

/** Rolls a part back whose codes are not all new. */
class Repeated extends Error {
  readonly places: readonly number[];
  constructor(places: readonly number[]) {
    super('codes are there already');
    this.places = places;
  }
}

function placesMissing(rows: readonly { readonly place: number }[], count: number, after: number): readonly number[] {
  const there = new Set(rows.map(({ place }) => place));
  return Array.from({ length: count }, (_, index) => after + index + 1).filter((place) => !there.has(place));
}
