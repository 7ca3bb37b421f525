import type pg from 'pg';

/** The beginning of what is loaded: 30 Beijing days from here. */
export const LOADED_FROM = '2026-11-01';
export const LOADED_DAYS = 30;

const AT = `('${LOADED_FROM}'::timestamp + n * interval '${LOADED_DAYS} days' / $2) at time zone 'Asia/Shanghai'`;

const DRAWS = `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
  select 'main', 'm:load:' || n, $1, 1, 'oLoad' || lpad((n % 1000000)::text, 23, '0'),
    case when n % 10 = 0 then 'won' else 'lost' end, case when n % 10 = 0 then 'one-yuan' end, case when n % 10 = 0 then 'a' || n end,
    n % 10, '<xml><Content><![CDATA[没有中奖]]></Content></xml>', '{"why": "blank", "steps": [{"check": "ticket", "passed": false, "seen": 7, "limit": "blank"}]}', ${AT}
  from generate_series($3::bigint, $4::bigint) as n`;

const AWARDS = `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
  select 'main', 'a' || n, $1, 'one-yuan', 'oLoad' || lpad((n % 1000000)::text, 23, '0'), 'm:load:' || n, 100, 'received', ${AT}, ${AT}
  from generate_series($3::bigint, $4::bigint) as n where n % 10 = 0`;

const WINS = 'from generate_series($3::bigint, $4::bigint) as n where n % 10 = 0';

/** 1 in 100 packets waits still, as on a day on which a merchant was stopped. */
const PAYOUTS = `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at,
    first_sent_at, last_sent_at, created_at, updated_at)
  select 'main', 'load' || lpad(n::text, 20, '0'), 'a' || n, $1, 'main', 'oLoad' || lpad((n % 1000000)::text, 23, '0'), 100,
    case when n % 1000 = 0 then 'waiting' else 'received' end, case when n % 1000 = 0 then ${AT} end,
    case when n % 1000 > 0 then ${AT} end, case when n % 1000 > 0 then ${AT} end, ${AT}, ${AT} ${WINS}`;

const ENTRIES = `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
  select 'main', $1, 'main', 'a' || n, kind, debit, credit, 100, ${AT}
  from generate_series($3::bigint, $4::bigint) as n
  cross join (values ('award', 'reserved', 'budget'), ('send', 'in-flight', 'reserved'), ('received', 'delivered', 'in-flight'))
    as step (kind, debit, credit)
  where n % 10 = 0 and (n % 1000 > 0 or kind = 'award')`;

const PEOPLE_MAX = 1_000_000;
const PEOPLE = [
  `insert into web_profile (account_id, openid, nickname, seen_at)
    select 'main', 'oLoad' || lpad(n::text, 23, '0'), '王小' || n, '${LOADED_FROM}' from generate_series(0, $1::bigint - 1) as n on conflict do nothing`,
  `insert into follower (account_id, openid, following, seen_at)
    select 'main', 'oLoad' || lpad(n::text, 23, '0'), true, '${LOADED_FROM}' from generate_series(0, $1::bigint - 1) as n on conflict do nothing`,
  `insert into merchant_flow (merchant_id, from_at, slot, sent_fen)
    select 'main', '${LOADED_FROM}'::timestamptz + ten * interval '10 minutes', slot, 1000
    from generate_series(0, ${LOADED_DAYS} * 144 - 1) as ten, generate_series(0, 3) as slot where $1::bigint > 0 on conflict do nothing`,
];

/** Counts as a month of such draws leaves them: the rows are as many, whatever stands in them. */
const TALLIES = [
  `insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen)
    select 'main', $1, 'hour', '${LOADED_FROM}'::date + d, lpad(h::text, 2, '0'), 1000, 100, 10000
    from generate_series(0, ${LOADED_DAYS - 1}) as d, generate_series(0, 23) as h`,
  `insert into activity_tally (account_id, activity_id, kind, day, name, number)
    select 'main', $1, 'people', '${LOADED_FROM}'::date + d, case when b = d then '' else ('${LOADED_FROM}'::date + b)::text end, 500
    from generate_series(0, ${LOADED_DAYS - 1}) as d, lateral generate_series(0, d) as b`,
  `insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen)
    select 'main', $1, 'way', '${LOADED_FROM}'::date + d, 'words/' || w, 400, 40, 4000
    from generate_series(0, ${LOADED_DAYS - 1}) as d, generate_series(1, 60) as w`,
  `insert into activity_tally (account_id, activity_id, kind, day, name, number)
    select 'main', $1, 'refusal', '${LOADED_FROM}'::date + d, 'why-' || w, 30
    from generate_series(0, ${LOADED_DAYS - 1}) as d, generate_series(1, 12) as w`,
  `insert into activity_tally (account_id, activity_id, kind, day, name, number)
    select 'main', $1, 'ticket', '${LOADED_FROM}'::date + d, '1/main/prize-' || p, 800
    from generate_series(0, ${LOADED_DAYS - 1}) as d, generate_series(1, 30) as p`,
  `insert into payout_tally (account_id, activity_id, day, slot, sent, sent_fen, opened, opened_fen)
    select 'main', $1, '${LOADED_FROM}'::date + d, s, 100, 10000, 80, 8000
    from generate_series(0, ${LOADED_DAYS - 1}) as d, generate_series(0, 3) as s`,
];

const DRAWS_AT_ONCE = 200_000;

/** Loads draws of one activity (1 in 10 wins, a million people) over 30 days, with the packets, entries and counts they leave; without draws the counts alone. */
export async function loadNumbers(client: pg.Client, activity: string, draws: number): Promise<void> {
  await client.query('set statement_timeout = 0; set synchronous_commit = off');
  for (let from = 0; from < draws; from += DRAWS_AT_ONCE) {
    const part = [activity, draws, from, Math.min(draws, from + DRAWS_AT_ONCE) - 1];
    await client.query(DRAWS, part);
    for (const statement of [AWARDS, PAYOUTS, ENTRIES]) await client.query(statement, part);
  }
  for (const statement of TALLIES) await client.query(statement, [activity]);
  if (draws === 0) return;
  for (const statement of PEOPLE) await client.query(statement, [Math.min(draws, PEOPLE_MAX)]);
  await client.query(
    'analyze draw, award, payout, book_entry, activity_tally, payout_tally, merchant_flow, web_profile, follower, activity',
  );
}
