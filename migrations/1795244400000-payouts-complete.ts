import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What complete payouts need: merchant settings, pace and daily counters, alarms, re-issues, reconciliation. */
export class PayoutsComplete1795244400000 implements MigrationInterface {
  readonly name = 'PayoutsComplete1795244400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [SETTINGS, PACE, PAYOUTS, ALARMS, REISSUES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table reconciliation, reissue_item, reissue, alarm, payout_person_day, merchant_pace;
      drop index payout_due_by_call, payout_once_per_series, payout_open, payout_unpaid, payout_one_living_per_award;
      create unique index payout_one_living_per_award on payout (account_id, award_id) where state <> 'dead';
      create index payout_due on payout (merchant_id, due_at) where due_at is not null;
      alter table payout drop column class, drop column next_call, drop column counted_on, drop column series,
        drop column ask_from, drop column retry_at;
      alter table installation drop column sending_stopped_at, drop column sending_stopped_reason;
      alter table merchant drop column amount_min_fen, drop column amount_max_fen, drop column scenes,
        drop column person_day_packets, drop column person_day_fen, drop column day_fen, drop column spacing_us,
        drop column calls_max, drop column sub_mch_id, drop column msg_app_id, drop column consume_mch_id,
        drop column risk_info, drop column certificate_not_after, drop column stopped_at;
    `);
  }
}

// The defaults are the merchant platform's own (https://pay.weixin.qq.com/doc/v2/merchant/4011974053); 34.5 ms between
// two sends keep 29 a second, under the 30 it allows.
const SETTINGS = `
alter table merchant
  add column amount_min_fen integer not null default 100,
  add column amount_max_fen integer not null default 20000,
  add column scenes text[] not null default '{}',
  add column person_day_packets integer not null default 10,
  add column person_day_fen bigint not null default 100000,
  add column day_fen bigint not null default 100000000,
  add column spacing_us integer not null default 34500,
  add column calls_max integer not null default 16,
  add column sub_mch_id text,
  add column msg_app_id text,
  add column consume_mch_id text,
  add column risk_info boolean not null default false,
  add column certificate_not_after timestamptz,
  add column stopped_at timestamptz,
  add constraint merchant_amounts_in_order check (amount_min_fen >= 1 and amount_max_fen >= amount_min_fen and amount_max_fen <= 499900),
  add constraint merchant_caps_positive check (person_day_packets >= 1 and person_day_fen >= 1 and day_fen >= 1),
  add constraint merchant_pace_bounded check (spacing_us between 0 and 60000000 and calls_max between 1 and 1000);
alter table installation
  add column sending_stopped_at timestamptz,
  add column sending_stopped_reason text,
  add constraint installation_stop_whole check ((sending_stopped_at is null) = (sending_stopped_reason is null));`;

// One row per merchant, apart from its settings because it changes with every claim.
const PACE = `
create table merchant_pace (
  merchant_id text not null,
  next_send_at timestamptz not null,
  next_query_at timestamptz not null,
  handed_out bigint not null default 0,
  slow_until timestamptz,
  warm_until timestamptz,
  sends_from timestamptz,
  day date,
  day_fen bigint not null default 0,
  no_auth jsonb not null default '[]',
  constraint merchant_pace_pk primary key (merchant_id),
  constraint merchant_pace_merchant foreign key (merchant_id) references merchant (id)
) with (fillfactor = 50);
create table payout_person_day (
  account_id text not null,
  merchant_id text not null,
  openid text not null,
  day date not null,
  packets integer not null,
  amount_fen bigint not null,
  full_by_answer boolean not null default false,
  constraint payout_person_day_pk primary key (account_id, merchant_id, openid, day)
) with (fillfactor = 70);
create index payout_person_day_by_age on payout_person_day (day);`;

// A returned packet's money is back and its number never pays again, so that its award may get another number where the
// activity allows it.
const PAYOUTS = `
alter table payout
  add column class text not null default 'live',
  add column next_call text not null default 'send',
  add column counted_on date,
  add column series smallint not null default 0,
  add column ask_from timestamptz,
  add column retry_at timestamptz,
  add constraint payout_class_known check (class in ('live', 'batch')),
  add constraint payout_next_call_known check (next_call in ('send', 'query')),
  add constraint payout_series_fits check (series between 0 and 61);
update payout set next_call = 'query' where state = 'sent';
drop index payout_due;
create index payout_due_by_call on payout (merchant_id, next_call, class, due_at) where due_at is not null;
create unique index payout_once_per_series on payout (account_id, award_id, series);
create index payout_open on payout (merchant_id, state, created_at, order_number)
  where state in ('waiting', 'unknown', 'parked', 'dead');
create index payout_unpaid on payout (merchant_id, updated_at) where state in ('dead', 'returned');
drop index payout_one_living_per_award;
create unique index payout_one_living_per_award on payout (account_id, award_id) where state not in ('dead', 'returned');`;

const ALARMS = `
create table alarm (
  id bigint generated always as identity,
  kind text not null,
  subject text not null,
  message text not null,
  raised_at timestamptz not null,
  cleared_at timestamptz,
  told_at timestamptz,
  tries integer not null default 0,
  next_try_at timestamptz,
  constraint alarm_pk primary key (id)
);
create unique index alarm_open_once on alarm (kind, subject) where cleared_at is null;
create index alarm_untold on alarm (next_try_at) where told_at is null and next_try_at is not null;`;

const REISSUES = `
create table reissue (
  id text not null,
  merchant_id text not null,
  why text not null,
  selection jsonb not null,
  state text not null,
  payouts integer not null,
  amount_fen bigint not null,
  requested_by text not null,
  requested_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  constraint reissue_pk primary key (id),
  constraint reissue_merchant foreign key (merchant_id) references merchant (id),
  constraint reissue_state_known check (state in ('requested', 'approved', 'refused', 'withdrawn')),
  constraint reissue_decided_whole check ((decided_by is null) = (state = 'requested')),
  constraint reissue_by_two_people check (state <> 'approved' or decided_by <> requested_by)
);
create table reissue_item (
  account_id text not null,
  reissue_id text not null,
  order_number text not null,
  award_id text not null,
  amount_fen bigint not null,
  proof_attempt integer not null,
  new_order_number text,
  outcome text,
  constraint reissue_item_pk primary key (account_id, reissue_id, order_number),
  constraint reissue_item_reissue foreign key (reissue_id) references reissue (id)
);
create unique index reissue_item_open_once on reissue_item (account_id, award_id) where outcome is null;
create table reconciliation (
  day date not null,
  made_at timestamptz not null,
  totals jsonb not null,
  breaks jsonb not null,
  constraint reconciliation_pk primary key (day)
);`;
