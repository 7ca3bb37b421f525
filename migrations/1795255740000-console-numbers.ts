import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts that the console's numbers are read from, merchants' money over time, and who exported what. */
export class ConsoleNumbers1795255740000 implements MigrationInterface {
  readonly name = 'ConsoleNumbers1795255740000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TALLIES, MONEY, EXPORTS, SEARCH, COUNTED_BEFORE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index web_profile_by_nickname;
      drop table export_log, merchant_balance, merchant_flow, payout_tally, activity_tally;
    `);
  }
}

// hour: draws by Beijing hour 00 to 23. refusal: by reason. way: by the way in, with its word or scene. ticket: drawn tickets
// by version/mechanic/prize, an empty prize for a blank. people: who drew for the first time that day, by the day they had
// drawn on before, empty for newcomers: whoever drew between two days is counted once, on the first of them.
// payout_tally is by the day the payout was made; its rows and those of merchant_flow are spread over slots, so that
// answers that come at the same moment seldom wait for each other.
const TALLIES = `
create table activity_tally (
  account_id text not null,
  activity_id text not null,
  kind text not null,
  day date not null,
  name text not null,
  number bigint not null,
  wins bigint not null default 0,
  won_fen bigint not null default 0,
  constraint activity_tally_pk primary key (account_id, activity_id, kind, day, name),
  constraint activity_tally_kind_known check (kind in ('hour', 'refusal', 'way', 'ticket', 'people'))
) with (fillfactor = 50);
create table payout_tally (
  account_id text not null,
  activity_id text not null,
  day date not null,
  slot smallint not null,
  sent bigint not null default 0,
  sent_fen bigint not null default 0,
  opened bigint not null default 0,
  opened_fen bigint not null default 0,
  returned bigint not null default 0,
  returned_fen bigint not null default 0,
  constraint payout_tally_pk primary key (account_id, activity_id, day, slot)
) with (fillfactor = 50);`;

// from_at: the beginning of ten minutes. flow_fen: what had left the merchant's balance, less what came back, when the
// entry was made, so that the balance is amount plus later top-ups less what left since.
const MONEY = `
create table merchant_flow (
  merchant_id text not null,
  from_at timestamptz not null,
  slot smallint not null,
  sent_fen bigint not null default 0,
  returned_fen bigint not null default 0,
  constraint merchant_flow_pk primary key (merchant_id, from_at, slot),
  constraint merchant_flow_merchant foreign key (merchant_id) references merchant (id)
) with (fillfactor = 50);
create table merchant_balance (
  merchant_id text not null,
  id bigint generated always as identity,
  kind text not null,
  amount_fen bigint not null,
  flow_fen bigint not null,
  note text not null,
  entered_by text not null,
  entered_at timestamptz not null,
  constraint merchant_balance_pk primary key (merchant_id, id),
  constraint merchant_balance_merchant foreign key (merchant_id) references merchant (id),
  constraint merchant_balance_kind_known check (kind in ('top-up', 'stated', 'empty')),
  constraint merchant_balance_amount_possible check (amount_fen >= 0 and (kind <> 'empty' or amount_fen = 0))
);`;

const EXPORTS = `
create table export_log (
  account_id text not null,
  id text not null,
  subject text not null,
  format text not null,
  activity_id text not null,
  from_day date,
  to_day date,
  asked_by text not null,
  state text not null,
  rows_written bigint not null default 0,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  constraint export_log_pk primary key (account_id, id),
  constraint export_log_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint export_log_subject_known check (subject in ('draws', 'awards', 'payouts', 'people')),
  constraint export_log_format_known check (format in ('csv', 'xlsx')),
  constraint export_log_state_known check (state in ('running', 'finished', 'broken'))
);
create index export_log_by_time on export_log (account_id, activity_id, began_at desc);`;

const SEARCH = 'create index web_profile_by_nickname on web_profile (account_id, nickname text_pattern_ops);';

// Tickets and ways in are counted from now on: no row says the latter.
const COUNTED_BEFORE = `
insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen)
  select draw.account_id, draw.activity_id, 'hour', (draw.created_at at time zone 'Asia/Shanghai')::date,
    to_char(draw.created_at at time zone 'Asia/Shanghai', 'HH24'), count(*), count(*) filter (where outcome = 'won'),
    coalesce(sum(amount_fen), 0)
  from draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
  where outcome <> 'refused' group by 1, 2, 4, 5;
insert into activity_tally (account_id, activity_id, kind, day, name, number)
  select account_id, activity_id, 'refusal', (created_at at time zone 'Asia/Shanghai')::date, coalesce(trace ->> 'why', ''), count(*)
  from draw where outcome = 'refused' group by 1, 2, 4, 5;
insert into activity_tally (account_id, activity_id, kind, day, name, number)
  select account_id, activity_id, 'people', day, coalesce(before::text, ''), count(*)
  from (select *, lag(day) over (partition by account_id, activity_id, openid order by day) as before
    from (select distinct account_id, activity_id, openid, (created_at at time zone 'Asia/Shanghai')::date as day
      from draw where outcome <> 'refused') as each_day) as followed
  group by 1, 2, 4, 5;
insert into payout_tally (account_id, activity_id, day, slot, sent, sent_fen, opened, opened_fen, returned, returned_fen)
  select account_id, activity_id, (created_at at time zone 'Asia/Shanghai')::date, 0, count(*), sum(amount_fen),
    count(*) filter (where state = 'received'), coalesce(sum(amount_fen) filter (where state = 'received'), 0),
    count(*) filter (where state = 'returned'), coalesce(sum(amount_fen) filter (where state = 'returned'), 0)
  from payout where state in ('sent', 'received', 'returned') group by 1, 2, 3;`;
