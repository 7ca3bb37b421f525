import type pg from 'pg';
import type { MerchantId } from '../base/ids.ts';
import type { MerchantBalances, MerchantMoney } from '../flows/ports/merchant-balances.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { FLOW_MS } from './payout-tally.ts';

const PACE_MS = 3_600_000;
const ENTRIES_SHOWN = 10;

const FLOW = (merchant: string): string =>
  `(select coalesce(sum(sent_fen - returned_fen), 0) from merchant_flow where merchant_flow.merchant_id = ${merchant})`;

const ENTER = `insert into merchant_balance (merchant_id, kind, amount_fen, flow_fen, note, entered_by, entered_at)
  select id, $2, $3, ${FLOW('$1')}, $4, $5, $6 from merchant where id = $1`;

/** Said once: further packets that are refused for the same reason say nothing new. */
const EMPTY = `insert into merchant_balance (merchant_id, kind, amount_fen, flow_fen, note, entered_by, entered_at)
  select id, 'empty', 0, ${FLOW('$1')}, '', 'wechat', $2 from merchant where id = $1 and coalesce((select kind from merchant_balance
    where merchant_id = $1 order by id desc limit 1), '') <> 'empty'`;

// What was stated last is where counting begins; before anything was stated, the first top-up.
const ALL = `select merchant.id as "merchantId",
    case when base.id is not null then base.amount_fen + topped.fen - (flow.fen - base.flow_fen) end::float8 as "balanceFen",
    coalesce(latest.kind = 'empty', false) as empty, recent.fen::float8 as "leftFen",
    (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'amountFen', amount_fen, 'note', note, 'enteredByName', operator.name,
        'enteredAtMs', extract(epoch from entered_at) * 1000) order by entry.id desc), '[]')
      from (select * from merchant_balance where merchant_id = merchant.id order by id desc limit ${ENTRIES_SHOWN}) as entry
      left join operator on operator.id = entered_by) as entries
  from merchant
  left join lateral (select id, amount_fen, flow_fen from merchant_balance where merchant_id = merchant.id
    order by kind = 'top-up', case when kind = 'top-up' then id else -id end limit 1) as base on true
  left join lateral (select kind from merchant_balance where merchant_id = merchant.id order by id desc limit 1) as latest on true
  cross join lateral (select coalesce(sum(amount_fen), 0) as fen from merchant_balance where merchant_id = merchant.id
    and kind = 'top-up' and id > base.id) as topped
  cross join lateral (select coalesce(sum(sent_fen - returned_fen), 0) as fen from merchant_flow where merchant_id = merchant.id) as flow
  cross join lateral (select coalesce(sum(sent_fen - returned_fen), 0) as fen from merchant_flow where merchant_id = merchant.id
    and from_at >= $1) as recent
  order by merchant.id`;

/** What finance entered of merchants' money, and what left since by our books. */
export function createMerchantBalances(pool: pg.Pool): MerchantBalances {
  return {
    async all(nowMs) {
      const sinceMs = nowMs - PACE_MS - ((nowMs - PACE_MS) % FLOW_MS);
      const found = await ask(pool.query<Omit<MerchantMoney, 'leftWithinMs'>>(ALL, [new Date(sinceMs)]));
      return found.rows.map((row) => ({ ...row, leftWithinMs: nowMs - sinceMs }));
    },
    async enter(merchant, { kind, amountFen, note, operator, nowMs }) {
      const made = await ask(pool.query(ENTER, [merchant, kind, amountFen, note, operator, new Date(nowMs)]));
      return made.rowCount === 1;
    },
  };
}

/** Notes that WeChat Pay refused for want of money, in the transaction that records its answer. */
export async function noteEmpty(client: pg.ClientBase, merchant: MerchantId, nowMs: number): Promise<void> {
  await client.query(EMPTY, [merchant, new Date(nowMs)]);
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
