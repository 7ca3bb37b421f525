import type pg from 'pg';
import { addDays, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { ExportCell, ExportLine, ExportOrder, ExportStore } from '../../flows/ports/exports.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { EXPORT_QUERIES } from './export-queries.ts';

const ROWS_AT_ONCE = 500;
const LISTED_MAX = 20;

// A reader that takes nothing for ten minutes is gone; one that reads steadily may take as long as it needs.
const BEGIN = `begin isolation level repeatable read read only;
  set local idle_in_transaction_session_timeout = '10min'; set local statement_timeout = '60s'; set local enable_seqscan = off`;

const LOG = `insert into export_log (account_id, id, subject, format, activity_id, from_day, to_day, asked_by, state, began_at, seen_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $9)`;
const NOTE = `update export_log set rows_written = $3, state = $4, seen_at = $5 where account_id = $1 and id = $2`;
const LIST = `select export_log.id, subject, format, case when from_day is null then null else
    jsonb_build_object('from', from_day, 'to', to_day) end as period, asked_by as "askedBy", operator.name as "askedByName",
    state, rows_written::float8 as rows, (extract(epoch from began_at) * 1000)::float8 as "beganAtMs",
    (extract(epoch from seen_at) * 1000)::float8 as "seenAtMs"
  from export_log left join operator on operator.id = asked_by
  where account_id = $1 and activity_id = $2 order by began_at desc limit ${LISTED_MAX}`;

/** Exports in Postgres: rows through a server-side cursor, and the log of them. */
export function createExportStore(pool: pg.Pool): ExportStore {
  return {
    columns: (subject) => EXPORT_QUERIES[subject].columns,
    async begin(order, nowMs) {
      const { accountId, id, subject, format, activityId, period, askedBy } = order;
      const days = [period?.from ?? null, period?.to ?? null];
      await ask(pool.query(LOG, [accountId, id, subject, format, activityId, ...days, askedBy, new Date(nowMs)]));
    },
    async note({ accountId, id }, { rows, state, nowMs }) {
      await ask(pool.query(NOTE, [accountId, id, rows, state, new Date(nowMs)]));
    },
    async list({ accountId, id }) {
      return (await ask(pool.query<ExportLine>(LIST, [accountId, id]))).rows;
    },
    rows: (order) => readRows(pool, order),
  };
}

async function* readRows(pool: pg.Pool, order: ExportOrder): ReturnType<ExportStore['rows']> {
  const client = await ask(pool.connect());
  // Whatever ends the reading early leaves a transaction open: such a connection is not given to anybody else.
  let broken = true;
  try {
    await ask(client.query(BEGIN));
    const { text } = EXPORT_QUERIES[order.subject];
    await ask(client.query(`declare export_rows no scroll cursor without hold for ${text}`, parametersOf(order)));
    for (;;) {
      const found = await ask(
        client.query<ExportCell[]>({ text: `fetch ${ROWS_AT_ONCE} from export_rows`, rowMode: 'array' }),
      );
      if (found.rows.length === 0) break;
      yield found.rows;
    }
    await ask(client.query('commit'));
    broken = false;
  } finally {
    client.release(broken);
  }
}

function parametersOf({ accountId, activityId, period }: ExportOrder): unknown[] {
  const times =
    period === null
      ? []
      : [new Date(startOfBeijingDayMs(period.from)), new Date(startOfBeijingDayMs(addDays(period.to, 1)))];
  return [accountId, activityId, ...times];
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
