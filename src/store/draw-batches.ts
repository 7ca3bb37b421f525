import type pg from 'pg';
import type { Openid } from '../base/ids.ts';
import type {
  BatchKey,
  BatchLine,
  DrawBatch,
  DrawBatchStore,
  DueBatch,
  LineFault,
  LineOutcome,
} from '../flows/ports/draw-batches.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { afterParameters, pageOf } from './read-models/page-of.ts';
import { inTransaction } from './transaction.ts';

/** A statement of so many lines takes some ten ms. */
const LINES_PER_STATEMENT = 5000;

const PREPARE = `insert into draw_batch (account_id, id, activity_id, note, state, lines, prepared_by, prepared_at)
  values ($1, $2, $3, $4, 'prepared', $5, $6, $7)`;
// Met: followed, or drew. Looked up one by one in the server, whatever the tables' statistics say.
const LINES = `insert into draw_batch_line (account_id, batch_id, line, openid, fault)
  select $1, $2, item.line, item.openid, coalesce(item.fault, case
      when exists (select 1 from follower where account_id = $1 and follower.openid = item.openid offset 0) then null
      when exists (select 1 from draw where account_id = $1 and draw.openid = item.openid offset 0) then null
      else 'unknown' end)
  from unnest($3::integer[], $4::text[], $5::text[]) as item (line, openid, fault)`;

const BATCHES = `select batch.account_id as account, activity_id as activity, id, note, state, lines,
    prepared_by as "preparedBy", (extract(epoch from prepared_at) * 1000)::float8 as "preparedAtMs",
    confirmed_by as "confirmedBy", (extract(epoch from confirmed_at) * 1000)::float8 as "confirmedAtMs",
    (extract(epoch from finished_at) * 1000)::float8 as "finishedAtMs", asked_by as "askedBy", reason, counts.ends
  from draw_batch as batch cross join lateral (
    select coalesce(jsonb_object_agg(coalesce(fault, outcome, 'open'), people), '{}') as ends from (
      select fault, outcome, count(*) as people from draw_batch_line
      where account_id = batch.account_id and batch_id = batch.id group by fault, outcome) as counted) as counts`;

const COUNT_PREPARED = `select count(*)::integer as count from draw_batch
  where account_id = $1 and activity_id = $2 and state in ('prepared', 'asked')`;

const SHOWN_LINES = `select line, item.openid, fault, item.outcome, draw.prize_id as "prizeId",
    coalesce(award.amount_fen, 0)::float8 as "amountFen"
  from draw_batch_line as item
  left join draw on draw.account_id = item.account_id and item.outcome is not null
    and draw.request_key = 'b:' || item.batch_id || ':' || item.openid
  left join award on award.account_id = draw.account_id and award.id = draw.award_id
  where item.account_id = $1 and batch_id = $2 and line > $3 and (not $5 or fault is not null)
  order by line limit $4`;

const MOVE = `update draw_batch set state = $4, reason = null,
    confirmed_by = coalesce($6, confirmed_by), confirmed_at = case when $6::text is null then confirmed_at else $5 end,
    finished_at = case when $4 in ('finished', 'cancelled', 'refused') then $5::timestamptz end,
    asked_by = coalesce($7, asked_by), asked_at = case when $7::text is null then asked_at else $5 end,
    asked_fen = coalesce($8, asked_fen), refused_by = coalesce($9, refused_by),
    due_at = case when $4 = 'running' then $5::timestamptz end
  where account_id = $1 and id = $2 and state = any($3::text[])`;

const CLAIM = `with due as materialized (
  select account_id, id from draw_batch where state = 'running' and due_at <= $1
  order by due_at limit 1 for update skip locked
)
update draw_batch set due_at = $2 from due where draw_batch.account_id = due.account_id and draw_batch.id = due.id
returning draw_batch.account_id as account, draw_batch.id, activity_id as activity`;
const NEXT = `select line, openid from draw_batch_line
  where account_id = $1 and batch_id = $2 and fault is null and outcome is null order by line limit $3`;
const DRAWN = `update draw_batch_line set outcome = draw.outcome
  from unnest($3::integer[], $4::text[]) as item (line, request_key)
  join draw on draw.account_id = $1 and draw.request_key = item.request_key
  where draw_batch_line.account_id = $1 and batch_id = $2 and draw_batch_line.line = item.line and fault is null`;
const FAILED = `update draw_batch_line set fault = 'failed'
  where account_id = $1 and batch_id = $2 and line = any($3::integer[]) and fault is null and outcome is null`;
