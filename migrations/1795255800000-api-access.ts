import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How other programs get in, what they asked for under which key, and what is told to theirs. */
export class ApiAccess1795255800000 implements MigrationInterface {
  readonly name = 'ApiAccess1795255800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [TOKENS, REQUESTS, WEBHOOKS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table webhook_delivery, webhook_endpoint, api_request, api_token');
  }
}

// A token acts for the operator who made it, with the scopes it was given as far as that operator still has them.
const TOKENS = `
create table api_token (
  id text not null,
  name text not null,
  token_hash text not null,
  scopes text[] not null,
  made_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  last_address text,
  revoked_at timestamptz,
  constraint api_token_pk primary key (id),
  constraint api_token_hash_once unique (token_hash),
  constraint api_token_maker foreign key (made_by) references operator (id)
);`;

// running: nothing of it is committed. acted: its first transaction is, its answer is not yet. done: the answer stands.
const REQUESTS = `
create table api_request (
  caller text not null,
  key text not null,
  route text not null,
  request_hash text,
  state text not null,
  lease_token text not null,
  lease_until timestamptz not null,
  status integer,
  answer_sealed text,
  created_at timestamptz not null,
  constraint api_request_pk primary key (caller, key),
  constraint api_request_state_known check (state in ('running', 'acted', 'done')),
  constraint api_request_done_whole check ((state = 'done') = (status is not null) and (status is null) = (answer_sealed is null))
);
create index api_request_by_age on api_request (created_at);`;

// A delivery names its award and holds nothing about the person: what is sent is read from the award when it is sent.
const WEBHOOKS = `
create table webhook_endpoint (
  account_id text not null,
  id text not null,
  name text not null,
  url text not null,
  secret_sealed text not null,
  previous_secret_sealed text,
  previous_until timestamptz,
  events text[] not null,
  state text not null,
  failures integer not null default 0,
  resting_until timestamptz,
  made_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint webhook_endpoint_pk primary key (account_id, id),
  constraint webhook_endpoint_account foreign key (account_id) references account (id),
  constraint webhook_endpoint_state_known check (state in ('on', 'off', 'removed')),
  constraint webhook_endpoint_previous_whole check ((previous_secret_sealed is null) = (previous_until is null))
);
create table webhook_delivery (
  account_id text not null,
  endpoint_id text not null,
  id bigint generated always as identity,
  event text not null,
  award_id text not null,
  order_number text,
  occurred_at timestamptz not null,
  state text not null,
  due_at timestamptz,
  retry_from timestamptz not null,
  tries integer not null default 0,
  lease_token text,
  last_tried_at timestamptz,
  last_status integer,
  last_error text,
  settled_at timestamptz,
  constraint webhook_delivery_pk primary key (account_id, endpoint_id, id),
  constraint webhook_delivery_state_known check (state in ('waiting', 'delivered', 'parked')),
  constraint webhook_delivery_due_whole check ((state = 'waiting') = (due_at is not null) and (due_at is null) = (settled_at is not null))
);
create index webhook_delivery_due on webhook_delivery (account_id, endpoint_id, due_at) where state = 'waiting';
create index webhook_delivery_in_order on webhook_delivery (account_id, endpoint_id, award_id, id) where state = 'waiting';
create index webhook_delivery_settled on webhook_delivery (settled_at) where settled_at is not null;`;
