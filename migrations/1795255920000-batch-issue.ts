import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Packets that operators send to a file of people: the batch, and each line of its file. */
export class BatchIssue1795255920000 implements MigrationInterface {
  readonly name = 'BatchIssue1795255920000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [BATCHES, LINES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table issue_line, issue_batch');
  }
}

// activity_id: the activity that the awards belong to, made when sending begins. issued_through: the last line that has its
// award; lines are gone through in order. lines is null until the file was read to its end. Whoever prepared or confirmed
// a batch does not approve it.
const BATCHES = `
create table issue_batch (
  account_id text not null,
  id text not null,
  activity_id text not null,
  name text not null,
  note text not null,
  packet jsonb not null,
  default_amount_fen integer,
  lines_per_minute integer not null,
  state text not null,
  file_name text,
  file_hash text,
  lines integer,
  faulty integer not null default 0,
  people integer not null default 0,
  amount_fen bigint not null default 0,
  amount_min_fen integer,
  amount_max_fen integer,
  issued_through integer not null default 0,
  issued integer not null default 0,
  issued_fen bigint not null default 0,
  prepared_by text not null,
  prepared_at timestamptz not null,
  confirmed_by text,
  confirmed_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  finished_at timestamptz,
  due_at timestamptz,
  reason text,
  constraint issue_batch_pk primary key (account_id, id),
  constraint issue_batch_activity_once unique (account_id, activity_id),
  constraint issue_batch_account foreign key (account_id) references account (id),
  constraint issue_batch_state_known check (state in ('empty', 'reading', 'prepared', 'asked', 'running', 'paused', 'finished',
    'cancelled', 'refused')),
  constraint issue_batch_pace_bounded check (lines_per_minute between 1 and 100000),
  constraint issue_batch_never_over_total check (issued >= 0 and issued <= people and issued_fen >= 0 and issued_fen <= amount_fen),
  constraint issue_batch_confirmed_whole check ((confirmed_by is null) = (confirmed_at is null)),
  constraint issue_batch_decided_whole check ((decided_by is null) = (decided_at is null)),
  constraint issue_batch_not_own check (state = 'refused' or decided_by is null or (decided_by <> confirmed_by and decided_by <> prepared_by))
);
create index issue_batch_by_time on issue_batch (account_id, prepared_at desc, id);
create index issue_batch_due on issue_batch (due_at) where state = 'running';`;

// text: what a line that cannot be read says, as far as it helps to find it.
const LINES = `
create table issue_line (
  account_id text not null,
  batch_id text not null,
  line integer not null,
  openid text not null,
  amount_fen integer not null,
  note text not null,
  fault text,
  text text,
  constraint issue_line_pk primary key (account_id, batch_id, line),
  constraint issue_line_batch foreign key (account_id, batch_id) references issue_batch (account_id, id) on delete cascade,
  constraint issue_line_fault_known check (fault in ('openid-missing', 'openid-malformed', 'amount-missing', 'amount-malformed',
    'amount-not-allowed', 'note-too-long', 'line-too-long', 'duplicate', 'erased')),
  constraint issue_line_amount_possible check (amount_fen >= 0 and (amount_fen > 0 or fault is not null))
);
create index issue_line_faulty on issue_line (account_id, batch_id, line) where fault is not null;
create index issue_line_by_person on issue_line (account_id, openid);`;
