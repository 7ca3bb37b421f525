import type pg from 'pg';
import type { Alarm, AlarmStore } from '../flows/ports/alarms.ts';
import { asOutsideTrouble } from './database-trouble.ts';

const TAKEN_MAX = 10;
/** More are not read at once: whoever has so many open alarms acts on the oldest first. */
const OPEN_MAX = 500;

const COLUMNS = `id::float8, kind, subject, message, extract(epoch from raised_at)::float8 * 1000 as "raisedAtMs"`;
const RAISE = `insert into alarm (kind, subject, message, raised_at, next_try_at) values ($1, $2, $3, $4, $4)
  on conflict (kind, subject) where cleared_at is null do nothing`;
const CLEAR = `update alarm set cleared_at = greatest($3, raised_at) where kind = $1 and subject = $2 and cleared_at is null`;
const WAS_RAISED = `select 1 from alarm where kind = $1 and subject = $2 and raised_at >= $3 limit 1`;
const OPEN = `select ${COLUMNS} from alarm where cleared_at is null order by raised_at, id limit ${OPEN_MAX}`;
// One that was cleared before anybody was told asks nothing of anybody. The first to take it counts the try, so that
// a process that dies while telling uses one up.
const TAKE = `with due as materialized (
    select id from alarm where told_at is null and next_try_at <= $1 and cleared_at is null
    order by next_try_at, id limit ${TAKEN_MAX} for update skip locked
  )
  update alarm set tries = tries + 1, next_try_at = $2 from due where alarm.id = due.id
  returning alarm.${COLUMNS}, tries`;
const TOLD = `update alarm set told_at = $2, next_try_at = null where id = $1 and told_at is null`;
const NOT_TOLD = `update alarm set next_try_at = $2 where id = $1 and told_at is null`;

/**
 * Alarms in Postgres: a partial unique index keeps one open per kind and subject, whichever process raises it. Throws
 * OutsideTrouble for a failure that may pass.
 */
export function createAlarmStore(pool: pg.Pool): AlarmStore {
  const run = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    orTrouble(pool.query<Row>(text, [...values]));
  return {
    raise: (alarm, nowMs) => orTrouble(raiseAlarm(pool, alarm, nowMs)),
    clear: (alarm, nowMs) => orTrouble(clearAlarm(pool, alarm, nowMs)),
    wasRaised: async ({ kind, subject }, sinceMs) =>
      (await run(WAS_RAISED, [kind, subject, new Date(sinceMs)])).rows.length > 0,
    open: async () => (await run<Alarm>(OPEN, [])).rows,
    async takeUntold({ nowMs, againAtMs }) {
      const taken = await run<Alarm & { readonly tries: number }>(TAKE, [new Date(nowMs), new Date(againAtMs)]);
      return taken.rows.toSorted((one, other) => one.raisedAtMs - other.raisedAtMs || one.id - other.id);
    },
    async told(id, nowMs) {
      await run(TOLD, [id, new Date(nowMs)]);
    },
    async notTold(id, nextTryAtMs) {
      await run(NOT_TOLD, [id, nextTryAtMs === null ? null : new Date(nextTryAtMs)]);
    },
  };
}

/** Raises an alarm, in the transaction of whoever calls, unless the same one is open. True when it is new. */
export async function raiseAlarm(
  client: Pick<pg.ClientBase, 'query'>,
  { kind, subject, message }: Pick<Alarm, 'kind' | 'subject' | 'message'>,
  nowMs: number,
): Promise<boolean> {
  const raised = await client.query(RAISE, [kind, subject, message, new Date(nowMs)]);
  return raised.rowCount === 1;
}

/** Ends an alarm, in the transaction of whoever calls. False when none was open. */
export async function clearAlarm(
  client: Pick<pg.ClientBase, 'query'>,
  { kind, subject }: Pick<Alarm, 'kind' | 'subject'>,
  nowMs: number,
): Promise<boolean> {
  const cleared = await client.query(CLEAR, [kind, subject, new Date(nowMs)]);
  return cleared.rowCount === 1;
}

async function orTrouble<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
