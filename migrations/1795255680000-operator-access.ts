import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How operators get in, who changed what, and what waits for a second person. */
export class OperatorAccess1795255680000 implements MigrationInterface {
  readonly name = 'OperatorAccess1795255680000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [ACCESS, AUDIT, APPROVALS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table approval, approval_limit, audit_entry, audit_head, audit_pending, login_attempt, operator_recovery_code;
      drop function refuse_audit_change;
      alter table operator_session drop column id, drop column last_seen_at, drop column address, drop column browser;
      alter table login_link drop column purpose, drop column totp_sealed;
      alter table operator drop column disabled_at, drop column password_hash, drop column totp_sealed, drop column totp_last_step`);
  }
}

// Sessions of before carry no address and no browser: their owners log in once more.
const ACCESS = `
delete from operator_session;
alter table operator
  add column disabled_at timestamptz,
  add column password_hash text,
  add column totp_sealed text,
  add column totp_last_step bigint,
  add constraint operator_credentials_whole check ((password_hash is null) = (totp_sealed is null));
alter table login_link
  add column purpose text not null default 'log-in',
  add column totp_sealed text,
  add constraint login_link_purpose_known check (purpose in ('log-in', 'set-up'));
alter table operator_session
  add column id text not null,
  add column last_seen_at timestamptz not null,
  add column address text not null,
  add column browser text not null,
  add constraint operator_session_id_once unique (id);
create index operator_session_by_operator on operator_session (operator_id);
create table operator_recovery_code (
  operator_id text not null,
  code_hash text not null,
  used_at timestamptz,
  constraint operator_recovery_code_pk primary key (operator_id, code_hash),
  constraint operator_recovery_code_operator foreign key (operator_id) references operator (id)
);
create table login_attempt (
  key text not null,
  failures integer not null,
  last_at timestamptz not null,
  locked_until timestamptz,
  constraint login_attempt_pk primary key (key)
);
create index login_attempt_by_age on login_attempt (last_at);`;

// An entry's detail is text and not JSON to the database: its hash is over the very bytes.
const AUDIT = `
create table audit_entry (
  number bigint not null,
  at timestamptz not null,
  actor_id text,
  actor_name text not null,
  via text not null,
  address text not null,
  action text not null,
  subject text not null,
  outcome text not null,
  detail text not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_entry_pk primary key (number),
  constraint audit_entry_via_known check (via in ('console', 'cli')),
  constraint audit_entry_outcome_known check (outcome in ('done', 'refused', 'unknown'))
);
create index audit_entry_by_time on audit_entry (at);
create index audit_entry_by_actor on audit_entry (actor_name, number);
create index audit_entry_by_action on audit_entry (action, number);
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end $$;
create trigger audit_entry_append_only before update or delete on audit_entry for each row execute function refuse_audit_change();
create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function refuse_audit_change();
create table audit_head (
  id integer not null,
  number bigint not null,
  hash text not null,
  constraint audit_head_pk primary key (id),
  constraint audit_head_only_one check (id = 1)
);
insert into audit_head (id, number, hash) values (1, 0, repeat('0', 64));
create table audit_pending (
  id text not null,
  at timestamptz not null,
  actor_id text,
  actor_name text not null,
  via text not null,
  address text not null,
  action text not null,
  subject text not null,
  detail text not null,
  constraint audit_pending_pk primary key (id)
);
create index audit_pending_by_time on audit_pending (at);`;

const APPROVALS = `
create table approval_limit (
  kind text not null,
  above_fen bigint not null,
  constraint approval_limit_pk primary key (kind),
  constraint approval_limit_kind_known check (kind in ('publish', 'batch')),
  constraint approval_limit_not_negative check (above_fen >= 0)
);
create table approval (
  account_id text not null,
  id text not null,
  activity_id text not null,
  revision integer not null,
  amount_fen bigint not null,
  state text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  constraint approval_pk primary key (account_id, id),
  constraint approval_activity foreign key (account_id, activity_id) references activity (account_id, id),
  constraint approval_state_known check (state in ('asked', 'approved', 'refused', 'withdrawn', 'expired')),
  constraint approval_decided_whole check ((decided_by is null) = (decided_at is null)),
  constraint approval_not_own check (state <> 'approved' or decided_by <> asked_by)
);
create unique index approval_open_once on approval (account_id, activity_id) where state = 'asked';
create index approval_by_time on approval (asked_at);`;
