import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId, openid } from '../../base/ids.ts';
import type { OperatePeople, PersonView } from '../../flows/people/operate-people.ts';
import type { PersonKey } from '../../flows/ports/followers.ts';
import { nothingRequest } from '../contract/console-payments.ts';
import { personAnswer } from '../contract/console-people.ts';
import { personListRoutes } from './console-person-lists.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface PeopleRouteDependencies {
  readonly operatePeople: OperatePeople;
}

/** What is known of a person, and its erasure. */
export function peopleRoutes({ operatePeople }: PeopleRouteDependencies): readonly ConsoleRoute[] {
  return [
    ...personListRoutes(operatePeople.lists),
    consoleRoute({
      name: 'showPerson',
      method: 'GET',
      path: '/people/:account/:openid',
      access: 'people.view',
      summary: 'Whether somebody follows, and how their erasure stands',
      answer: personAnswer,
      handle: async ({ params }) => {
        const person = readPerson(params);
        return shownPerson(person, await operatePeople.show(person));
      },
    }),
    consoleRoute({
      name: 'erasePerson',
      method: 'POST',
      path: '/people/:account/:openid/erase',
      access: 'people.erase',
      summary: 'Erase somebody at their request; money records and limits stay under a pseudonym',
      body: nothingRequest,
      answer: personAnswer,
      handle: async ({ params, operator }) => {
        const person = readPerson(params);
        return shownPerson(person, await operatePeople.erase(operator, person));
      },
    }),
  ];
}

function shownPerson(person: PersonKey, view: PersonView): z.input<typeof personAnswer> {
  return { accountId: person.account, openid: person.openid, ...view, lists: [...view.lists] };
}

/** Reads whose openid a path names. Throws WrongRequest `person-not-found` (404) for what cannot be one. */
export function readPerson(params: Readonly<Record<string, string>>): PersonKey {
  try {
    return { account: accountId(params['account'] ?? ''), openid: openid(params['openid'] ?? '') };
  } catch (cause) {
    throw new WrongRequest('person-not-found', 'this cannot be somebody’s openid', { status: 404, cause });
  }
}
