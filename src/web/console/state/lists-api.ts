import type {
  ListedPeopleAnswer,
  ListingAnswer,
  PersonListsAnswer,
} from '../../../http/contract/console-person-lists.ts';

/** Which list of which account. */
export interface ListPlace {
  readonly account: string;
  readonly list: string;
}

/** The part of the API that keeps lists of people. Every method throws ApiProblem. */
export interface ListsApi {
  readonly all: (account: string) => Promise<PersonListsAnswer>;
  readonly people: (place: ListPlace, after: string | null) => Promise<ListedPeopleAnswer>;
  readonly add: (place: ListPlace, openids: readonly string[]) => Promise<ListingAnswer>;
  readonly remove: (place: ListPlace, openids: readonly string[]) => Promise<ListingAnswer>;
  readonly importFile: (place: ListPlace, file: Blob) => Promise<ListingAnswer>;
}

/** Builds it over what asks; a Blob goes as a CSV file. */
export function listsApi(ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>): ListsApi {
  const at = ({ account, list }: ListPlace): string => `/accounts/${account}/person-lists/${encodeURIComponent(list)}`;
  return {
    all: (account) => ask('GET', `/accounts/${account}/person-lists`),
    people: (place, after) => ask('GET', `${at(place)}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`),
    add: (place, openids) => ask('POST', `${at(place)}/add`, { openids }),
    remove: (place, openids) => ask('POST', `${at(place)}/remove`, { openids }),
    importFile: (place, file) => ask('POST', `${at(place)}/import`, file),
  };
}
