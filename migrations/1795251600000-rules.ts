import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the wider rules keep: facts of people that conditions look at. */
export class Rules1795251600000 implements MigrationInterface {
  readonly name = 'Rules1795251600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [PEOPLE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table follower_refresh, person_list;
      drop index follower_by_refresh;
      alter table follower drop column tag_ids, drop column refreshed_at;
    `);
  }
}

// Tags are told whole and stand with the follower: null while WeChat was not asked. A follow makes them old.
const PEOPLE = `
alter table follower add column tag_ids integer[], add column refreshed_at timestamptz;
create index follower_by_refresh on follower (account_id, refreshed_at nulls first) where following;
create table person_list (
  account_id text not null,
  list text not null,
  openid text not null,
  added_by text not null,
  added_at timestamptz not null,
  constraint person_list_pk primary key (account_id, list, openid),
  constraint person_list_account foreign key (account_id) references account (id)
);
create index person_list_by_person on person_list (account_id, openid);
create table follower_refresh (
  account_id text not null,
  holder text,
  began_at timestamptz not null,
  due_at timestamptz not null,
  finished_at timestamptz,
  reason text,
  constraint follower_refresh_pk primary key (account_id),
  constraint follower_refresh_account foreign key (account_id) references account (id)
);`;
