import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { OperateLists } from '../../flows/people/operate-lists.ts';
import type { PersonListKey } from '../../flows/ports/person-lists.ts';
import { pageQuery } from '../contract/console-lists.ts';
import {
  listedPeopleAnswer,
  listingAnswer,
  namedPeopleRequest,
  personListsAnswer,
} from '../contract/console-person-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

const OPENID_OR_PSEUDONYM = /^[\w:-]{1,64}$/;
const NAMED_BYTES_MAX = 1_048_576;
const FILE_BYTES_MAX = 8_388_608;
const PLACE = '/accounts/:account/person-lists';

/** Lists of people that conditions name, as a blacklist. */
export function personListRoutes(lists: OperateLists): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listPersonLists',
      method: 'GET',
      path: PLACE,
      access: 'people.view',
      summary: 'An account’s lists of people with their sizes',
      answer: personListsAnswer,
      handle: async ({ params }) => ({ lists: [...(await lists.lists(readAccount(params)))] }),
    }),
    consoleRoute({
      name: 'listListedPeople',
      method: 'GET',
      path: `${PLACE}/:list`,
      access: 'people.view',
      summary: 'People of a list, in the order of openids, with who added them and when',
      query: pageQuery,
      answer: listedPeopleAnswer,
      handle: async ({ params, query: { after, limit } }) => {
        const from = readCursor(after, OPENID_OR_PSEUDONYM)?.key ?? '';
        const rows = await lists.people(readList(params), { after: from, most: limit + 1 });
        const last = rows[limit - 1];
        const next = rows.length > limit && last !== undefined ? { atMs: 0, key: last.openid } : null;
        return { rows: rows.slice(0, limit), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'addListedPeople',
      method: 'POST',
      path: `${PLACE}/:list/add`,
      access: 'people.list',
      summary: 'Put up to 10,000 people on a list; a list is there as soon as somebody stands on it',
      body: namedPeopleRequest,
      bodyBytesMax: NAMED_BYTES_MAX,
      answer: listingAnswer,
      handle: ({ params, operator, body }) => lists.add(operator, readList(params), body.openids),
    }),
    consoleRoute({
      name: 'removeListedPeople',
      method: 'POST',
      path: `${PLACE}/:list/remove`,
      access: 'people.list',
      summary: 'Take up to 10,000 people off a list',
      body: namedPeopleRequest,
      bodyBytesMax: NAMED_BYTES_MAX,
      answer: listingAnswer,
      handle: ({ params, operator, body }) => lists.remove(operator, readList(params), body.openids),
    }),
    consoleRoute({
      name: 'importListedPeople',
      method: 'POST',
      path: `${PLACE}/:list/import`,
      access: 'people.list',
      summary: 'Put the up to 100,000 people of a text or CSV file on a list: one openid a line, or a column `openid`',
      file: { types: ['text/csv', 'text/plain'], bytesMax: FILE_BYTES_MAX },
      answer: listingAnswer,
      handle: ({ params, operator, file }) => lists.importFile(operator, readList(params), file),
    }),
  ];
}

function readList(params: Readonly<Record<string, string>>): PersonListKey {
  return { account: readAccount(params), list: params['list'] ?? '' };
}

function readAccount(params: Readonly<Record<string, string>>): AccountId {
  try {
    return accountId(params['account'] ?? '');
  } catch (cause) {
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404, cause });
  }
}
