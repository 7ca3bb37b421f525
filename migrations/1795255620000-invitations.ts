import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was invited by whom and what it earned, and lists of people that operators let draw. */
export class Invitations1795255620000 implements MigrationInterface {
  readonly name = 'Invitations1795255620000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [INVITATIONS, BATCHES]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table draw_batch_line, draw_batch, invitation, invitation_code');
  }
}

// Nobody is invited twice into one activity: the primary key says so. The id stands in the request key of the inviter's
// draw, so that one person's draw never names another.
const INVITATIONS = `
create table invitation_code (
  account_id text not null,
  activity_id text not null,
  openid text not null,
  code text not null,
  created_at timestamptz not null,
  constraint invitation_code_pk primary key (account_id, activity_id, openid),
  constraint invitation_code_once unique (account_id, activity_id, code),
  constraint invitation_code_activity foreign key (account_id, activity_id) references activity (account_id, id)
);
create index invitation_code_by_person on invitation_code (account_id, openid);
create table invitation (
  account_id text not null,
  activity_id text not null,
  invitee_openid text not null,
  inviter_openid text not null,
  id text not null,
  counts text not null,
  state text not null,
  opened_at timestamptz not null,
  accepted_at timestamptz,
  due_at timestamptz,
  tries integer not null default 0,
  reason text,
  constraint invitation_pk primary key (account_id, activity_id, invitee_openid),
  constraint invitation_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint invitation_of_another check (inviter_openid <> invitee_openid),
  constraint invitation_counts_known check (counts in ('opened', 'first-draw', 'first-follow')),
  constraint invitation_state_known check (state in ('opened', 'unproven', 'met', 'accepted', 'drawn', 'over', 'void'))
);
create index invitation_due on invitation (due_at) where state in ('met', 'accepted');
create index invitation_by_inviter on invitation (account_id, activity_id, inviter_openid);
create index invitation_by_invitee on invitation (account_id, invitee_openid);
create index invitation_by_sender on invitation (account_id, inviter_openid);`;

// A line without a fault draws once; its outcome is copied from the draw. Lines of no openid keep none.
const BATCHES = `
create table draw_batch (
  account_id text not null,
  id text not null,
  activity_id text not null,
  note text not null,
  state text not null,
  lines integer not null,
  prepared_by text not null,
  prepared_at timestamptz not null,
  confirmed_by text,
  confirmed_at timestamptz,
  finished_at timestamptz,
  due_at timestamptz,
  reason text,
  constraint draw_batch_pk primary key (account_id, id),
  constraint draw_batch_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint draw_batch_state_known check (state in ('prepared', 'running', 'paused', 'finished', 'cancelled'))
);
create index draw_batch_by_activity on draw_batch (account_id, activity_id, prepared_at desc);
create index draw_batch_due on draw_batch (due_at) where state = 'running';
create table draw_batch_line (
  account_id text not null,
  batch_id text not null,
  line integer not null,
  openid text not null,
  fault text,
  outcome text,
  constraint draw_batch_line_pk primary key (account_id, batch_id, line),
  constraint draw_batch_line_batch foreign key (account_id, batch_id) references draw_batch (account_id, id) on delete cascade,
  constraint draw_batch_line_fault_known check (fault in ('malformed', 'duplicate', 'unknown', 'erased', 'failed')),
  constraint draw_batch_line_outcome_known check (outcome in ('won', 'lost', 'refused'))
);
create index draw_batch_line_open on draw_batch_line (account_id, batch_id, line) where fault is null and outcome is null;
create index draw_batch_line_by_person on draw_batch_line (account_id, openid);`;
