import type { Fen } from '../../base/fen.ts';
import type { Rail } from './payouts.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';

/** Which unpaid awards a re-issue is about: one merchant, one period, and optionally one reason or activity. */
export interface ReissueSelection {
  readonly merchantId: MerchantId;
  /** When their numbers were proved dead, Unix ms, half-open. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Text that the payout's reason contains, such as NOTENOUGH; null for any. */
  readonly reason: string | null;
  readonly activityId: ActivityId | null;
  /** The rail that the new numbers go by; absent or null lets activity and merchant say. */
  readonly rail?: Rail | null;
}

/**
 * An award without a living number, with the proof for it: the query that showed FAILED, or REFUND where the activity
 * lets returned packets be issued again.
 */
export interface ReissueCandidate {
  readonly accountId: AccountId;
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly openid: Openid;
  readonly orderNumber: OrderNumber;
  readonly amountFen: Fen;
  readonly state: 'dead' | 'returned';
  readonly reason: string | null;
  /** The attempt whose answer is the proof. */
  readonly proofAttempt: number;
  readonly provedAtMs: number;
}

export type ReissueState = 'requested' | 'approved' | 'refused' | 'withdrawn';

export interface Reissue {
  readonly id: string;
  readonly selection: ReissueSelection;
  /** Why, in the requester's words. */
  readonly why: string;
  readonly state: ReissueState;
  readonly payouts: number;
  readonly amountFen: Fen;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
}

/** One number of a re-issue. `outcome` is null until it is decided: then `issued`, or why it was left out. */
export interface ReissueItem {
  readonly accountId: AccountId;
  readonly orderNumber: OrderNumber;
  readonly awardId: AwardId;
  readonly amountFen: Fen;
  readonly proofAttempt: number;
  readonly newOrderNumber: OrderNumber | null;
  readonly outcome: string | null;
}

/** Most numbers in one re-issue. */
export const REISSUE_MAX = 10_000;

export interface ReissueStore {
  /** Awards without a living number that the selection matches, the earliest proved first, at most `limit`. */
  candidates(selection: ReissueSelection, limit: number): Promise<readonly ReissueCandidate[]>;
  /**
   * Writes a request with every number it is about. An award that stands in another open request is left out.
   */
  request(input: {
    readonly id: string;
    readonly selection: ReissueSelection;
    readonly why: string;
    readonly operatorId: string;
    readonly nowMs: number;
  }): Promise<Reissue>;
  /** The latest first. */
  list(page: PageRequest): Promise<Page<Reissue>>;
  /** Those that nobody decided on, the oldest first. */
  waiting(limit: number): Promise<readonly Reissue[]>;
  find(id: string): Promise<(Reissue & { readonly items: readonly ReissueItem[] }) | undefined>;
  /**
   * Decides a request once. Approved, each number is looked at again under lock: only if its proof still stands and
   * its award has no living number does the award get a new one (the next series), due at once. `mayDecide` throws
   * when this operator must not.
   */
  decide(
    input: {
      readonly id: string;
      readonly decision: Exclude<ReissueState, 'requested'>;
      readonly operatorId: string;
      readonly nowMs: number;
      readonly orderPrefix: string;
    },
    mayDecide: (reissue: Reissue) => void,
  ): Promise<Reissue & { readonly items: readonly ReissueItem[] }>;
}
