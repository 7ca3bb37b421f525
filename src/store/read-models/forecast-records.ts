import type pg from 'pg';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { ForecastRecords, KeptForecast } from '../../flows/ports/forecasts.ts';
import type { LiveHour } from '../../rules/forecast/live-curve.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const VISITS_MAX = 1_000_000;
const ROWS_AT_ONCE = 20_000;

const FIND = `select (extract(epoch from made_at) * 1000)::float8 as "madeAtMs", made_by as "madeBy", expected, forecast
  from activity_forecast where account_id = $1 and activity_id = $2`;
const KEEP = `insert into activity_forecast (account_id, activity_id, made_at, made_by, expected, forecast) values ($1, $2, $3, $4, $5, $6)
  on conflict (account_id, activity_id) do update set made_at = excluded.made_at, made_by = excluded.made_by,
    expected = excluded.expected, forecast = excluded.forecast`;
const HOURS = `select (extract(epoch from (day + name::integer * interval '1 hour') at time zone 'Asia/Shanghai') * 1000)::float8 as "atMs",
    number::float8 as draws, won_fen::float8 as "wonFen"
  from activity_tally where account_id = $1 and activity_id = $2 and kind = 'hour' order by day, name`;
const RUNNING = `select activity.account_id as "accountId", activity.id, activity.name from activity_forecast
  join activity on activity.account_id = activity_forecast.account_id and activity.id = activity_forecast.activity_id
  where activity.state = 'published' order by activity.account_id, activity.id`;
const VISITS = `select openid, extract(epoch from created_at) * 1000 as at from draw
  where account_id = $1 and activity_id = $2 order by created_at limit ${VISITS_MAX}`;

// The order of an index is worth more than what the planner saves without it.
const BEGIN = `begin isolation level repeatable read read only;
  set local idle_in_transaction_session_timeout = '30s'; set local statement_timeout = '60s'; set local enable_seqscan = off`;

/** Forecasts in Postgres, and the counts and draws that they are held against or made from. */
export function createForecastRecords(pool: pg.Pool): ForecastRecords {
  return {
    async find({ accountId, id }) {
      return (await ask(pool.query<KeptForecast>(FIND, [accountId, id]))).rows[0];
    },
    async keep({ accountId, id }, { madeAtMs, madeBy, expected, forecast }) {
      const json = [JSON.stringify(expected), JSON.stringify(forecast)];
      await ask(pool.query(KEEP, [accountId, id, new Date(madeAtMs), madeBy, ...json]));
    },
    hours: async ({ accountId, id }) => (await ask(pool.query<LiveHour>(HOURS, [accountId, id]))).rows,
    running: async () => {
      const { rows } = await ask(pool.query<{ accountId: AccountId; id: ActivityId; name: string }>(RUNNING));
      return rows.map(({ accountId, id, name }) => ({ place: { accountId, id }, name }));
    },
    visits: ({ accountId, id }) => readVisits(pool, [accountId, id]),
  };
}

/** Openids become numbers as they are read, so that no more than some thousands are held as rows. */
async function readVisits(pool: pg.Pool, place: readonly string[]): ReturnType<ForecastRecords['visits']> {
  const numbers = new Map<string, number>();
  const persons: number[] = [];
  const atMs: number[] = [];
  const client = await ask(pool.connect());
  let broken = true;
  try {
    await ask(client.query(BEGIN));
    await ask(client.query(`declare visit_rows no scroll cursor without hold for ${VISITS}`, [...place]));
    for (;;) {
      const found = await ask(
        client.query<[string, string]>({ text: `fetch ${ROWS_AT_ONCE} from visit_rows`, rowMode: 'array' }),
      );
      if (found.rows.length === 0) break;
      for (const [openid, at] of found.rows) {
        const number = numbers.get(openid) ?? numbers.size;
        numbers.set(openid, number);
        persons.push(number);
        atMs.push(Math.floor(Number(at)));
      }
    }
    await ask(client.query('commit'));
    broken = false;
  } finally {
    client.release(broken);
  }
  return { people: numbers.size, persons: Uint32Array.from(persons), atMs: Float64Array.from(atMs) };
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
