import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the wider rules keep: facts of people that conditions look at, and counts that limits are held against. */
export class Rules1795251600000 implements MigrationInterface {
  readonly name = 'Rules1795251600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [PEOPLE, COUNTERS, COUNTED_BEFORE]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table participant drop column wins_that_day, drop column spent_fen, drop column misses,
        drop column last_draw_at, drop column state;
      alter table activity_day drop column won_fen;
      alter table prize_counter drop constraint prize_money_not_negative, drop column spent_fen;
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

// activity_day.spent_fen goes down when money comes back; won_fen is what was won on the day, whatever became of it.
// state is what the mechanics remember of a person, under each one's id.
const COUNTERS = `
alter table prize_counter add column spent_fen bigint not null default 0,
  add constraint prize_money_not_negative check (spent_fen >= 0);
alter table activity_day add column won_fen bigint not null default 0;
alter table participant add column wins_that_day integer not null default 0, add column spent_fen bigint not null default 0,
  add column misses integer not null default 0, add column last_draw_at timestamptz,
  add column state jsonb not null default '{}';`;

// Only rules published from now on look at these, but the counts are whole from the first day on.
const COUNTED_BEFORE = `
update prize_counter as counter set spent_fen = won.fen
  from (select account_id, activity_id, prize_id, sum(amount_fen) as fen from award group by 1, 2, 3) as won
  where won.fen > 0 and won.account_id = counter.account_id and won.activity_id = counter.activity_id
    and won.prize_id = counter.prize_id;
update participant as person set spent_fen = won.fen
  from (select account_id, activity_id, openid, sum(amount_fen) as fen from award group by 1, 2, 3) as won
  where won.fen > 0 and won.account_id = person.account_id and won.activity_id = person.activity_id
    and won.openid = person.openid;
update activity_day as one_day set won_fen = won.fen
  from (select account_id, activity_id, (created_at at time zone 'Asia/Shanghai')::date as day, sum(amount_fen) as fen
    from award group by 1, 2, 3) as won
  where won.fen > 0 and won.account_id = one_day.account_id and won.activity_id = one_day.activity_id and won.day = one_day.day;`;
