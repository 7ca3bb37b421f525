import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { RequestKey } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { DrawAside } from '../chat/draw-aside.ts';
import type { ActivityDirectory, LiveActivity } from '../ports/draws.ts';
import type { DueInvitation, InvitationStore } from '../ports/invitations.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import type { ProveVisitor } from '../prove-visitor.ts';

export interface SettleInvitations {
  /** Settles those that are due, a few at a time, and returns how many were looked at. Throws OutsideTrouble. */
  round(): Promise<number>;
}

const TAKEN_MAX = 40;
const AT_ONCE = 8;
// 40 in eights, each at most one question to WeChat and one draw.
const LEASE_MS = 60_000;
const BEFORE = '有朋友接受了您的邀请';
const PAUSE_FIRST_MS = 2000;
const PAUSE_MAX_MS = 10 * 60_000;
const PAUSED_ACTIVITY_MS = 30_000;
/** An activity that no process knows for about so many looks, some minutes, is over. */
const GONE_TRIES = 8;

/**
 * Returns what counts invitations whose condition is met and lets the inviter draw once for each: under a key of its own,
 * so that whoever goes on after a crash repeats nothing.
 */
export function createSettleInvitations(options: {
  readonly invitations: Pick<InvitationStore, 'claim' | 'accept' | 'rest' | 'putBack'>;
  readonly activities: Pick<ActivityDirectory, 'live'>;
  readonly visitors: ProveVisitor;
  readonly drawAside: DrawAside;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): SettleInvitations {
  const { invitations, activities, drawAside, clock, logger } = options;

  async function settle(due: DueInvitation): Promise<void> {
    const live = await activities.live(due.account);
    const activity = live.find(({ id }) => id === due.activity);
    if (activity === undefined) {
      if (due.tries >= GONE_TRIES) return invitations.rest(due, 'void', 'the activity is over');
      return later(due, 'the activity is not live');
    }
    if (activity.paused === true) {
      return invitations.putBack(due, clock.nowMs() + PAUSED_ACTIVITY_MS, 'the activity is paused');
    }
    if (due.state === 'met' && !(await isProven(options.visitors, due))) {
      return invitations.rest(due, 'unproven', 'nothing vouches for who came');
    }
    const most = activity.rule.trigger.invitesPerPerson;
    const counted = await invitations.accept(due, { most, nowMs: clock.nowMs() });
    if (counted === 'accepted') await drawFor(due, activity);
  }

  async function drawFor(due: DueInvitation, activity: LiveActivity): Promise<void> {
    const key = `i:${due.activity}:${due.id}` as RequestKey;
    const { fresh } = await drawAside.draw({
      activity,
      openid: due.inviter,
      key,
      by: 'invite',
      before: BEFORE,
      tells: 'everybody',
    });
    await invitations.rest(due, 'drawn', null);
    logger.info({ activity: due.activity, fresh }, 'invitation-drawn');
  }

  async function later(due: DueInvitation, reason: string): Promise<void> {
    const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(due.tries - 1, 20), PAUSE_MAX_MS);
    await invitations.putBack(due, clock.nowMs() + pauseMs, reason);
  }

  /** What is wrong with one must not hold the others up. */
  async function settleOne(due: DueInvitation): Promise<void> {
    try {
      await settle(due);
    } catch (error) {
      const fields = { activity: due.activity, tries: due.tries, error: String(error) };
      if (error instanceof OutsideTrouble) logger.warn(fields, 'invitation-not-settled');
      else logger.error(fields, 'invitation-not-settled');
      await later(due, error instanceof OutsideTrouble ? error.code : 'our fault');
    }
  }

  return {
    async round() {
      const due = await invitations.claim({ nowMs: clock.nowMs(), leaseMs: LEASE_MS, most: TAKEN_MAX });
      for (let from = 0; from < due.length; from += AT_ONCE) {
        await Promise.all(due.slice(from, from + AT_ONCE).map(settleOne));
      }
      return due.length;
    },
  };
}

async function isProven(visitors: ProveVisitor, { account, invitee }: DueInvitation): Promise<boolean> {
  try {
    await visitors.prove({ account, openid: invitee });
    return true;
  } catch (error) {
    if (error instanceof WrongRequest && error.code === 'follow-needed') return false;
    throw error;
  }
}
