import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lists of the console that come page by page are read in their order, however long they grow. */
export class PageOrder1795256400000 implements MigrationInterface {
  readonly name = 'PageOrder1795256400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEXES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index activity_by_change, reissue_by_time, reissue_waiting, trial_packet_by_time');
  }
}

const INDEXES = `
create index activity_by_change on activity (updated_at, id);
create index reissue_by_time on reissue (requested_at, id);
create index reissue_waiting on reissue (requested_at, id) where state = 'requested';
create index trial_packet_by_time on trial_packet (account_id, asked_at, batch_id);`;
