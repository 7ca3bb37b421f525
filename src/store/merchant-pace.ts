import type pg from 'pg';
import type { BeijingDay } from '../base/beijing-day.ts';
import { assert } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import type { MerchantPace, MerchantQueue } from '../flows/ports/merchant-queue.ts';

interface QueueRow {
  readonly merchant_id: MerchantId;
  readonly open: boolean;
  readonly person_day_packets: number;
  readonly person_day_fen: string;
  readonly limit_day_fen: string;
  readonly spacing_us: number;
  readonly calls_max: number;
  readonly next_send_ms: number;
  readonly next_query_ms: number;
  readonly handed_out: string;
  readonly slow_until_ms: number | null;
  readonly warm_until_ms: number | null;
  readonly sends_from_ms: number | null;
  readonly day: BeijingDay | null;
  readonly day_fen: string;
}

const unixMs = (column: string) => `extract(epoch from ${column})::float8 * 1000`;

/** Columns of a queue; `merchant` and `pace` are in scope. Times keep their fractions, which Date would cut off. */
const QUEUE = `merchant.id as merchant_id,
  merchant.state = 'open' and not exists (select 1 from installation where sending_stopped_at is not null) as open,
  merchant.person_day_packets, merchant.person_day_fen, merchant.day_fen as limit_day_fen, merchant.spacing_us,
  merchant.calls_max, ${unixMs('pace.next_send_at')} as next_send_ms, ${unixMs('pace.next_query_at')} as next_query_ms,
  pace.handed_out, ${unixMs('pace.slow_until')} as slow_until_ms, ${unixMs('pace.warm_until')} as warm_until_ms,
  ${unixMs('pace.sends_from')} as sends_from_ms,
  pace.day::text as day, pace.day_fen`;

/** Merchants for which a claim can do something: their sends are open or a query is due. */
const WITH_DUE = `
select merchant.id, pace.merchant_id is null as paceless
from merchant left join merchant_pace as pace on pace.merchant_id = merchant.id
where exists (select 1 from payout where merchant_id = merchant.id and next_call = 'query' and due_at <= $1
    and (lease_until is null or lease_until <= $1))
  or (merchant.state = 'open' and not exists (select 1 from installation where sending_stopped_at is not null)
    and (pace.sends_from is null or pace.sends_from <= $1)
    and exists (select 1 from payout where merchant_id = merchant.id and next_call = 'send' and due_at <= $1
      and (lease_until is null or lease_until <= $1)))
order by merchant.id`;

// Long ago, as after a pause: its first calls open connections.
const CREATE = `insert into merchant_pace (merchant_id, next_send_at, next_query_at)
  select id, to_timestamp(0), to_timestamp(0) from unnest($1::text[]) as id on conflict do nothing`;

const LOCK = `select ${QUEUE} from merchant join merchant_pace as pace on pace.merchant_id = merchant.id
  where merchant.id = any ($1) order by merchant.id for update of pace`;

const WRITE = `update merchant_pace set next_send_at = to_timestamp($2::float8 / 1000), next_query_at = to_timestamp($3::float8 / 1000),
    handed_out = $4, slow_until = to_timestamp($5::float8 / 1000), sends_from = to_timestamp($6::float8 / 1000), day = $7, day_fen = $8,
    warm_until = to_timestamp($9::float8 / 1000)
  where merchant_id = $1`;

/** Returns the merchants a claim is worth locking for, in the order they are locked in, making their pace if needed. */
export async function merchantsWithDue(pool: pg.Pool, nowMs: number): Promise<readonly MerchantId[]> {
  const now = new Date(nowMs);
  const { rows } = await pool.query<{ id: MerchantId; paceless: boolean }>(WITH_DUE, [now]);
  const paceless = rows.filter((row) => row.paceless).map((row) => row.id);
  if (paceless.length > 0) await pool.query(CREATE, [paceless]);
  return rows.map((row) => row.id);
}

/** Locks the paces of these merchants to the end of the transaction: whoever else claims for them waits. */
export async function lockQueues(
  client: pg.PoolClient,
  merchants: readonly MerchantId[],
): Promise<readonly MerchantQueue[]> {
  const { rows } = await client.query<QueueRow>(LOCK, [merchants]);
  return rows.map(queueOf);
}

/** Locks one merchant's pace, which must exist: its payout was claimed. */
export async function lockQueue(client: pg.PoolClient, merchant: MerchantId): Promise<MerchantQueue> {
  const [queue] = await lockQueues(client, [merchant]);
  assert(queue !== undefined, `merchant ${merchant} has no pace`);
  return queue;
}

/** Writes a locked pace back. */
export async function writePace(client: pg.PoolClient, merchant: MerchantId, pace: MerchantPace): Promise<void> {
  await client.query(WRITE, [
    merchant,
    pace.nextSendAtMs,
    pace.nextQueryAtMs,
    pace.handedOut,
    pace.slowUntilMs,
    pace.sendsFromMs,
    pace.day,
    pace.dayFen,
    pace.warmUntilMs,
  ]);
}

function queueOf(row: QueueRow): MerchantQueue {
  return {
    merchantId: row.merchant_id,
    open: row.open,
    limits: {
      personDayPackets: row.person_day_packets,
      personDayFen: Number(row.person_day_fen),
      dayFen: Number(row.limit_day_fen),
      spacingMs: row.spacing_us / 1000,
      callsMax: row.calls_max,
    },
    pace: {
      nextSendAtMs: row.next_send_ms,
      nextQueryAtMs: row.next_query_ms,
      handedOut: Number(row.handed_out),
      slowUntilMs: row.slow_until_ms,
      warmUntilMs: row.warm_until_ms,
      sendsFromMs: row.sends_from_ms,
      day: row.day,
      dayFen: Number(row.day_fen),
    },
  };
}
