import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The forecast that an activity's real curve is held against, one for each activity. */
export class Archive1795256220000 implements MigrationInterface {
  readonly name = 'Archive1795256220000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FORECASTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table activity_forecast');
  }
}

const FORECASTS = `
create table activity_forecast (
  account_id text not null,
  activity_id text not null,
  made_at timestamptz not null,
  made_by text not null,
  expected jsonb not null,
  forecast jsonb not null,
  constraint activity_forecast_pk primary key (account_id, activity_id),
  constraint activity_forecast_activity foreign key (account_id, activity_id) references activity (account_id, id)
);`;
