import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payments of customers that may draw, and the keys by which notices of them are believed. */
export class Payments1795255440000 implements MigrationInterface {
  readonly name = 'Payments1795255440000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PAYMENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table payment, merchant_notice_key');
  }
}

// verifiers: what WeChat Pay signs version 3 notices with, by serial or public key id. Nothing secret about them.
// draws: what became of the payment in each activity that listens to payments, without anybody's name. refunds: fen and
// time of each refund by its number at WeChat Pay.
const PAYMENTS = `
create table merchant_notice_key (
  merchant_id text not null,
  api_v3_key_sealed text,
  verifiers jsonb not null default '{}',
  forward_key_sealed text,
  updated_by text not null,
  updated_at timestamptz not null,
  constraint merchant_notice_key_pk primary key (merchant_id),
  constraint merchant_notice_key_merchant foreign key (merchant_id) references merchant (id)
);
create table payment (
  account_id text not null,
  merchant_id text not null,
  transaction_id text not null,
  trade_number text,
  openid text,
  amount_fen bigint,
  paid_at timestamptz,
  came_by text not null,
  state text not null,
  reason text,
  draws jsonb not null default '[]',
  refunds jsonb not null default '{}',
  due_at timestamptz,
  tries integer not null default 0,
  received_at timestamptz not null,
  settled_at timestamptz,
  constraint payment_pk primary key (account_id, merchant_id, transaction_id),
  constraint payment_account foreign key (account_id) references account (id),
  constraint payment_merchant foreign key (merchant_id) references merchant (id),
  constraint payment_way_known check (came_by in ('notice', 'forwarded')),
  constraint payment_state_known check (state in ('confirming', 'drawing', 'parked', 'settled', 'refused', 'failed')),
  constraint payment_facts_whole check (state in ('confirming', 'refused', 'failed') or
    (trade_number is not null and amount_fen > 0 and paid_at is not null)),
  constraint payment_due_while_open check ((state in ('confirming', 'drawing', 'parked')) = (due_at is not null))
);
create index payment_due on payment (due_at) where due_at is not null;
create index payment_by_transaction on payment (merchant_id, transaction_id);
create index payment_by_person on payment (account_id, openid) where openid is not null;
create index payment_list on payment (received_at desc, transaction_id);
create index payment_settled on payment (settled_at) where settled_at is not null;`;
