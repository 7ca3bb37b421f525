import type { BalancesAnswer } from '../../../http/contract/console-balances.ts';
import type { ExportsAnswer } from '../../../http/contract/console-exports.ts';
import type { ActivityNumbersAnswer, AllNumbersAnswer } from '../../../http/contract/console-numbers.ts';
import type { PersonAnswer } from '../../../http/contract/console-people.ts';
import type { FoundPeopleAnswer, StoryAnswer } from '../../../http/contract/console-stories.ts';

/** Beijing days, both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface PersonPlace {
  readonly accountId: string;
  readonly openid: string;
}

export interface BalanceEntry {
  readonly kind: 'top-up' | 'stated';
  readonly amountFen: number;
  readonly note: string;
}

/** The part of the API that tells numbers, people and money. Every method throws ApiProblem. */
export interface NumbersApi {
  readonly all: (period: Period) => Promise<AllNumbersAnswer>;
  readonly activity: (id: string, period: Period) => Promise<ActivityNumbersAnswer>;
  readonly exports: (id: string) => Promise<ExportsAnswer>;
  /** Where a file is downloaded from. */
  readonly exportUrl: (id: string, wanted: Readonly<Record<string, string>>) => string;
  readonly findPeople: (text: string) => Promise<FoundPeopleAnswer>;
  readonly person: (place: PersonPlace) => Promise<PersonAnswer>;
  readonly story: (place: PersonPlace, after: string | null) => Promise<StoryAnswer>;
  readonly erase: (place: PersonPlace) => Promise<PersonAnswer>;
  readonly personalDataUrl: (place: PersonPlace) => string;
  readonly balances: () => Promise<BalancesAnswer>;
  readonly enterBalance: (merchant: string, entry: BalanceEntry) => Promise<BalancesAnswer>;
}

/** Builds it over what asks. */
export function numbersApi(ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>): NumbersApi {
  const query = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
  const person = ({ accountId, openid }: PersonPlace): string => `/people/${accountId}/${encodeURIComponent(openid)}`;
  return {
    all: (period) => ask('GET', `/numbers?${query({ ...period })}`),
    activity: (id, period) => ask('GET', `/activities/${id}/numbers?${query({ ...period })}`),
    exports: (id) => ask('GET', `/activities/${id}/exports`),
    exportUrl: (id, wanted) => `/api/console/activities/${id}/export?${query(wanted)}`,
    findPeople: (text) => ask('GET', `/people?${query({ text })}`),
    person: (place) => ask('GET', person(place)),
    story: (place, after) => ask('GET', `${person(place)}/story${after === null ? '' : `?${query({ after })}`}`),
    erase: (place) => ask('POST', `${person(place)}/erase`, {}),
    personalDataUrl: (place) => `/api/console${person(place)}/data`,
    balances: () => ask('GET', '/balances'),
    enterBalance: (merchant, entry) => ask('POST', `/merchants/${merchant}/balance`, entry),
  };
}
