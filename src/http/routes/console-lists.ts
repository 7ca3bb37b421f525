import type { z } from 'zod';
import type { OperateActivities } from '../../flows/operate-activities.ts';
import { shortWhy } from '../../rules/short-why.ts';
import type { ActivityPlace, ConsoleReads, Page, PageRequest } from '../../flows/ports/console-reads.ts';
import { awardsAnswer, booksAnswer, drawsAnswer, pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

// No control characters: Postgres takes no U+0000, and no key of ours has any.
const ANY_KEY = /^[^\p{Cc}]{1,300}$/u;
const ENTRY_KEY = /^\d{1,15}$/;

/** What happened in an activity: draws, awards, book entries, newest first, page by page. */
export function listRoutes({
  operate,
  reads,
}: {
  operate: OperateActivities;
  reads: ConsoleReads;
}): readonly ConsoleRoute[] {
  const place = async (params: Readonly<Record<string, string>>): Promise<ActivityPlace> =>
    (await operate.show(readActivityId(params))).activity;
  return [
    consoleRoute({
      name: 'listDraws',
      method: 'GET',
      path: '/activities/:id/draws',
      access: 'people.view',
      summary: 'Draws with why each ended as it did',
      query: pageQuery,
      answer: drawsAnswer,
      handle: async ({ params, query }) => {
        const { rows, next } = await reads.draws(await place(params), pageRequest(query, ANY_KEY));
        return {
          rows: rows.map((row) => ({ ...row, inShort: shortWhy(row.outcome, row.why), steps: [...row.steps] })),
          next: writeCursor(next),
        };
      },
    }),
    consoleRoute({
      name: 'listAwards',
      method: 'GET',
      path: '/activities/:id/awards',
      access: 'people.view',
      summary: 'Awards with how their payment stands',
      query: pageQuery,
      answer: awardsAnswer,
      handle: async ({ params, query }) =>
        shownPage(await reads.awards(await place(params), pageRequest(query, ANY_KEY))),
    }),
    consoleRoute({
      name: 'listBookEntries',
      method: 'GET',
      path: '/activities/:id/books',
      access: 'money.view',
      summary: 'Book entries and the sums of every book account',
      query: pageQuery,
      answer: booksAnswer,
      handle: async ({ params, query }) => {
        const here = await place(params);
        const entries = await reads.bookEntries(here, pageRequest(query, ENTRY_KEY));
        const { sums, spentFen } = await reads.bookSums(here);
        return { ...shownPage(entries), sums: [...sums], spentFen };
      },
    }),
  ];
}

function pageRequest({ after, limit }: z.output<typeof pageQuery>, key: RegExp): PageRequest {
  return { after: readCursor(after, key), limit };
}

function shownPage<Line>({ rows, next }: Page<Line>): { rows: Line[]; next: string | null } {
  return { rows: [...rows], next: writeCursor(next) };
}
