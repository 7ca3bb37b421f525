import type { AccountId, Openid } from '../../base/ids.ts';
import type { PersonKey } from './followers.ts';

/** One of an account's lists of people, which conditions name: 1 to 32 of a-z, 0-9 and -. */
export interface PersonListKey {
  readonly account: AccountId;
  readonly list: string;
}

/** Somebody on a list. */
export interface ListedPerson {
  /** A pseudonym where the person was erased. */
  readonly openid: string;
  /** The operator's id, and the name if there still is such an operator. */
  readonly addedBy: string;
  readonly addedByName: string | null;
  readonly addedAtMs: number;
}

/** A list that somebody stands on. */
export interface PersonListing {
  readonly list: string;
  readonly addedBy: string;
  readonly addedAtMs: number;
}

/** Lists of people such as a blacklist. Each throws OutsideTrouble when the database cannot answer. */
export interface PersonLists {
  /** Says whether there is such an account. */
  knows(account: AccountId): Promise<boolean>;
  /** The lists somebody stands on, by name, also where they were put on one before they were erased. */
  listsOf(person: PersonKey): Promise<readonly PersonListing[]>;
  /** The account's lists that anybody stands on, by name. */
  lists(account: AccountId): Promise<readonly { readonly list: string; readonly people: number }[]>;
  /** The next `most` people after an openid, in the order of openids; '' for the first. */
  people(key: PersonListKey, page: { readonly after: string; readonly most: number }): Promise<readonly ListedPerson[]>;
  /** Who stands on it already stays as they were. Returns how many are new. */
  add(
    key: PersonListKey,
    people: readonly Openid[],
    by: { readonly operator: string; readonly nowMs: number },
  ): Promise<number>;
  /** Takes people off, also those who were erased meanwhile. Returns how many stood on it. */
  remove(key: PersonListKey, people: readonly Openid[]): Promise<number>;
}
