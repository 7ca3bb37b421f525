import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import type { DuePayment, PaidOrder, PaymentKey, PaymentLine, PaymentStore } from '../../flows/ports/payments.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { afterParameters, pageOf } from '../read-models/page-of.ts';

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;
const KEY = 'account_id = $1 and merchant_id = $2 and transaction_id = $3';
const OPEN = `state in ('confirming', 'drawing', 'parked')`;
const REFUNDED = `(select coalesce(sum((refund.value ->> 'fen')::bigint), 0)::float8 from jsonb_each(refunds) as refund)`;

// One that was forwarded and is not confirmed yet becomes genuine by WeChat Pay's own notice.
const NOTE_PAID = `
insert into payment as known (account_id, merchant_id, transaction_id, trade_number, openid, amount_fen, paid_at, came_by,
  state, due_at, received_at)
values ($1, $2, $3, $4, $5, $6, $7, 'notice', 'drawing', $8, $8)
on conflict (account_id, merchant_id, transaction_id) do update set trade_number = excluded.trade_number,
  openid = excluded.openid, amount_fen = excluded.amount_fen, paid_at = excluded.paid_at, came_by = 'notice', state = 'drawing',
  reason = null, due_at = excluded.due_at, tries = 0, settled_at = null
where known.amount_fen is null`;

const STANDS = `select trade_number, amount_fen::float8 as fen from payment where ${KEY}`;

const NOTE_FORWARDED = `
insert into payment (account_id, merchant_id, transaction_id, came_by, state, due_at, received_at)
values ($1, $2, $3, 'forwarded', 'confirming', $4, $4)
on conflict (account_id, merchant_id, transaction_id) do nothing`;

// By its number, so that a repeated notice adds nothing.
const NOTE_REFUND = `
update payment set refunds = refunds || jsonb_build_object($3::text, jsonb_build_object('fen', $4::bigint, 'atMs', $5::bigint))
where merchant_id = $1 and transaction_id = $2`;

const DUE_COLUMNS = `account_id as account, merchant_id as merchant, transaction_id as "transactionId", state, openid,
  amount_fen::float8 as "amountFen", ${REFUNDED} as "refundedFen", ${ms('paid_at')} as "paidAtMs",
  ${ms('received_at')} as "receivedAtMs", draws`;

const TAKE_DUE = `
with due as materialized (
  select account_id, merchant_id, transaction_id from payment where due_at <= $1
  order by due_at limit $3 for update skip locked
)
update payment set due_at = $2, tries = tries + 1 where (account_id, merchant_id, transaction_id) in (select * from due)
returning ${DUE_COLUMNS}, tries`;

const CONFIRMED = `
update payment set trade_number = $4, openid = $5, amount_fen = $6, paid_at = $7, state = 'drawing', reason = null, tries = 0,
  due_at = $8 where ${KEY} and state = 'confirming'`;

const PUT_BACK = `
update payment set state = $4, reason = $5, draws = $6, due_at = $7, tries = case when $8 then 0 else tries end,
  settled_at = case when $7::timestamptz is null then $9::timestamptz end
where ${KEY} and ${OPEN}`;

const RETRY = `
update payment set state = case when amount_fen is null then 'confirming' else 'drawing' end, reason = null, due_at = $4,
  tries = 0, settled_at = null where ${KEY} and state = 'failed'`;

/** A link that somebody confirmed counts before what WeChat says; $1 and $2 the payer, $3 the other account. */
const PERSON_UNDER = `
select openid from (
  select openid, 0 as rank, linked_at as at from payee_link
    where account_id = $3 and payee_account_id = $1 and payee_openid = $2
  union all
  select payee_openid, 0, linked_at from payee_link
    where account_id = $1 and openid = $2 and payee_account_id = $3
  union all
  select other.openid, 1, other.seen_at from follower as mine
    join follower as other on other.account_id = $3 and other.union_id = mine.union_id
    where mine.account_id = $1 and mine.openid = $2 and mine.union_id is not null
) as known order by rank, at desc, openid limit 1`;

const LIST = `
select ${DUE_COLUMNS}, reason, came_by as "cameBy", trade_number as "tradeNumber", ${ms('settled_at')} as "settledAtMs"
from payment
where (received_at, transaction_id) < ($1::timestamptz, $2) and ($3::text is null or state = $3) and (not $4 or refunds <> '{}')
order by received_at desc, transaction_id desc limit $5`;

/** Payments in Postgres: one row a transaction, and the key decides who was first. */
export function createPaymentStore(pool: pg.Pool): PaymentStore {
  const run = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    try {
      return await pool.query<Row>(text, [...values]);
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  const did = async (text: string, values: readonly unknown[]): Promise<boolean> =>
    ((await run(text, values)).rowCount ?? 0) > 0;
  return {
    async notePaid(key, order, nowMs) {
      if (await did(NOTE_PAID, [...keyOf(key), ...factsOf(order), new Date(nowMs)])) return true;
      const { rows } = await run<{ trade_number: string; fen: number }>(STANDS, keyOf(key));
      const same = rows[0]?.trade_number === order.tradeNumber && rows[0].fen === order.amountFen;
      if (same) return false;
      const message = 'this transaction is known with another amount or order number';
      throw new WrongRequest('payment-contradicts', message, { status: 409 });
    },
    noteForwarded: (key, nowMs) => did(NOTE_FORWARDED, [...keyOf(key), new Date(nowMs)]),
    noteRefund: (merchant, { transactionId, refundId, amountFen, atMs }) =>
      did(NOTE_REFUND, [merchant, transactionId, refundId, amountFen, Math.floor(atMs)]),
    async takeDue({ nowMs, leaseMs, most }) {
      return (await run<DuePayment>(TAKE_DUE, [new Date(nowMs), new Date(nowMs + leaseMs), most])).rows;
    },
    async confirmed(key, order, nowMs) {
      await run(CONFIRMED, [...keyOf(key), ...factsOf(order), new Date(nowMs)]);
    },
    async putBack(key, { state, reason, draws, dueAtMs, cameOn }, nowMs) {
      const due = dueAtMs === null ? null : new Date(dueAtMs);
      await run(PUT_BACK, [...keyOf(key), state, reason, JSON.stringify(draws), due, cameOn, new Date(nowMs)]);
    },
    personUnder: ({ account, openid }: PersonKey, other: AccountId) =>
      run<{ openid: Openid }>(PERSON_UNDER, [account, openid, other]).then(({ rows }) => rows[0]?.openid),
    retry: (key, nowMs) => did(RETRY, [...keyOf(key), new Date(nowMs)]),
    async forget(beforeMs) {
      await run('delete from payment where settled_at < $1', [new Date(beforeMs)]);
    },
    async list({ state, refunded }, page) {
      const [atMs, number] = afterParameters(page.after);
      const { rows } = await run<PaymentLine>(LIST, [atMs, number, state, refunded, page.limit + 1]);
      const cursor = ({ receivedAtMs, transactionId }: PaymentLine) => ({ atMs: receivedAtMs, key: transactionId });
      return pageOf(rows, page, { line: (row) => row, cursor });
    },
  };
}

function keyOf({ account, merchant, transactionId }: PaymentKey): readonly unknown[] {
  return [account, merchant, transactionId];
}

function factsOf({ tradeNumber, openid, amountFen, paidAtMs }: PaidOrder): readonly unknown[] {
  return [tradeNumber, openid, amountFen, new Date(paidAtMs)];
}
