import type pg from 'pg';
import { addDays, startOfBeijingDayMs } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import { OutsideTrouble } from '../base/errors.ts';
import type { Reconciliation, ReconciliationBreak, ReconciliationStore } from '../flows/ports/reconciliation.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { BREAKS_MAX, readPayoutBreaks, readTotals } from './reconciliation-breaks.ts';
import type { ReportTimes } from './reconciliation-breaks.ts';
import { BOOK_SETTINGS, findBookDifferences } from './verify-books.ts';
import type { BookDifference } from './verify-books.ts';

// Any fixed number that nothing else in the database uses as an advisory lock.
const LOCK = 482_003_119;
// One snapshot for payouts and books. It reads whole tables, which may take longer than a connection allows else.
const BEGIN = `begin isolation level repeatable read read only; set local statement_timeout = '10min'`;
const REPORT = `
  select day::text, (extract(epoch from made_at) * 1000)::float8 as "madeAtMs", totals, breaks from reconciliation`;
const SAVE = `
  insert into reconciliation (day, made_at, totals, breaks) values ($1, $2, $3, $4)
  on conflict (day) do update set made_at = excluded.made_at, totals = excluded.totals, breaks = excluded.breaks`;

/** What a difference is about, as far as a row of ours is: an award, or a payout and its award. */
const SUBJECTS = `
  select award.id as "awardId", payout.order_number as "orderNumber", award.amount_fen::float8 as "amountFen",
    award.state as "awardState", payout.state as "payoutState",
    (extract(epoch from coalesce(payout.updated_at, award.updated_at)) * 1000)::float8 as "changedAtMs"
  from unnest($1::text[], $2::text[]) with ordinality as item (account_id, subject, place)
  left join payout on payout.account_id = item.account_id and payout.order_number = item.subject
  left join award on award.account_id = item.account_id and award.id = coalesce(payout.award_id, item.subject)
  order by item.place`;

interface SubjectRow {
  readonly awardId: string | null;
  readonly orderNumber: string | null;
  readonly amountFen: number | null;
  readonly awardState: string | null;
  readonly payoutState: string | null;
  readonly changedAtMs: number | null;
}

/** The daily reports in Postgres. One over 100,000 payouts takes 5 to 6 s, 4 to 5 of them for the books. */
export function createReconciliationStore(pool: pg.Pool): ReconciliationStore {
  return {
    make: (day, nowMs) => withClient(pool, (client) => make(client, day, nowMs)),
    makeOnce: (day, nowMs, signal) => withClient(pool, (client) => makeOnce(client, day, nowMs), signal),
    find: (day) => withClient(pool, (client) => find(client, day)),
    days: (limit, before) =>
      withClient(pool, async (client) => {
        const sql = 'select day::text from reconciliation where day < $2 order by day desc limit $1';
        const values = [limit, before ?? 'infinity'];
        return (await client.query<{ day: BeijingDay }>(sql, values)).rows.map((row) => row.day);
      }),
  };
}

async function find(client: pg.PoolClient, day: BeijingDay): Promise<Reconciliation | undefined> {
  return (await client.query<Reconciliation>(`${REPORT} where day = $1`, [day])).rows[0];
}

/** The lock belongs to the connection, so that it ends with a process that dies. */
async function makeOnce(client: pg.PoolClient, day: BeijingDay, nowMs: number): Promise<Reconciliation | null> {
  const locked = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
  if (locked.rows[0]?.mine !== true) return null;
  try {
    return (await find(client, day)) === undefined ? await make(client, day, nowMs) : null;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
  }
}

async function make(client: pg.PoolClient, day: BeijingDay, nowMs: number): Promise<Reconciliation> {
  const times: ReportTimes = {
    from: new Date(startOfBeijingDayMs(day)),
    until: new Date(startOfBeijingDayMs(addDays(day, 1))),
    now: new Date(nowMs),
  };
  await client.query(BEGIN);
  const totals = await readTotals(client, times);
  const ofPayouts = await readPayoutBreaks(client, times);
  await client.query(BOOK_SETTINGS);
  const ofBooks = await readBookBreaks(client, day, nowMs);
  await client.query('rollback');
  // What the books differ in goes before everything else, should there be too many.
  const breaks = [...ofBooks, ...ofPayouts.slice(0, BREAKS_MAX - ofBooks.length)].toSorted(
    (one, other) => one.sinceMs - other.sinceMs,
  );
  await client.query(SAVE, [day, new Date(nowMs), JSON.stringify(totals), JSON.stringify(breaks)]);
  return { day, madeAtMs: nowMs, totals, breaks };
}

/**
 * The books' differences as breaks. One about an award or a payout is as old as that row's last change; one that no
 * row tells the age of, such as a counter's, is as old as the earliest report in a row that has it.
 */
async function readBookBreaks(
  client: pg.PoolClient,
  day: BeijingDay,
  nowMs: number,
): Promise<readonly ReconciliationBreak[]> {
  const differences = await findBookDifferences(client);
  if (differences.length === 0) return [];
  const subjects = await client.query<SubjectRow>(SUBJECTS, [
    differences.map((difference) => difference.accountId),
    differences.map((difference) => difference.subject),
  ]);
  const before = (await client.query<Reconciliation>(`${REPORT} where day <= $1 order by day desc limit 1`, [day]))
    .rows[0];
  const known = new Map((before?.breaks ?? []).filter(isOfBooks).map((item) => [nameOf(item), item.sinceMs]));
  return differences.map((difference, index) => {
    const found = bookBreak(difference, subjects.rows[index]);
    return { ...found, sinceMs: subjects.rows[index]?.changedAtMs ?? known.get(nameOf(found)) ?? nowMs };
  });
}

function bookBreak(difference: BookDifference, row: SubjectRow | undefined): Omit<ReconciliationBreak, 'sinceMs'> {
  const { accountId, activityId, check, subject, expected, found } = difference;
  const amountFen = Math.abs(Number(expected) - Number(found));
  return {
    kind: 'books',
    accountId,
    activityId,
    awardId: row?.awardId ?? null,
    orderNumber: row?.orderNumber ?? null,
    amountFen: Number.isSafeInteger(amountFen) ? amountFen : (row?.amountFen ?? 0),
    awardState: row?.awardState ?? null,
    payoutState: row?.payoutState ?? null,
    query: null,
    books: found,
    reason: `${[check, subject].filter((word) => word !== '').join(' ')}: expected ${expected}, found ${found}`,
  };
}

function isOfBooks(item: ReconciliationBreak): boolean {
  return item.kind === 'books';
}

/** Names a difference without its figures, which may change while it lasts. */
function nameOf(item: Omit<ReconciliationBreak, 'sinceMs'>): string {
  return `${item.accountId} ${item.activityId} ${item.reason.split(': expected ')[0] ?? ''}`;
}

/** Works on one connection, which is thrown away when anything failed on it or the signal aborted. */
async function withClient<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let client: pg.PoolClient | undefined;
  let broken: Error | undefined;
  const giveUp = (): void => void client?.end().catch(() => undefined);
  try {
    client = await pool.connect();
    if (signal?.aborted === true) throw new OutsideTrouble('given-up', 'the process stops');
    signal?.addEventListener('abort', giveUp);
    return await work(client);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw asOutsideTrouble(error);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    client?.release(broken);
  }
}
