import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account } from '../ports/accounts.ts';
import type { ErasePerson } from '../ports/erasures.ts';
import type { FollowerBook } from '../ports/followers.ts';
import type { PersonalDataEvent } from '../ports/message-events.ts';

/** What WeChat tells about data that people had shared. */
export interface PersonalDataEvents {
  /** Does what the event asks for; told again it changes nothing more. Throws OutsideTrouble. */
  handle(account: Account, event: PersonalDataEvent): Promise<void>;
}

/** Of all that can be withdrawn only name and picture are ever kept here. */
const NAME_AND_PICTURE = '205';

/**
 * Returns the flow of the platform's events about personal data: changed or withdrawn
 * names are forgotten, so that they are asked for anew, and whoever cancels is erased.
 */
export function createPersonalDataEvents(options: {
  readonly erasePerson: ErasePerson;
  readonly followers: Pick<FollowerBook, 'forgetProfile'>;
  readonly logger: Logger;
}): PersonalDataEvents {
  const { erasePerson, followers, logger } = options;
  return {
    async handle(account, event) {
      const { person: openid, appId, revoked } = event;
      const fields = { account: account.id, event: event.event, revoked };
      if (openid === null || appId !== account.appId) {
        logger.warn({ ...fields, appId, named: openid !== null }, 'personal-data-event-of-nobody-here');
        return;
      }
      const person = { account: account.id, openid };
      logger.info({ ...fields, openid: shortOpenid(openid) }, 'personal-data-event');
      if (event.event === 'user_authorization_cancellation') {
        await erasePerson.erase(person, { reason: 'withdrawn', requestedBy: 'wechat' });
        return;
      }
      // A withdrawal that names nothing is taken for one of everything.
      const concerned = event.event === 'user_info_modified' || revoked.length === 0;
      if (concerned || revoked.includes(NAME_AND_PICTURE)) await followers.forgetProfile(person);
    },
  };
}
