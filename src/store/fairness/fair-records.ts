import type pg from 'pg';
import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { FairActivity, FairRecords, StoredDraw } from '../../flows/ports/fairness.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { readTrace } from '../draw-trace.ts';
import type { StoredTrace } from '../draw-trace.ts';

const ROWS_AT_ONCE = 5000;

// One moment for all of it, and room to sort a million rows.
const BEGIN = `begin transaction isolation level repeatable read, read only;
  set local statement_timeout = '10min'; set local idle_in_transaction_session_timeout = '10min';
  set local work_mem = '128MB'; set local enable_nestloop = off`;

const FIND = `select activity.account_id as account, activity.id as activity, slug, name, state = 'stopped' as stopped,
    jsonb_build_object('commitment', commitment, 'sealed', sealed_seed) as seed,
    (extract(epoch from fairness.created_at) * 1000)::float8 as "publishedAtMs",
    (extract(epoch from revealed_at) * 1000)::float8 as "revealedAtMs",
    (select coalesce(max(draws), 0)::float8 from activity_counter as counter
      where counter.account_id = activity.account_id and counter.activity_id = activity.id) as draws,
    (select jsonb_object_agg(version::text, rule) from rule_version as version
      where version.account_id = activity.account_id and version.activity_id = activity.id) as rules
  from activity join fairness on fairness.account_id = activity.account_id and fairness.activity_id = activity.id
  where slug = $1`;

// A draw that was refused has the place of the one it came after.
const DRAWS = `select place, draw.openid, rule_version as version, outcome, draw.prize_id as "prizeId",
    coalesce(amount_fen, 0)::float8 as "amountFen", ticket::float8 as ticket, trace, draw.request_key as key,
    (extract(epoch from draw.created_at) * 1000)::float8 as "atMs"
  from draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
  where draw.account_id = $1 and draw.activity_id = $2
  order by place, outcome = 'refused', draw.created_at, draw.request_key`;

interface DrawRow extends Omit<StoredDraw, 'why' | 'steps' | 'openid'> {
  readonly openid: string;
  readonly trace: StoredTrace;
}

/** The records of draws that can be proved, in Postgres. */
export function createFairRecords(pool: pg.Pool): FairRecords {
  return {
    find: (slug) => find(pool, slug).catch(trouble),
    draws: (slug) => readDraws(pool, slug),
    async reveal({ account, activity }, atMs) {
      await pool
        .query(
          'update fairness set revealed_at = $3 where account_id = $1 and activity_id = $2 and revealed_at is null',
          [account, activity, new Date(atMs)],
        )
        .catch(trouble);
    },
  };
}

async function find(client: Pick<pg.Pool, 'query'>, slug: string): Promise<FairActivity | undefined> {
  const found = await client.query<
    Omit<FairActivity, 'rules'> & { readonly rules: Record<string, unknown>; account: AccountId; activity: ActivityId }
  >(FIND, [slug]);
  const [row] = found.rows;
  if (row === undefined) return undefined;
  const rules = new Map(Object.entries(row.rules).map(([version, rule]) => [Number(version), rule]));
  return { ...row, rules };
}

async function* readDraws(pool: pg.Pool, slug: string): ReturnType<FairRecords['draws']> {
  const client = await pool.connect().catch(trouble);
  // Whatever ends the reading early leaves a transaction open: such a connection is not given to anybody else.
  let broken = true;
  try {
    await client.query(BEGIN).catch(trouble);
    const activity = await find(client, slug).catch(trouble);
    if (activity !== undefined) {
      const values = [activity.account, activity.activity];
      await client.query(`declare fair_draws no scroll cursor without hold for ${DRAWS}`, values).catch(trouble);
      for (;;) {
        const { rows } = await client.query<DrawRow>(`fetch ${ROWS_AT_ONCE} from fair_draws`).catch(trouble);
        // Also told of an activity that nobody has drawn in.
        yield { activity, draws: rows.map(storedDraw) };
        if (rows.length === 0) break;
      }
    }
    await client.query('commit').catch(trouble);
    broken = false;
  } finally {
    client.release(broken);
  }
}

function storedDraw({ trace, openid, atMs, ...row }: DrawRow): StoredDraw {
  return { ...row, ...readTrace(trace), openid: openid as Openid, atMs: Math.round(atMs) };
}

function trouble(error: unknown): never {
  throw asOutsideTrouble(error);
}
