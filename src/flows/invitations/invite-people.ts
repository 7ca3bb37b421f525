import { WrongRequest } from '../../base/errors.ts';
import type { Openid } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { PageVisitor } from '../authorize-page.ts';
import type { PageActivity } from '../draw-on-page.ts';
import type { ActivityPerson, InvitationStanding, InvitationStore } from '../ports/invitations.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

/** A person's own invitations into an activity, as the page shows them. */
export interface OwnInvitations extends InvitationStanding {
  /** The end of the address by which others are invited: `/a/:slug?i=:code`. */
  readonly code: string;
  /** How many count at most. */
  readonly most: number;
}

export interface InvitePeople {
  /**
   * Returns the visitor's own code, made on the first call, and how their invitations stand. Throws WrongRequest
   * `invitations-off` (404) where the rule has none, `snapshot-user` (403).
   */
  own(page: PageActivity, visitor: PageVisitor): Promise<OwnInvitations>;
  /**
   * Notes that a visitor opened the page by a code. Unknown codes, closed activities and snapshot people leave no trace.
   * Throws OutsideTrouble.
   */
  opened(page: PageActivity, visitor: PageVisitor, code: string): Promise<void>;
}

/** 48 random bits: nobody meets one by chance, and a guessed one gives nothing to the guesser. */
export const INVITATION_CODE = /^[0-9a-f]{12}$/;

/** Builds the flow of who invites whom. */
export function createInvitePeople(options: {
  readonly invitations: Pick<InvitationStore, 'codeOf' | 'opened' | 'standing'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}): InvitePeople {
  const { invitations, clock, luck, logger } = options;
  return {
    async own(page, visitor) {
      const { trigger } = page.activity.rule;
      if (!trigger.invite) {
        throw new WrongRequest('invitations-off', 'nobody is invited into this activity', { status: 404 });
      }
      if (visitor.snapshot) {
        throw new WrongRequest('snapshot-user', '请点右下角「使用完整服务」后再邀请', { status: 403 });
      }
      const person = personOf(page, visitor.openid);
      const code = await invitations.codeOf(person, luck.randomId().slice(0, 12), clock.nowMs());
      return { code, most: trigger.invitesPerPerson, ...(await invitations.standing(person)) };
    },
    async opened(page, visitor, code) {
      const { rule, id } = page.activity;
      if (!rule.trigger.invite || page.phase !== 'open' || visitor.snapshot || !INVITATION_CODE.test(code)) return;
      const begun = await invitations.opened({
        person: personOf(page, visitor.openid),
        code,
        id: luck.randomId(),
        counts: rule.trigger.inviteCounts,
        nowMs: clock.nowMs(),
      });
      if (begun) logger.info({ activity: id, counts: rule.trigger.inviteCounts }, 'invitation-opened');
    },
  };
}

function personOf({ activity }: PageActivity, openid: Openid): ActivityPerson {
  return { account: activity.accountId, activity: activity.id, openid };
}
