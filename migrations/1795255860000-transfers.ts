import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Awards may also go as transfers that people collect. */
export class Transfers1795255860000 implements MigrationInterface {
  readonly name = 'Transfers1795255860000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [MERCHANT, PAYOUT]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payout drop column rail, drop column cancel_at');
    await runner.query('alter table merchant drop column rail, drop column transfer_red_packet_look');
  }
}

const MERCHANT = `
alter table merchant
  add column rail text not null default 'red-packet',
  add column transfer_red_packet_look boolean not null default false,
  add constraint merchant_rail_known check (rail in ('red-packet', 'transfer'));`;

// The rail that somebody chose for this number; null lets activity and merchant say, when its request is frozen.
const PAYOUT = `
alter table payout
  add column rail text,
  add column cancel_at timestamptz,
  add constraint payout_rail_known check (rail in ('red-packet', 'transfer'));`;
