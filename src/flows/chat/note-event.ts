import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account } from '../ports/accounts.ts';
import type { SceneVisits } from '../ports/chat-settings.ts';
import type { FollowerBook } from '../ports/followers.ts';
import type { InvitationStore } from '../ports/invitations.ts';
import type { InboundEvent, PersonalDataEvent, ScanEvent, SubscribeEvent } from '../ports/message-events.ts';

/** What the books say of an event that was written down. */
export interface NotedEvent {
  /** The person follows for the first time ever. */
  readonly firstFollow: boolean;
}

/** Writes down what an event says. Throws OutsideTrouble when it could not be: the same event may be told again. */
export type NoteEvent = (account: Account, event: InboundEvent) => Promise<NotedEvent>;

export const NOTHING_NEW: NotedEvent = { firstFollow: false };

/**
 * Returns what keeps the books of followers, invitations and scene codes, acts on withdrawn personal data, and logs
 * what else WeChat tells: results of sending and publishing at the level their outcome asks for, unknown events by name.
 */
export function createNoteEvent(options: {
  readonly followers: Pick<FollowerBook, 'followed' | 'left'>;
  readonly visits: SceneVisits;
  readonly invitations: Pick<InvitationStore, 'followed'>;
  readonly personalData: (account: Account, event: PersonalDataEvent) => Promise<void>;
  readonly logger: Logger;
}): NoteEvent {
  const { followers, visits, invitations, personalData, logger } = options;
  const visited = async (account: Account, event: SubscribeEvent | ScanEvent, followed: boolean): Promise<void> => {
    if (event.scene === null) return;
    const { key, scene, fromUser: openid } = event;
    await visits.visited({ account: account.id, key, scene, openid, followed, atMs: atMs(event) });
  };
  const noteOther = async (account: Account, event: Exclude<InboundEvent, SubscribeEvent>): Promise<void> => {
    const person = { account: account.id, openid: event.fromUser };
    switch (event.event) {
      case 'unsubscribe':
        return followers.left(person, atMs(event));
      case 'scan':
        return visited(account, event, false);
      case 'user_info_modified':
      case 'user_authorization_revoke':
      case 'user_authorization_cancellation':
        return personalData(account, event);
      default:
        return logOnly(account, event, logger);
    }
  };
  return async (account, event) => {
    if (event.event !== 'subscribe') {
      await noteOther(account, event);
      return NOTHING_NEW;
    }
    const person = { account: account.id, openid: event.fromUser };
    const firstFollow = await followers.followed(person, { atMs: atMs(event), scene: event.scene });
    await invitations.followed(person, { first: firstFollow, nowMs: atMs(event) });
    await visited(account, event, true);
    return { firstFollow };
  };
}

type LoggedEvent = Exclude<InboundEvent, SubscribeEvent | ScanEvent | PersonalDataEvent | { event: 'unsubscribe' }>;

function logOnly(account: Account, event: LoggedEvent, logger: Logger): void {
  const fields = { account: account.id, name: event.name.slice(0, 64) };
  switch (event.event) {
    case 'templatesendjobfinish': {
      const { jobId, outcome, status } = event;
      const level = outcome === 'failed' ? 'warn' : 'info';
      return logger[level]({ ...fields, jobId, outcome, status, openid: shortOpenid(event.fromUser) }, 'notice-ended');
    }
    case 'masssendjobfinish':
      return logger.info({ ...fields, jobId: event.jobId, outcome: event.outcome, status: event.status }, 'mass-ended');
    case 'publishjobfinish':
      return logger.info({ ...fields, publishId: event.publishId, status: event.publishStatus }, 'publication-ended');
    case 'subscribe_msg_sent_event':
      return logger.info({ ...fields, results: event.results }, 'notice-ended');
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      return logger.info({ ...fields, choices: event.choices }, 'notices-chosen');
    case 'annual_renew':
      return logger.warn({ ...fields, expiresAtSeconds: event.expiresAtSeconds }, 'account-verification-due');
    // Without verification the account loses web authorization and payment.
    case 'verify_expired':
      return logger.error({ ...fields, expiresAtSeconds: event.expiresAtSeconds }, 'account-verification-over');
    case 'qualification_verify_fail':
    case 'naming_verify_fail':
      return logger.error({ ...fields, reason: event.reason.slice(0, 200) }, 'account-verification-failed');
    case 'other':
      return logger.info(fields, 'event-unknown');
    default:
      return logger.debug(fields, 'event-heard');
  }
}

function atMs({ createTimeSeconds }: InboundEvent): number {
  return createTimeSeconds * 1000;
}
