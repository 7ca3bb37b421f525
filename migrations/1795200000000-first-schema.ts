import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first schema. Hot tables carry the account in every primary and unique key, so that accounts can be spread. */
export class FirstSchema1795200000000 implements MigrationInterface {
  readonly name = 'FirstSchema1795200000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [SETTINGS, ACTIVITIES, DRAWS, PAYOUTS, BOOKS, PEOPLE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table oauth_login, login_link, operator_session, operator, book_entry, payout_attempt, payout, award, draw,
        participant, activity_day, prize_counter, activity_counter, rule_version, activity, account, merchant, installation;
      drop function refuse_change();
    `);
  }
}

const SETTINGS = `
create table installation (
  id smallint not null default 1,
  order_prefix text not null,
  secrets_check text not null,
  created_at timestamptz not null,
  constraint installation_pk primary key (id),
  constraint installation_is_one_row check (id = 1)
);
create table merchant (
  id text not null,
  mch_id text not null,
  api_key_sealed text not null,
  certificate_pem text not null,
  private_key_sealed text not null,
  send_name text not null,
  client_ip text not null,
  state text not null default 'open',
  stopped_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint merchant_pk primary key (id),
  constraint merchant_mch_id_once unique (mch_id),
  constraint merchant_state_known check (state in ('open', 'stopped'))
);
create table account (
  id text not null,
  app_id text not null,
  app_secret_sealed text not null,
  token_sealed text not null,
  aes_key_sealed text not null,
  previous_aes_key_sealed text,
  message_mode text not null,
  merchant_id text,
  fallback_text text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint account_pk primary key (id),
  constraint account_app_id_once unique (app_id),
  constraint account_merchant foreign key (merchant_id) references merchant (id),
  constraint account_mode_known check (message_mode in ('plain', 'compatible', 'safe'))
);`;

const ACTIVITIES = `
create table activity (
  account_id text not null,
  id text not null,
  slug text not null,
  name text not null,
  state text not null,
  draft jsonb not null,
  published_version integer,
  revision integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  published_at timestamptz,
  constraint activity_pk primary key (account_id, id),
  constraint activity_slug_once unique (slug),
  constraint activity_account foreign key (account_id) references account (id),
  constraint activity_state_known check (state in ('draft', 'published', 'stopped'))
);
create index activity_live on activity (account_id, published_at desc, id) where state = 'published';
create table rule_version (
  account_id text not null,
  activity_id text not null,
  version integer not null,
  rule jsonb not null,
  published_by text not null,
  created_at timestamptz not null,
  constraint rule_version_pk primary key (account_id, activity_id, version),
  constraint rule_version_activity foreign key (account_id, activity_id) references activity (account_id, id)
);
create table activity_counter (
  account_id text not null,
  activity_id text not null,
  open boolean not null,
  budget_fen bigint not null,
  spent_fen bigint not null default 0,
  draws bigint not null default 0,
  wins bigint not null default 0,
  constraint activity_counter_pk primary key (account_id, activity_id),
  constraint activity_never_over_budget check (spent_fen >= 0 and spent_fen <= budget_fen)
) with (fillfactor = 50);
create table prize_counter (
  account_id text not null,
  activity_id text not null,
  prize_id text not null,
  stock integer not null,
  drawn integer not null default 0,
  constraint prize_counter_pk primary key (account_id, activity_id, prize_id),
  constraint prize_never_over_stock check (drawn >= 0 and drawn <= stock)
) with (fillfactor = 50);
create table activity_day (
  account_id text not null,
  activity_id text not null,
  day date not null,
  draws bigint not null default 0,
  wins bigint not null default 0,
  spent_fen bigint not null default 0,
  constraint activity_day_pk primary key (account_id, activity_id, day)
) with (fillfactor = 50);
create table participant (
  account_id text not null,
  activity_id text not null,
  openid text not null,
  draws integer not null,
  day date,
  draws_that_day integer not null,
  wins integer not null,
  check_in_day date,
  streak_days integer not null,
  check_ins integer not null,
  constraint participant_pk primary key (account_id, activity_id, openid)
) with (fillfactor = 80);`;

const DRAWS = `
create table draw (
  account_id text not null,
  request_key text not null,
  activity_id text not null,
  rule_version integer not null,
  openid text not null,
  outcome text not null,
  prize_id text,
  award_id text,
  ticket bigint,
  reply text not null,
  trace jsonb not null,
  created_at timestamptz not null,
  constraint draw_pk primary key (account_id, request_key),
  constraint draw_outcome_known check (outcome in ('won', 'lost', 'refused')),
  constraint draw_award_iff_won check ((outcome = 'won') = (prize_id is not null))
);
create index draw_by_activity on draw (account_id, activity_id, created_at desc);
create index draw_by_person on draw (account_id, openid, created_at desc);
create table award (
  account_id text not null,
  id text not null,
  activity_id text not null,
  prize_id text not null,
  openid text not null,
  request_key text not null,
  amount_fen bigint not null,
  state text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint award_pk primary key (account_id, id),
  constraint award_once_per_request unique (account_id, request_key),
  constraint award_state_known check (state in ('reserved', 'sending', 'sent', 'received', 'returned', 'parked', 'given')),
  constraint award_amount_not_negative check (amount_fen >= 0)
);
create index award_by_activity on award (account_id, activity_id, created_at desc);
create index award_by_person on award (account_id, openid, created_at desc);`;

// No foreign key from payout to award: its check keeps a plan per session, and one made while award was empty read every
// award of the account for each new payout until the next analyze (20 s for 20,000 payouts). Both rows are written in one
// transaction, and verify-books compares them.
const PAYOUTS = `
create table payout (
  account_id text not null,
  order_number text not null,
  award_id text not null,
  activity_id text not null,
  merchant_id text not null,
  openid text not null,
  amount_fen bigint not null,
  state text not null,
  due_at timestamptz,
  lease_token text,
  lease_until timestamptz,
  request jsonb,
  request_hash text,
  first_sent_at timestamptz,
  last_sent_at timestamptz,
  rail_number text,
  reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint payout_pk primary key (account_id, order_number),
  constraint payout_amount_positive check (amount_fen > 0),
  constraint payout_state_known check (state in ('waiting', 'unknown', 'sent', 'received', 'returned', 'dead', 'parked')),
  constraint payout_lease_whole check ((lease_token is null) = (lease_until is null))
) with (fillfactor = 70);
create unique index payout_one_living_per_award on payout (account_id, award_id) where state <> 'dead';
create index payout_due on payout (merchant_id, due_at) where due_at is not null;
create table payout_attempt (
  account_id text not null,
  order_number text not null,
  attempt integer not null,
  kind text not null,
  lease_token text not null,
  started_at timestamptz not null,
  answered_at timestamptz,
  outcome jsonb,
  raw_answer text,
  constraint payout_attempt_pk primary key (account_id, order_number, attempt),
  constraint payout_attempt_payout foreign key (account_id, order_number) references payout (account_id, order_number),
  constraint payout_attempt_kind_known check (kind in ('send', 'query'))
);`;

const BOOKS = `
create table book_entry (
  account_id text not null,
  id bigint generated always as identity,
  activity_id text not null,
  merchant_id text,
  award_id text,
  kind text not null,
  debit text not null,
  credit text not null,
  amount_fen bigint not null,
  created_at timestamptz not null,
  constraint book_entry_pk primary key (account_id, id),
  constraint book_entry_positive check (amount_fen > 0),
  constraint book_entry_two_sides check (debit <> credit),
  constraint book_entry_debit_known check (debit in ('funding', 'budget', 'reserved', 'in-flight', 'delivered', 'returned')),
  constraint book_entry_credit_known check (credit in ('funding', 'budget', 'reserved', 'in-flight', 'delivered', 'returned'))
);
create index book_entry_by_activity on book_entry (account_id, activity_id, id);
create index book_entry_by_award on book_entry (account_id, award_id) where award_id is not null;
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'book entries are append-only: write a correcting entry instead';
end $$;
create trigger book_entry_append_only before update or delete on book_entry for each row execute function refuse_change();
create trigger book_entry_no_truncate before truncate on book_entry for each statement execute function refuse_change();`;

const PEOPLE = `
create table operator (
  id text not null,
  name text not null,
  role text not null default 'owner',
  created_at timestamptz not null,
  constraint operator_pk primary key (id),
  constraint operator_name_once unique (name),
  constraint operator_role_known check (role in ('owner', 'operator', 'finance', 'support', 'viewer'))
);
create table login_link (
  token_hash text not null,
  operator_id text not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint login_link_pk primary key (token_hash),
  constraint login_link_operator foreign key (operator_id) references operator (id)
);
create table operator_session (
  token_hash text not null,
  operator_id text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint operator_session_pk primary key (token_hash),
  constraint operator_session_operator foreign key (operator_id) references operator (id)
);
create table oauth_login (
  account_id text not null,
  code_hash text not null,
  state_hash text not null,
  openid text,
  snapshot boolean,
  refusal text,
  created_at timestamptz not null,
  constraint oauth_login_pk primary key (account_id, code_hash),
  constraint oauth_login_state_once unique (account_id, state_hash),
  constraint oauth_login_settled_whole check ((openid is null) = (snapshot is null) and (openid is null or refusal is null))
);
create index oauth_login_by_age on oauth_login (created_at);`;
