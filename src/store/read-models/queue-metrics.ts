import type pg from 'pg';
import type { QueueFigures } from '../../flows/ports/payout-metrics.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { NOT_ISSUED_AGAIN } from './merchant-queue.ts';

const CACHE_MS = 5000;
/** A scrape waits 10 s as a rule; the connection may take 4 s of them. */
const QUERY_TIMEOUT_MS = 3000;
/** Counting ends here, so that a scrape costs the same however long the queue is. */
const COUNTED_MAX = 20_000;

/**
 * Reads how the queues stand, anew when the last reading is 5 s old, in one statement that looks at no more than
 * 20,000 payouts of a merchant and state. Whoever asks meanwhile shares it. Throws OutsideTrouble.
 */
export function createQueueFigures(options: {
  readonly pool: pg.Pool;
  readonly nowMs: () => number;
  /** Monotonic ms. */
  readonly tickMs?: () => number;
}): () => Promise<QueueFigures> {
  const { pool, nowMs, tickMs = () => performance.now() } = options;
  let latest: { readonly readAtMs: number; readonly figures: QueueFigures } | null = null;
  let reading: Promise<QueueFigures> | null = null;

  async function read(): Promise<QueueFigures> {
    const readAtMs = tickMs();
    const figures = await readQueueFigures(pool, nowMs());
    latest = { readAtMs, figures };
    return figures;
  }

  return () => {
    if (latest !== null && tickMs() - latest.readAtMs < CACHE_MS) return Promise.resolve(latest.figures);
    reading ??= read().finally(() => (reading = null));
    return reading;
  };
}

async function readQueueFigures(pool: pg.Pool, nowMs: number): Promise<QueueFigures> {
  // pg knows a time-out per statement; its types do not.
  const query: pg.QueryConfig & { readonly query_timeout: number } = {
    text: FIGURES,
    values: [new Date(nowMs)],
    query_timeout: QUERY_TIMEOUT_MS,
  };
  try {
    const found = await pool.query<Omit<QueueFigures, 'countedMax'>>(query);
    return { countedMax: COUNTED_MAX, sendingStopped: false, merchants: [], alarms: {}, ...found.rows[0] };
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}

/** Counts one merchant's payouts with a condition that an index answers. */
function counted(condition: string): string {
  return `(select count(*) from (
      select 1 from payout where payout.merchant_id = merchant.id and ${condition} limit ${COUNTED_MAX}
    ) as counted)`;
}

/** Due payouts, each part a range of the index on what is due. */
const DUE = ['send', 'query']
  .flatMap((call) =>
    ['live', 'batch'].map((name) => counted(`next_call = '${call}' and class = '${name}' and due_at <= $1`)),
  )
  .join(' + ');

const FIGURES = `
  select
    coalesce((select sending_stopped_at is not null from installation), false) as "sendingStopped",
    (select coalesce(jsonb_object_agg(kind, open), '{}') from (
      select kind, count(*) as open from alarm where cleared_at is null group by kind
    ) as by_kind) as alarms,
    (select coalesce(jsonb_agg(jsonb_build_object(
      'merchantId', id,
      'stopped', state = 'stopped',
      'certificateDaysLeft', extract(epoch from certificate_not_after - $1) / 86400,
      'payouts', jsonb_build_object(
        'waiting', ${counted(`state = 'waiting'`)},
        'unknown', ${counted(`state = 'unknown'`)},
        'parked', ${counted(`state = 'parked'`)},
        'dead', ${counted(`state = 'dead' and ${NOT_ISSUED_AGAIN}`)},
        'sent', ${counted(`next_call = 'query' and due_at is not null and state = 'sent'`)}
      ),
      'due', least(${DUE}, ${COUNTED_MAX})
    ) order by id), '[]') from merchant) as merchants`;