const PUT_BACK = `update draw_batch set due_at = $3, reason = $4 where account_id = $1 and id = $2 and state = 'running'`;
const FORGET = `delete from draw_batch where state in ('prepared', 'asked') and prepared_at < $1`;

type Counted = Omit<DrawBatch, 'faults' | 'outcomes' | 'open'> & {
  readonly ends: Readonly<Partial<Record<LineFault | LineOutcome | 'open', number>>>;
};

/** Lists of people that operators let draw, in Postgres. */
export function createDrawBatchStore(pool: pg.Pool): DrawBatchStore {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    orTrouble(pool.query<Row>(text, [...values]));
  const find = async ({ account, id }: BatchKey): Promise<DrawBatch | undefined> => {
    const found = await ask<Counted>(`${BATCHES} where batch.account_id = $1 and id = $2`, [account, id]);
    return found.rows[0] && shown(found.rows[0]);
  };
  return {
    async prepare(input) {
      await orTrouble(inTransaction(pool, (client) => writeLines(client, input)));
      const written = await find(input.key);
      if (written === undefined) throw new RangeError('a batch that was written is there');
      return written;
    },
    find,
    async list({ account, activity }, page) {
      const text = `${BATCHES} where batch.account_id = $1 and activity_id = $2 and (prepared_at, id) < ($3, $4)
        order by prepared_at desc, id desc limit $5`;
      const { rows } = await ask<Counted>(text, [account, activity, ...afterParameters(page.after), page.limit + 1]);
      return pageOf(rows, page, { line: shown, cursor: (row) => ({ atMs: row.preparedAtMs, key: row.id }) });
    },
    async countPrepared({ account, activity }) {
      return (await ask<{ count: number }>(COUNT_PREPARED, [account, activity])).rows[0]?.count ?? 0;
    },
    async lines({ account, id }, { after, most, faulty }) {
      return (await ask<BatchLine & pg.QueryResultRow>(SHOWN_LINES, [account, id, after, most, faulty])).rows;
    },
    async move({ account, id }, { from, to, nowMs, confirmedBy = null, asked, refusedBy = null }) {
      const by = [confirmedBy, asked?.by ?? null, asked?.amountFen ?? null, refusedBy];
      return (await ask(MOVE, [account, id, from, to, new Date(nowMs), ...by])).rowCount === 1;
    },
    async claim(nowMs, leaseMs) {
      return (await ask<DueBatch & pg.QueryResultRow>(CLAIM, [new Date(nowMs), new Date(nowMs + leaseMs)])).rows[0];
    },
    async nextLines({ account, id }, most) {
      return (await ask<{ line: number; openid: Openid }>(NEXT, [account, id, most])).rows;
    },
    async settle({ account, id }, { drawn, failed }) {
      await ask(DRAWN, [account, id, drawn.map(({ line }) => line), drawn.map(({ requestKey }) => requestKey)]);
      if (failed.length > 0) await ask(FAILED, [account, id, failed]);
    },
    async putBack({ account, id }, dueAtMs, reason) {
      await ask(PUT_BACK, [account, id, new Date(dueAtMs), reason]);
    },
    async forgetPrepared(beforeMs) {
      await ask(FORGET, [new Date(beforeMs)]);
    },
  };
}

async function writeLines(client: pg.PoolClient, input: Parameters<DrawBatchStore['prepare']>[0]): Promise<void> {
  const { key, activity, note, lines, operator, nowMs } = input;
  const { account, id } = key;
  await client.query(PREPARE, [account, id, activity, note, lines.length, operator, new Date(nowMs)]);
  for (let from = 0; from < lines.length; from += LINES_PER_STATEMENT) {
    const some = lines.slice(from, from + LINES_PER_STATEMENT);
    await client.query(LINES, [
      account,
      id,
      some.map((_, index) => from + index + 1),
      some.map(({ openid }) => openid ?? ''),
      some.map(({ fault }) => fault),
    ]);
  }
}

function shown({ ends, ...batch }: Counted): DrawBatch {
  const count = (end: LineFault | LineOutcome | 'open'): number => ends[end] ?? 0;
  return {
    ...batch,
    faults: {
      malformed: count('malformed'),
      duplicate: count('duplicate'),
      unknown: count('unknown'),
      erased: count('erased'),
      failed: count('failed'),
    },
    outcomes: { won: count('won'), lost: count('lost'), refused: count('refused') },
    open: count('open'),
  };
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
