import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pictures that operators show on activity pages. */
export class Pictures1795255980000 implements MigrationInterface {
  readonly name = 'Pictures1795255980000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table picture');
  }
}

// A picture is known by what it consists of: its name never means another one, and browsers may keep it for a year.
const TABLE = `
create table picture (
  account_id text not null,
  hash text not null,
  kind text not null,
  width integer not null,
  height integer not null,
  content bytea not null,
  created_by text not null,
  created_at timestamptz not null,
  constraint picture_pk primary key (account_id, hash),
  constraint picture_account foreign key (account_id) references account (id),
  constraint picture_kind_known check (kind in ('png', 'jpg', 'webp')),
  constraint picture_hashed check (hash ~ '^[0-9a-f]{64}$'),
  constraint picture_small check (length(content) between 1 and 512000)
);`;
