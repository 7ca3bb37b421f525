import type pg from 'pg';
import type { ActivityPlace } from '../../flows/ports/console-reads.ts';
import type {
  ActivityShare,
  CountedPeriod,
  DayCount,
  DrawnTickets,
  NumbersReads,
  Period,
} from '../../flows/ports/numbers.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const WAYS_MAX = 50;
const SHARES_MAX = 200;

// What operators sent to themselves before anything went live is no result of any activity.
const NO_TRIAL = `not exists (select 1 from trial_packet as trial
    where trial.account_id = activity.account_id and trial.activity_id = activity.id)`;
const SUMS = `coalesce(sum(number), 0)::float8 as draws, coalesce(sum(wins), 0)::float8 as wins, coalesce(sum(won_fen), 0)::float8 as "wonFen"`;
const HERE = 'account_id = $1 and activity_id = $2 and day between $3 and $4';

/** Rows as a JSON list, `order` being how they come. */
const listed = (rows: string, order: string): string =>
  `(select coalesce(jsonb_agg(to_jsonb(one) order by ${order}), '[]') from (${rows}) as one)`;

/**
 * One activity's period. A person is counted on the day of the period that they drew on first: the one whose day before
 * lies before the period.
 */
export const PERIOD = `select
  (select row_to_json(one) from (select ${SUMS} from activity_tally where kind = 'hour' and ${HERE}) as one) as counted,
  (select jsonb_build_object('participants', coalesce(sum(number), 0),
      'newcomers', coalesce(sum(number) filter (where name = ''), 0))
    from activity_tally where kind = 'people' and ${HERE} and (name = '' or name < $3::date::text)) as people,
  ${listed(`select name as why, sum(number) as number from activity_tally where kind = 'refusal' and ${HERE} group by name`, 'number desc, why')} as refusals,
  ${listed(
    `select day, coalesce(sum(number) filter (where kind = 'hour'), 0) as draws, sum(wins) as wins, sum(won_fen) as "wonFen",
        coalesce(sum(number) filter (where kind = 'people'), 0) as participants
      from activity_tally where kind in ('hour', 'people') and ${HERE} group by day`,
    'day',
  )} as days,
  ${listed(`select name as hour, ${SUMS} from activity_tally where kind = 'hour' and ${HERE} group by name`, 'hour')} as hours,
  ${listed(`select name as way, ${SUMS} from activity_tally where kind = 'way' and ${HERE} group by name order by 2 desc, 1 limit ${WAYS_MAX}`, 'draws desc, way')} as ways,
  (select jsonb_build_object('sent', coalesce(sum(sent), 0), 'sentFen', coalesce(sum(sent_fen), 0), 'opened', coalesce(sum(opened), 0),
      'openedFen', coalesce(sum(opened_fen), 0), 'returned', coalesce(sum(returned), 0), 'returnedFen', coalesce(sum(returned_fen), 0))
    from payout_tally where ${HERE}) as packets`;

export const TICKETS = `select split_part(name, '/', 1)::integer as version, split_part(name, '/', 2) as mechanic,
    nullif(substr(name, length(split_part(name, '/', 1)) + length(split_part(name, '/', 2)) + 3), '') as "prizeId",
    sum(number)::float8 as number
  from activity_tally where account_id = $1 and activity_id = $2 and kind = 'ticket' group by name order by 1 desc, 2, 3`;

/** Each activity's part is a range of the counts' own key. */
export const SHARES = `select activity.account_id as "accountId", activity.id, activity.name, counted.*, people.participants
  from activity
  cross join lateral (select ${SUMS} from activity_tally where account_id = activity.account_id
    and activity_id = activity.id and kind = 'hour' and day between $1 and $2) as counted
  cross join lateral (select coalesce(sum(number), 0)::float8 as participants from activity_tally where account_id = activity.account_id
    and activity_id = activity.id and kind = 'people' and day between $1 and $2 and (name = '' or name < $1::date::text)) as people
  where activity.published_version is not null and counted.draws > 0 and ${NO_TRIAL} order by counted.draws desc, activity.id limit ${SHARES_MAX}`;

/** Summed activity by activity, each of them a range of the key. */
export const DAILY = `select tally.day::text as day, sum(draws)::float8 as draws, sum(wins)::float8 as wins, sum(won_fen)::float8 as "wonFen",
    sum(participants)::float8 as participants
  from activity cross join lateral (
    select day, coalesce(sum(number) filter (where kind = 'hour'), 0) as draws, sum(wins) as wins, sum(won_fen) as won_fen,
      coalesce(sum(number) filter (where kind = 'people'), 0) as participants
    from activity_tally where account_id = activity.account_id and activity_id = activity.id
      and kind in ('hour', 'people') and day between $1 and $2 group by day
  ) as tally
  where activity.published_version is not null and ${NO_TRIAL} group by tally.day order by tally.day`;

type PeriodRow = Pick<CountedPeriod, 'refusals' | 'days' | 'hours' | 'ways' | 'packets'> & {
  readonly counted: Pick<CountedPeriod, 'draws' | 'wins' | 'wonFen'>;
  readonly people: Pick<CountedPeriod, 'participants' | 'newcomers'>;
};

/** Numbers from the counts that every batch of draws and every payout's answer adds to: no draw is looked at. */
export function createNumbersReads(pool: pg.Pool): NumbersReads {
  return {
    period: (place, period) => ask(readPeriod(pool, place, period)),
    tickets: async ({ accountId, id }) => (await ask(pool.query<DrawnTickets>(TICKETS, [accountId, id]))).rows,
    shares: async ({ from, to }) => (await ask(pool.query<ActivityShare>(SHARES, [from, to]))).rows,
    daily: async ({ from, to }) => (await ask(pool.query<DayCount>(DAILY, [from, to]))).rows,
  };
}

async function readPeriod(
  pool: pg.Pool,
  { accountId, id }: ActivityPlace,
  { from, to }: Period,
): Promise<CountedPeriod> {
  const found = await pool.query<PeriodRow>(PERIOD, [accountId, id, from, to]);
  const [row] = found.rows;
  if (row === undefined) throw new RangeError('a select without a table has one row');
  const { counted, people, ...rest } = row;
  return { ...counted, ...people, ...rest };
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
