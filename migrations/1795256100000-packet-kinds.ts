import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Prizes may also be group packets, packets in a mini program and coupons; merchants say what they have of these. */
export class PacketKinds1795256100000 implements MigrationInterface {
  readonly name = 'PacketKinds1795256100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [MERCHANT, PAYOUT]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table payout drop constraint payout_amount_not_negative,
      add constraint payout_amount_positive check (amount_fen > 0)`);
    await runner.query(
      'alter table merchant drop column group_packets, drop column app_ids, drop column mini_app_ids, drop column mini_claim',
    );
  }
}

// No app ids at all: nobody copied them from the merchant platform yet, and nothing is checked.
const MERCHANT = `
alter table merchant
  add column group_packets boolean not null default false,
  add column app_ids text[] not null default '{}',
  add column mini_app_ids text[] not null default '{}',
  add column mini_claim text not null default 'encoded-lower',
  add constraint merchant_mini_claim_known check (mini_claim in ('encoded-lower', 'encoded-upper', 'raw-lower', 'raw-upper'));`;

// A coupon is handed out by the same queue and is worth no cash.
const PAYOUT = `
alter table payout
  drop constraint payout_amount_positive,
  add constraint payout_amount_not_negative check (amount_fen >= 0);`;
