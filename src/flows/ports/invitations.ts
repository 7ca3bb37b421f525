import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { InvitationCondition } from '../../rules/trigger-schema.ts';
import type { PersonKey } from './followers.ts';

/** Somebody's place in an activity. */
export interface ActivityPerson extends PersonKey {
  readonly activity: ActivityId;
}

/** An invitation whose condition is met, held for a while. */
export interface DueInvitation {
  readonly account: AccountId;
  readonly activity: ActivityId;
  /** Random; part of the request key of the inviter's draw. */
  readonly id: string;
  readonly inviter: Openid;
  readonly invitee: Openid;
  /** met: to be accepted or not. accepted: counts, and its draw is owed. */
  readonly state: 'met' | 'accepted';
  /** Times it was taken, this one included. */
  readonly tries: number;
}

/**
 * Where an invitation ends, or rests. drawn: the inviter had the draw. unproven: nobody vouches for whom it brought, a
 * follow or a second opening looks again. void: the activity is over, or somebody was erased.
 */
export type InvitationRest = 'drawn' | 'unproven' | 'void';

/** How somebody's invitations stand. */
export interface InvitationStanding {
  /** Counted, up to the rule's limit. */
  readonly accepted: number;
  /** Opened, but what the rule asks for has not happened yet. */
  readonly waiting: number;
}

/** Who invited whom. Each throws OutsideTrouble when the database cannot answer. */
export interface InvitationStore {
  /** Returns the person's code in an activity: the one there is, else `fresh`. */
  codeOf(person: ActivityPerson, fresh: string, nowMs: number): Promise<string>;
  /**
   * Notes that somebody opened the page by a code. Returns whether this began an invitation: not for an unknown code or
   * one's own, nor for somebody who took part or was invited before, or who invited the inviter. Two openids with one
   * union id are one person.
   */
  opened(input: {
    readonly person: ActivityPerson;
    readonly code: string;
    /** For an invitation that begins. */
    readonly id: string;
    readonly counts: InvitationCondition;
    readonly nowMs: number;
  }): Promise<boolean>;
  /** Notes a follow, `first` or not: it meets conditions and vouches for people. */
  followed(person: PersonKey, told: { readonly first: boolean; readonly nowMs: number }): Promise<void>;
  /** Takes at most `most` that are due; nobody else gets them before `leaseMs` is over. */
  claim(input: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly most: number;
  }): Promise<readonly DueInvitation[]>;
  /**
   * Counts an invitation, under the inviter's lock, unless `most` of the inviter's count already. Told again it says the
   * same; `void` when it was ended meanwhile.
   */
  accept(
    invitation: DueInvitation,
    limit: { readonly most: number; readonly nowMs: number },
  ): Promise<'accepted' | 'over' | 'void'>;
  rest(invitation: DueInvitation, at: InvitationRest, reason: string | null): Promise<void>;
  /** Due again then. */
  putBack(invitation: DueInvitation, dueAtMs: number, reason: string): Promise<void>;
  standing(person: ActivityPerson): Promise<InvitationStanding>;
}
