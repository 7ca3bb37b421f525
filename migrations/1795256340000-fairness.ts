import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Draws that anybody can recompute: the seed an activity's luck comes from, with what was published of it, and the place of
 * each draw among those of its activity. Activities published before have neither.
 */
export class Fairness1795256340000 implements MigrationInterface {
  readonly name = 'Fairness1795256340000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table fairness (
        account_id text not null,
        activity_id text not null,
        commitment text not null,
        sealed_seed text not null,
        created_at timestamptz not null,
        revealed_at timestamptz,
        constraint fairness_pk primary key (account_id, activity_id),
        constraint fairness_activity foreign key (account_id, activity_id) references activity (account_id, id),
        constraint fairness_commitment_hashed check (commitment ~ '^[0-9a-f]{64}$')
      );
      alter table draw add column place integer;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table draw drop column place; drop table fairness;');
  }
}
