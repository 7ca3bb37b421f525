import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where draws of activities came from that count them by address or device. */
export class DrawOrigins1795255380000 implements MigrationInterface {
  readonly name = 'DrawOrigins1795255380000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TABLE, BY_TIME]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table draw_origin');
  }
}

// A keyed hash and a time, with nothing that leads to a person or a draw. Draws of one moment are one row.
const TABLE = `
create table draw_origin (
  account_id text not null,
  activity_id text not null,
  kind text not null,
  origin text not null,
  drawn_at timestamptz not null,
  draws integer not null,
  constraint draw_origin_pk primary key (account_id, activity_id, kind, origin, drawn_at),
  constraint draw_origin_account foreign key (account_id) references account (id),
  constraint draw_origin_kind_known check (kind in ('ip', 'device')),
  constraint draw_origin_hashed check (length(origin) = 43)
);`;

// What is older than any rule looks back is removed by it.
const BY_TIME = 'create index draw_origin_by_time on draw_origin (account_id, drawn_at);';
