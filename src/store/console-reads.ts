import type pg from 'pg';
import type { ConsoleReads } from '../flows/ports/console-reads.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { readAwards } from './read-models/activity-awards.ts';
import { readBookEntries, readBookSums } from './read-models/activity-books.ts';
import { readDraws } from './read-models/activity-draws.ts';
import { readAccounts, readActivityList } from './read-models/activity-list.ts';
import { readActivityNumbers } from './read-models/activity-numbers.ts';
import { readMerchantQueues } from './read-models/merchant-queue.ts';
import { readOpenPayouts } from './read-models/open-payouts.ts';
import { findPayoutAccount, readPayoutHistory } from './read-models/payout-history.ts';

/** Everything the console shows, read from Postgres without a lock. */
export function createConsoleReads(pool: pg.Pool): ConsoleReads {
  return {
    accounts: () => ask(readAccounts(pool)),
    activities: (page) => ask(readActivityList(pool, page)),
    numbers: (place) => ask(readActivityNumbers(pool, place)),
    draws: (place, page) => ask(readDraws(pool, place, page)),
    awards: (place, page) => ask(readAwards(pool, place, page)),
    bookEntries: (place, page) => ask(readBookEntries(pool, place, page)),
    bookSums: (place) => ask(readBookSums(pool, place)),
    merchantQueues: (nowMs) => ask(readMerchantQueues(pool, nowMs)),
    openPayouts: (wanted, page) => ask(readOpenPayouts(pool, wanted, page)),
    payoutHistory: (key) => ask(readPayoutHistory(pool, key)),
    payoutAccount: (orderNumber) => ask(findPayoutAccount(pool, orderNumber)),
    operatorNames: () => ask(readOperatorNames(pool)),
  };
}

async function readOperatorNames(pool: pg.Pool): Promise<ReadonlyMap<string, string>> {
  const found = await pool.query<{ id: string; name: string }>('select id, name from operator');
  return new Map(found.rows.map((row) => [row.id, row.name]));
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
