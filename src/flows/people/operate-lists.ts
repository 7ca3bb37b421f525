import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Operator } from '../ports/operators.ts';
import type { ListedPerson, PersonListKey, PersonLists } from '../ports/person-lists.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { readOpenidFile, readOpenids } from './listed-openids.ts';
import type { ListedOpenids } from './listed-openids.ts';

/** What became of the people that were named: each counts once. */
export interface Listing {
  readonly named: number;
  /** How many were put on the list or taken off it; the others were there, or not, before. */
  readonly changed: number;
}

/**
 * What operators do with lists of people, which conditions name. A request is done as a whole or not at all. Each throws
 * WrongRequest `account-not-found` (404), `list-name-wrong` (400) and OutsideTrouble; who changes a list is logged.
 */
export interface OperateLists {
  lists(account: AccountId): Promise<readonly { readonly list: string; readonly people: number }[]>;
  people(key: PersonListKey, page: { readonly after: string; readonly most: number }): Promise<readonly ListedPerson[]>;
  /** Throws WrongRequest `openids-faulty` (400, naming every faulty one). */
  add(operator: Operator, key: PersonListKey, openids: readonly string[]): Promise<Listing>;
  /** Takes people off. Throws the same. */
  remove(operator: Operator, key: PersonListKey, openids: readonly string[]): Promise<Listing>;
  /** Adds the people of a text or CSV file. Throws what `readOpenidFile` throws. */
  importFile(operator: Operator, key: PersonListKey, file: AsyncIterable<Uint8Array>): Promise<Listing>;
}

export const IMPORTED_PEOPLE_MAX = 100_000;
const LIST_NAME = /^[a-z0-9-]{1,32}$/;

/** Builds the flow over where lists are kept. Who may do what is the routes' business. */
export function createOperateLists(options: {
  readonly lists: PersonLists;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): OperateLists {
  const { lists, clock, logger } = options;
  const known = async ({ account, list }: PersonListKey): Promise<void> => {
    if (!LIST_NAME.test(list)) {
      const message = 'takes 1 to 32 of a-z, 0-9 and -';
      throw new WrongRequest('list-name-wrong', `the name ${message}`, { faults: [{ path: 'list', message }] });
    }
    await knownAccount(account);
  };
  const knownAccount = async (account: AccountId): Promise<void> => {
    if (await lists.knows(account)) return;
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  };
  const add = async (operator: Operator, key: PersonListKey, { people }: ListedOpenids): Promise<Listing> => {
    const changed = await lists.add(key, people, { operator: operator.id, nowMs: clock.nowMs() });
    logger.info({ operator: operator.id, ...key, named: people.length, changed }, 'person-list-added-to');
    return { named: people.length, changed };
  };
  return {
    async lists(account) {
      await knownAccount(account);
      return lists.lists(account);
    },
    async people(key, page) {
      await known(key);
      return lists.people(key, page);
    },
    async add(operator, key, openids) {
      await known(key);
      return add(operator, key, readOpenids(openids));
    },
    async remove(operator, key, openids) {
      await known(key);
      const { people } = readOpenids(openids);
      const changed = await lists.remove(key, people);
      logger.info({ operator: operator.id, ...key, named: people.length, changed }, 'person-list-taken-from');
      return { named: people.length, changed };
    },
    async importFile(operator, key, file) {
      // Read to its end first, so that the sender gets an answer and not a reset.
      const read = await readOpenidFile(file, IMPORTED_PEOPLE_MAX);
      await known(key);
      return add(operator, key, read);
    },
  };
}
