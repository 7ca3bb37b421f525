import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The days on which people checked in, each once. */
export class CheckIns1795255560000 implements MigrationInterface {
  readonly name = 'CheckIns1795255560000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TABLE, LAST_STREAKS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table check_in');
  }
}

// participant.state remembers the same days as bits, for deciding; verify-books compares the two.
const TABLE = `
create table check_in (
  account_id text not null,
  activity_id text not null,
  openid text not null,
  day date not null,
  made_up boolean not null,
  created_at timestamptz not null,
  constraint check_in_pk primary key (account_id, activity_id, openid, day)
);`;

// Until now only the last streak was remembered, which is what decisions go on from where the state has no days.
const LAST_STREAKS = `
insert into check_in (account_id, activity_id, openid, day, made_up, created_at)
select account_id, activity_id, openid, check_in_day - back, false, (check_in_day - back)::timestamp at time zone 'Asia/Shanghai'
from participant cross join lateral generate_series(0, streak_days - 1) as back
where check_in_day is not null and streak_days > 0;`;
