import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One-time codes: pools of them, the codes, and which were used. */
export class Codes1795255500000 implements MigrationInterface {
  readonly name = 'Codes1795255500000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [POOLS, CODES, USES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table code_use, code, code_pool; drop function refuse_code_change();');
  }
}

// wanted: how many are to be generated; 0 for an imported pool, which is whole once it is ready. used goes up with the
// uses, in the same transaction. looked_at: when somebody last worked on a pool that is not ready.
const POOLS = `
create table code_pool (
  account_id text not null,
  id text not null,
  name text not null,
  purpose text not null,
  origin text not null,
  state text not null,
  prefix text not null,
  length_min integer not null,
  length_max integer not null,
  wanted integer not null,
  size integer not null default 0,
  used integer not null default 0,
  activity_id text,
  made_by text not null,
  made_at timestamptz not null,
  looked_at timestamptz not null,
  constraint code_pool_pk primary key (account_id, id),
  constraint code_pool_account foreign key (account_id) references account (id),
  constraint code_pool_purpose_known check (purpose in ('entry', 'voucher')),
  constraint code_pool_origin_known check (origin in ('generated', 'imported')),
  constraint code_pool_state_known check (state in ('making', 'ready', 'dropped')),
  constraint code_pool_size_possible check (size between 0 and 1000000 and wanted between 0 and 1000000),
  constraint code_pool_used_possible check (used between 0 and size)
);
create index code_pool_unfinished on code_pool (looked_at) where state <> 'ready';`;

// A voucher is handed out by its place; an entry code is looked up as it compares. No foreign key: a million checks would
// take as long as the rows themselves.
const CODES = `
create table code (
  account_id text not null,
  pool_id text not null,
  code text not null,
  place integer not null,
  constraint code_pk primary key (account_id, pool_id, code),
  constraint code_place_once unique (account_id, pool_id, place)
);
create function refuse_code_change() returns trigger language plpgsql as $$
begin
  raise exception 'codes never change: make another pool';
end $$;
create trigger code_immutable before update on code for each row execute function refuse_code_change();`;

// The primary key is what keeps a code from being used twice.
const USES = `
create table code_use (
  account_id text not null,
  pool_id text not null,
  code text not null,
  activity_id text not null,
  openid text not null,
  request_key text not null,
  award_id text,
  used_at timestamptz not null,
  constraint code_use_pk primary key (account_id, pool_id, code)
);
create index code_use_by_person on code_use (account_id, openid);
create index code_use_by_award on code_use (account_id, award_id) where award_id is not null;`;
