import { WrongRequest } from '../../base/errors.ts';
import type { ErasePerson, Erasure, ErasureStore } from '../ports/erasures.ts';
import type { PersonKey } from '../ports/followers.ts';
import type { Operator } from '../ports/operators.ts';
import type { PersonRecord, PersonRecords } from '../ports/people.ts';
import type { PersonListing, PersonLists } from '../ports/person-lists.ts';
import type { OperateLists } from './operate-lists.ts';

/** Somebody as operators see them. */
export interface PersonView extends PersonRecord {
  /** The last erasure; what stands beside it was heard afterwards. Null without any. */
  readonly erasure: Erasure | null;
  /** The lists they stand on, by name. */
  readonly lists: readonly PersonListing[];
}

/** What operators do with people. Each throws WrongRequest `account-not-found` (404) and OutsideTrouble. */
export interface OperatePeople {
  show(person: PersonKey): Promise<PersonView>;
  /** Begins an erasure at the person's request, or goes on with the one there is, and shows how it stands. */
  erase(operator: Operator, person: PersonKey): Promise<PersonView>;
  readonly lists: OperateLists;
}

/** Returns the flow behind the console's people. Who may do what is the routes' business. */
export function createOperatePeople(options: {
  readonly records: PersonRecords;
  readonly erasures: Pick<ErasureStore, 'find'>;
  readonly erasePerson: ErasePerson;
  readonly personLists: Pick<PersonLists, 'listsOf'>;
  readonly lists: OperateLists;
}): OperatePeople {
  const { records, erasures, erasePerson, personLists, lists } = options;
  const show = async (person: PersonKey): Promise<PersonView> => {
    const record = await records.find(person);
    if (record === null) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
    const [erasure, listings] = await Promise.all([erasures.find(person), personLists.listsOf(person)]);
    return { ...record, erasure, lists: listings };
  };
  return {
    lists,
    show,
    async erase(operator, person) {
      await show(person);
      await erasePerson.erase(person, { reason: 'request', requestedBy: operator.id });
      return show(person);
    },
  };
}
