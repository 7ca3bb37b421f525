import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createErasePerson } from './flows/people/erase-person.ts';
import { createForgetUnseen } from './flows/people/forget-unseen.ts';
import { createOperateLists } from './flows/people/operate-lists.ts';
import { createOperatePeople } from './flows/people/operate-people.ts';
import { createPersonalDataEvents } from './flows/people/personal-data-events.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { ErasePeople } from './jobs/erase-people.ts';
import { ForgetOrigins } from './jobs/forget-origins.ts';
import { createErasureStore } from './store/account/erasure-store.ts';
import { createFollowerBook } from './store/account/follower-book.ts';
import { createForgottenOrigins } from './store/account/forgotten-origins.ts';
import { createKnownPeople } from './store/account/known-people.ts';
import { createPersonLists } from './store/account/person-lists.ts';
import { createPersonRecords } from './store/account/person-records.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';

/** What people's parts are made from. */
export interface PeopleParts {
  readonly config: Pick<Config, 'secretsKey'>;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
}

/** Who follows, and how they are forgotten. */
export type People = ReturnType<typeof openPeople>;

/** Joins followers, erasures and what operators and WeChat ask about them. */
export function openPeople({ config, logger, pool, clock }: Omit<PeopleParts, 'accounts'>) {
  const pseudonyms = createPseudonyms(config.secretsKey);
  const followers = createFollowerBook(pool, pseudonyms);
  const erasures = createErasureStore(pool, pseudonyms);
  const erasePerson = createErasePerson({ erasures, clock, logger });
  const records = createPersonRecords(pool);
  const personLists = createPersonLists(pool, pseudonyms);
  const lists = createOperateLists({ lists: personLists, clock, logger });
  return {
    pseudonyms,
    followers,
    erasePerson,
    personalData: createPersonalDataEvents({ erasePerson, followers, logger }),
    operatePeople: createOperatePeople({ records, erasures, erasePerson, personLists, lists }),
  };
}

/** Starts what goes on with erasures and keeps to the accounts' retention. */
export function startErasing({ accounts, pool, clock, logger }: PeopleParts, { erasePerson }: People): ErasePeople {
  const people = createKnownPeople(pool);
  const forgetUnseen = createForgetUnseen({ accounts, people, erasePerson, clock, logger });
  const job = new ErasePeople({ erasing: erasePerson, forgetUnseen, clock, logger });
  job.start();
  return job;
}

/** Starts what forgets where draws came from. */
export function startForgetting({ pool, clock, logger }: PeopleParts): ForgetOrigins {
  const job = new ForgetOrigins({ origins: createForgottenOrigins(pool), clock, logger });
  job.start();
  return job;
}
