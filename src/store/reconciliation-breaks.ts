import type pg from 'pg';
import type { ReconciliationBreak, ReconciliationTotal } from '../flows/ports/reconciliation.ts';
import { NOT_ISSUED_AGAIN } from './read-models/merchant-queue.ts';

/** The day a report is about, half-open, and when it is made. */
export interface ReportTimes {
  readonly from: Date;
  readonly until: Date;
  readonly now: Date;
}

/** Most breaks of one report, the oldest first: who has more begins with those, and the totals count them all. */
export const BREAKS_MAX = 10_000;

/** What a report is about: everything that has no end, and what ended that day ($1 to $2). */
const CONCERNED = `(payout.state in ('waiting', 'unknown', 'sent', 'parked')
  or payout.state = 'dead' and ${NOT_ISSUED_AGAIN}
  or payout.updated_at >= $1 and payout.updated_at < $2)`;

const TOTALS = `
  select merchant_id as "merchantId", state, count(*)::float8 as payouts, sum(amount_fen)::float8 as "amountFen"
  from payout where ${CONCERNED} group by 1, 2 order by 1, 2`;

// What a query brought last of a payout, clear answers only. Shared by several, one is received though a part came back.
const ASKED = `
  select case when outcome ? 'deliveredFen' then 'RECEIVED' else coalesce(outcome ->> 'status', 'NOT_FOUND') end as status, answered_at from payout_attempt as query
  where query.account_id = payout.account_id and query.order_number = payout.order_number and query.kind = 'query'
    and query.outcome ->> 'kind' in ('found', 'not-found')
  order by query.answered_at desc, query.attempt desc limit 1`;

// Only an answer parks, and it is the last attempt's.
const PARKED = `
  select answered_at from payout_attempt as last
  where payout.state = 'parked' and last.account_id = payout.account_id and last.order_number = payout.order_number
  order by last.attempt desc limit 1`;

// WeChat Pay may not find a packet for minutes after it paid it; an hour later it is a difference.
const TOLD_OTHERWISE = `
  case asked.status
    when 'RECEIVED' then payout.state <> 'received'
    when 'REFUND' then payout.state <> 'returned'
    when 'FAILED' then payout.state <> 'dead'
    when 'SENT' then payout.state not in ('sent', 'parked')
    when 'RFUND_ING' then payout.state not in ('sent', 'parked')
    when 'SENDING' then payout.state not in ('unknown', 'sent', 'parked')
    when 'NOT_FOUND' then payout.state in ('received', 'returned', 'dead')
      or payout.state = 'sent' and asked.answered_at <= $3::timestamptz - interval '1 hour'
    else false end`;

/**
 * What may be wrong with a row, the gravest first, and since when by the times in the rows. Who has not said yet where a
 * packet goes may take any time for it.
 */
const KINDS = `
  select 1 as rank, 'told-otherwise' as kind, asked.answered_at as since where ${TOLD_OTHERWISE}
  union all select 2, 'parked', coalesce(parked.answered_at, payout.updated_at) where payout.state = 'parked'
  union all select 3, 'dead', coalesce(asked.answered_at, payout.updated_at) where payout.state = 'dead' and ${NOT_ISSUED_AGAIN}
  union all select 4, 'no-query', coalesce(payout.due_at, payout.updated_at) + interval '1 day' where payout.state = 'sent'
  union all select 5, 'unsettled', payout.created_at + interval '3 days'
    where payout.state in ('waiting', 'unknown', 'sent') and payout.openid <> ''`;

/** The accounts of the books that have something of an award's money, in fen. */
const BALANCES = `
  select jsonb_object_agg(account, fen) as balances from (
    select account, sum(fen) as fen from book_entry cross join lateral
      (values (debit, amount_fen), (credit, -amount_fen)) as side (account, fen)
    where book_entry.account_id = found.account_id and book_entry.award_id = found.award_id
    group by account having sum(fen) <> 0) as side`;

const BREAKS = `
  select found.kind, found.account_id as "accountId", found.activity_id as "activityId", found.award_id as "awardId",
    found.order_number as "orderNumber", found.amount_fen::float8 as "amountFen", award.state as "awardState",
    found.state as "payoutState", found.status, (extract(epoch from found.answered_at) * 1000)::float8 as "askedAtMs",
    coalesce(found.reason, '') as reason, (extract(epoch from found.since) * 1000)::float8 as "sinceMs", books.balances
  from (
    select payout.account_id, payout.activity_id, payout.award_id, payout.order_number, payout.amount_fen, payout.state,
      payout.reason, asked.status, asked.answered_at, break.kind, break.since
    from payout
    left join lateral (${ASKED}) as asked on true
    left join lateral (${PARKED}) as parked on true
    cross join lateral (select * from (${KINDS}) as fitting where since <= $3 order by rank limit 1) as break
    where ${CONCERNED}
    order by break.since, payout.account_id, payout.order_number limit ${BREAKS_MAX}
  ) as found
  left join award on award.account_id = found.account_id and award.id = found.award_id
  left join lateral (${BALANCES}) as books on true
  order by found.since, found.account_id, found.order_number`;

type BreakRow = Omit<ReconciliationBreak, 'query' | 'books'> & {
  readonly status: string | null;
  readonly askedAtMs: number | null;
  readonly balances: Readonly<Record<string, number>> | null;
};

/** Counts what the report is about by merchant and payout state. */
export async function readTotals(
  client: pg.PoolClient,
  { from, until }: ReportTimes,
): Promise<readonly (ReconciliationTotal & { readonly merchantId: string; readonly state: string })[]> {
  const found = await client.query<ReconciliationTotal & { merchantId: string; state: string }>(TOTALS, [from, until]);
  return found.rows;
}

/** Finds the payouts about which award, number and query do not tell the same, or that wait for a person. */
export async function readPayoutBreaks(
  client: pg.PoolClient,
  { from, until, now }: ReportTimes,
): Promise<readonly ReconciliationBreak[]> {
  const found = await client.query<BreakRow>(BREAKS, [from, until, now]);
  return found.rows.map(({ status, askedAtMs, balances, ...row }) => ({
    ...row,
    query: status === null || askedAtMs === null ? null : { status, atMs: askedAtMs },
    books: placeInBooks(balances, row.amountFen),
  }));
}

/** Names the account that has an award's money, or every account with what it has when it is not one that has it all. */
export function placeInBooks(balances: Readonly<Record<string, number>> | null, amountFen: number): string {
  if (balances === null) return 'budget';
  const held = Object.entries(balances).filter(([account, fen]) => !(account === 'budget' && fen === -amountFen));
  const [only] = held;
  if (only !== undefined && held.length === 1 && only[1] === amountFen && 'budget' in balances) return only[0];
  return Object.entries(balances)
    .map(([account, fen]) => `${account} ${fen}`)
    .join(', ');
}
