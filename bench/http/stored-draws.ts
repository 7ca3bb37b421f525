import pg from 'pg';
import { FOLLOWERS } from './bench-world.ts';
import type { BenchWorld } from './bench-world.ts';

const AT_ONCE = 250_000;
/** A statement keeps one core busy. */
const LOADERS = 2;

// The followers who write during the run; one draw in five won.
const OPENID = `'o' || substr(md5((n % ${FOLLOWERS})::text), 1, 27)`;
const KEY = `'m:' || (20000000000000000 + n) || ':' || ${OPENID}`;
const AWARD = `md5('award' || n)`;
const AT = `to_timestamp($3::float8 - ($4::float8 - n) / 100)`;

const DRAWS = `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
  select 'main', ${KEY}, $1, 1, ${OPENID}, case when n % 5 = 0 then 'won' else 'lost' end, case when n % 5 = 0 then 'one-yuan' end,
    case when n % 5 = 0 then ${AWARD} end, n % 100,
    '<xml><ToUserName><![CDATA[' || ${OPENID} || ']]></ToUserName><FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>1795200000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[没有中奖]]></Content></xml>',
    '{"why":"blank","steps":[["stopped",true,"open","open"],["mechanic",true,"main","lottery"],["ticket",false,83,"blank"]]}', ${AT}
  from generate_series($2::bigint, $5::bigint) as n`;
const AWARDS = `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
  select 'main', ${AWARD}, $1, 'one-yuan', ${OPENID}, ${KEY}, 100, 'received', ${AT}, ${AT}
  from generate_series($2::bigint, $5::bigint) as n where n % 5 = 0`;
const PAYOUTS = `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, class, created_at, updated_at)
  select 'main', 'L' || ${AWARD}, ${AWARD}, $1, 'main', ${OPENID}, 100, 'received', 'live', ${AT}, ${AT}
  from generate_series($2::bigint, $5::bigint) as n where n % 5 = 0`;
const ENTRIES = `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select 'main', $1, 'main', ${AWARD}, 'award', 'reserved', 'budget', 100, ${AT}
  from generate_series($2::bigint, $5::bigint) as n where n % 5 = 0`;
const PEOPLE = `insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, streak_days, check_ins)
  select 'main', $1, ${OPENID}, 5, $3::date, 1, 1, 0, 0 from generate_series(0, ${FOLLOWERS} - 1) as n limit $2`;

/** Stores draws of the past with their awards, payouts, book entries and people, set-wise: some minutes for ten millions. */
export async function storeDraws({ url, client, activity }: BenchWorld, draws: number): Promise<void> {
  const nowSeconds = Date.now() / 1000 - 86_400 * 2;
  let next = 0;
  const loadShare = async (): Promise<void> => {
    const loader = new pg.Client({ connectionString: url });
    await loader.connect();
    try {
      await loader.query(`set statement_timeout = 0; set synchronous_commit = off; set timezone = 'Asia/Shanghai'`);
      while (next < draws) {
        const from = next;
        next += AT_ONCE;
        const part = [activity.id, from, nowSeconds, draws, Math.min(draws, from + AT_ONCE) - 1];
        for (const statement of [DRAWS, AWARDS, PAYOUTS, ENTRIES]) await loader.query(statement, part);
      }
    } finally {
      await loader.end();
    }
  };
  await Promise.all(Array.from({ length: LOADERS }, loadShare));
  await client.query(PEOPLE, [activity.id, draws, new Date(nowSeconds * 1000)]);
  await client.query('vacuum analyze draw, award, payout, book_entry, participant');
  // What loading left to be written is no cost of the draws that are measured after it.
  await client.query('checkpoint');
}
