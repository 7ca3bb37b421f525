import type pg from 'pg';
import type { ConsoleReads } from '../flows/ports/console-reads.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { readAwards } from './read-models/activity-awards.ts';
import { readBookEntries, readBookSums } from './read-models/activity-books.ts';
import { readDraws } from './read-models/activity-draws.ts';
import { readAccounts, readActivityList } from './read-models/activity-list.ts';
import { readActivityNumbers } from './read-models/activity-numbers.ts';

/** Everything the console shows, read from Postgres without a lock. */
export function createConsoleReads(pool: pg.Pool): ConsoleReads {
  return {
    accounts: () => ask(readAccounts(pool)),
    activities: () => ask(readActivityList(pool)),
    numbers: (place) => ask(readActivityNumbers(pool, place)),
    draws: (place, page) => ask(readDraws(pool, place, page)),
    awards: (place, page) => ask(readAwards(pool, place, page)),
    bookEntries: (place, page) => ask(readBookEntries(pool, place, page)),
    bookSums: (place) => ask(readBookSums(pool, place)),
  };
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
