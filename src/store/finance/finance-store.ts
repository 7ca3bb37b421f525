import type pg from 'pg';
import { addDays, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import type { ExportCell } from '../../flows/ports/exports.ts';
import type { BookedPacket, FinanceStore, MerchantDay } from '../../flows/ports/finance.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const ROWS_AT_ONCE = 2000;

// A month is added up from all entries of the books, once for whoever does the accounts.
const BEGIN = `begin isolation level repeatable read read only;
  set local idle_in_transaction_session_timeout = '10min'; set local statement_timeout = '10min'; set local work_mem = '64MB'`;

/** The book entry is the receipt: of a group's packet the part that was taken. Each is taxed by itself, so each is rounded. */
const PERSON_MONTH = `
  select $3::text as month, payer.id as account, payer.app_id, payout.openid, count(*)::float8 as receipts,
    sum(entry.amount_fen)::float8 as amount, max(entry.amount_fen)::float8 as largest,
    sum(round(entry.amount_fen * 0.20))::float8 as tax, sum(round(entry.amount_fen * 0.25))::float8 as tax_borne
  from book_entry as entry
  join lateral (select coalesce(payee_account_id, account_id) as account_id, openid from payout
    where payout.account_id = entry.account_id and payout.award_id = entry.award_id and state = 'received'
    order by order_number limit 1) as payout on true
  join account as payer on payer.id = payout.account_id
  where entry.debit = 'delivered' and entry.created_at >= $1 and entry.created_at < $2
  group by payer.id, payer.app_id, payout.openid order by payer.id, payout.openid`;

/** Each merchant's part is a range of an index, so what was sent in other months costs nothing. */
export const MERCHANT_DAYS = `
  select merchant.id as "merchantId", day::text, sum(sent)::float8 as sent, sum(sent_fen)::float8 as "sentFen",
    sum(back)::float8 as returned, sum(back_fen)::float8 as "returnedFen"
  from merchant cross join lateral (
    select (last_sent_at at time zone 'Asia/Shanghai')::date as day, count(*) as sent, sum(amount_fen) as sent_fen, 0 as back,
      0 as back_fen from payout
    where merchant_id = merchant.id and state in ('sent', 'received', 'returned') and last_sent_at >= $1 and last_sent_at < $2 group by 1
    union all
    select (created_at at time zone 'Asia/Shanghai')::date, 0, 0, count(*), sum(amount_fen) from book_entry
    where merchant_id = merchant.id and debit = 'returned' and created_at >= $1 and created_at < $2 group by 1
  ) as moved group by merchant.id, day order by day desc, merchant.id`;

const PACKET = `order_number as "orderNumber", rail_number as "railNumber", amount_fen::float8 as "amountFen",
    state in ('sent', 'received', 'returned') as paid, state = 'returned' or exists (select from book_entry as entry
      where entry.account_id = payout.account_id and entry.activity_id = payout.activity_id
        and entry.award_id = payout.award_id and entry.debit = 'returned') as returned,
    (extract(epoch from last_sent_at) * 1000)::float8 as "sentAtMs"`;
const PACKETS_SENT = `select ${PACKET} from payout where merchant_id = $1 and last_sent_at >= $2 and last_sent_at < $3
  order by last_sent_at limit $4`;
const PACKETS_BY_NUMBER = `select ${PACKET} from account join payout on payout.account_id = account.id
  where payout.merchant_id = $1 and order_number = any($2)`;

/** What finance asks of the books, in Postgres. */
export function createFinanceStore(pool: pg.Pool): FinanceStore {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await orTrouble(pool.query<Row>(text, [...values]))).rows;
  return {
    personColumns: [
      { name: 'month', holds: 'text' },
      { name: 'account', holds: 'text' },
      { name: 'app-id', holds: 'text' },
      { name: 'openid', holds: 'text' },
      { name: 'receipts', holds: 'number' },
      { name: 'amount', holds: 'money' },
      { name: 'largest', holds: 'money' },
      { name: 'tax', holds: 'money' },
      { name: 'tax-borne', holds: 'money' },
    ],
    personMonth: (month) => readMonth(pool, month),
    merchantDays: (from, to) =>
      ask<MerchantDay & pg.QueryResultRow>(MERCHANT_DAYS, [
        new Date(startOfBeijingDayMs(from)),
        new Date(startOfBeijingDayMs(addDays(to, 1))),
      ]),
    packetsSent: (merchant, { fromMs, untilMs, most }) =>
      ask<BookedPacket & pg.QueryResultRow>(PACKETS_SENT, [merchant, new Date(fromMs), new Date(untilMs), most]),
    packetsByNumber: (merchant, numbers) =>
      ask<BookedPacket & pg.QueryResultRow>(PACKETS_BY_NUMBER, [merchant, numbers]),
  };
}

async function* readMonth(pool: pg.Pool, month: string): ReturnType<FinanceStore['personMonth']> {
  const from = `${month}-01` as BeijingDay;
  const until = `${addDays(from, 31).slice(0, 7)}-01` as BeijingDay;
  const client = await orTrouble(pool.connect());
  // Whatever ends the reading early leaves a transaction open: such a connection is not given to anybody else.
  let broken = true;
  try {
    await orTrouble(client.query(BEGIN));
    const values = [new Date(startOfBeijingDayMs(from)), new Date(startOfBeijingDayMs(until)), month];
    await orTrouble(client.query(`declare person_months no scroll cursor without hold for ${PERSON_MONTH}`, values));
    for (;;) {
      const text = `fetch ${ROWS_AT_ONCE} from person_months`;
      const found = await orTrouble(client.query<ExportCell[]>({ text, rowMode: 'array' }));
      if (found.rows.length === 0) break;
      yield found.rows;
    }
    await orTrouble(client.query('commit'));
    broken = false;
  } finally {
    client.release(broken);
  }
}

async function orTrouble<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}
