import type { PersonKey } from './followers.ts';

/** What stands for an openid that was erased: always the same for the same person, and nobody can tell whose it is. */
export interface Pseudonyms {
  /** `x:` and 43 characters; never an openid, which has no colon. */
  of(person: PersonKey): string;
}
