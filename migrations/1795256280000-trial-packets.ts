import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Single packets that operators send to themselves before an activity goes live: booked, and counted as tests. */
export class TrialPackets1795256280000 implements MigrationInterface {
  readonly name = 'TrialPackets1795256280000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TRIALS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trial_packet');
  }
}

// The batch of one line that carries it, and the activity that its award belongs to, which numbers leave out.
const TRIALS = `
create table trial_packet (
  account_id text not null,
  activity_id text not null,
  batch_id text not null,
  asked_at timestamptz not null,
  constraint trial_packet_pk primary key (account_id, activity_id),
  constraint trial_packet_batch_once unique (account_id, batch_id),
  constraint trial_packet_batch foreign key (account_id, batch_id) references issue_batch (account_id, id) on delete cascade
);`;
