import type pg from 'pg';
import type { AccountId, OrderNumber } from '../../base/ids.ts';
import type { PayoutHistory } from '../../flows/ports/payment-reads.ts';
import type { PayoutKey } from '../../flows/ports/payouts.ts';
import { OPEN_PAYOUT_COLUMNS, OPEN_PAYOUT_JOINS } from './open-payouts.ts';

type Row = PayoutHistory['payout'] &
  Pick<PayoutHistory, 'entries' | 'numbers'> & { readonly calls: PayoutHistory['attempts'] };

/** Reads one order number with its calls, the award's book entries and its other numbers, all of one moment. */
export async function readPayoutHistory(pool: pg.Pool, key: PayoutKey): Promise<PayoutHistory | null> {
  const found = await pool.query<Row>(
    `select ${OPEN_PAYOUT_COLUMNS}, payout.class, payout.rail_number as "railNumber", payout.request,
        (extract(epoch from payout.last_sent_at) * 1000)::float8 as "lastSentAtMs",
        (extract(epoch from payout.retry_at) * 1000)::float8 as "retryAtMs",
        (extract(epoch from payout.cancel_at) * 1000)::float8 as "cancelAtMs",
        (select coalesce(jsonb_agg(jsonb_build_object('number', attempt, 'kind', kind,
            'startedAtMs', extract(epoch from started_at) * 1000, 'answeredAtMs', extract(epoch from answered_at) * 1000,
            'outcome', outcome, 'raw', raw_answer) order by attempt), '[]')
          from payout_attempt where payout_attempt.account_id = $1 and payout_attempt.order_number = $2) as calls,
        (select coalesce(jsonb_agg(jsonb_build_object('entryId', id, 'atMs', extract(epoch from created_at) * 1000,
            'kind', kind, 'debit', debit, 'credit', credit, 'amountFen', amount_fen, 'awardId', award_id) order by id), '[]')
          from book_entry where book_entry.account_id = $1 and book_entry.award_id = payout.award_id) as entries,
        (select coalesce(jsonb_agg(jsonb_build_object('orderNumber', other.order_number, 'series', other.series,
            'state', other.state, 'createdAtMs', extract(epoch from other.created_at) * 1000) order by other.series), '[]')
          from payout as other where other.account_id = $1 and other.award_id = payout.award_id) as numbers
      from payout ${OPEN_PAYOUT_JOINS}
      where payout.account_id = $1 and payout.order_number = $2`,
    [key.accountId, key.orderNumber],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { calls, entries, numbers, ...payout } = row;
  return { payout, attempts: calls, entries, numbers };
}

/** Finds the account of an order number by asking every account's key: there are few accounts and millions of numbers. */
export async function findPayoutAccount(pool: pg.Pool, orderNumber: OrderNumber): Promise<AccountId | null> {
  const found = await pool.query<{ account_id: AccountId }>(
    `select payout.account_id from account cross join lateral
        (select account_id from payout where payout.account_id = account.id and order_number = $1) as payout
      order by 1 limit 1`,
    [orderNumber],
  );
  return found.rows[0]?.account_id ?? null;
}
