import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What left a merchant and what came back is found by its day: finance's days and bills read no other packets. */
export class MoneyByDay1795256520000 implements MigrationInterface {
  readonly name = 'MoneyByDay1795256520000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEXES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index book_entry_returned; drop index payout_by_send;');
  }
}

// Amount and state stand in the index, so that a month of a million packets is added up without their rows.
const INDEXES = `
create index payout_by_send on payout (merchant_id, last_sent_at) include (state, amount_fen) where last_sent_at is not null;
create index book_entry_returned on book_entry (merchant_id, created_at) where debit = 'returned';`;
