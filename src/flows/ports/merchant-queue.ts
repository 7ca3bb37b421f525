import type { BeijingDay } from '../../base/beijing-day.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { MerchantLimits } from './accounts.ts';
import type { PayoutMachine } from './payouts.ts';

/** What is known of a merchant's queue when a claim holds it. Times are Unix ms. */
export interface MerchantQueue {
  readonly merchantId: MerchantId;
  /** Whether sends may go at all: the merchant is open and there is no general stop. */
  readonly open: boolean;
  readonly limits: Pick<MerchantLimits, 'personDayPackets' | 'personDayFen' | 'dayFen' | 'spacingMs' | 'callsMax'>;
  readonly pace: MerchantPace;
}

/** The one row of a merchant from which call times are handed out. */
export interface MerchantPace {
  /** The earliest times that are still free, with fractions. */
  readonly nextSendAtMs: number;
  readonly nextQueryAtMs: number;
  /** How many send times were handed out, which says whose turn it is, live or batch. */
  readonly handedOut: number;
  /** Until when the pace is halved because WeChat Pay said "too fast"; null when it is not. */
  readonly slowUntilMs: number | null;
  /** Until when it is halved because nothing was sent for a while and connections are being opened anew. */
  readonly warmUntilMs: number | null;
  /** Nothing is sent before this, because the merchant's day is full; null when it is not. */
  readonly sendsFromMs: number | null;
  /** The Beijing day that `dayFen` counts; null before the first send. */
  readonly day: BeijingDay | null;
  readonly dayFen: number;
}

/** A payout that is due for a call. */
export interface DueCall {
  /** Names the payout within the claim. */
  readonly id: string;
  readonly call: 'send' | 'query';
  readonly class: 'live' | 'batch';
  /** Names the person within the merchant. */
  readonly person: string;
  readonly amountFen: number;
  /**
   * Whether the send still has to be counted on this day: never counted, or counted on an earlier day with every send
   * since clearly refused. A resend of what may have been paid is not counted twice.
   */
  readonly uncounted: boolean;
}

/** What a person got of a merchant on a Beijing day, as counted in claims. */
export interface PersonDay {
  readonly packets: number;
  readonly amountFen: number;
  /** WeChat Pay said that the person's day is full, whatever the numbers are. */
  readonly full: boolean;
}

/** What a claim does with what is due. */
export interface CallPlan {
  readonly taken: readonly { readonly id: string; readonly callAtMs: number; readonly counted: boolean }[];
  readonly deferred: readonly { readonly id: string; readonly untilMs: number; readonly reason: string }[];
  readonly pace: MerchantPace;
  /** What the taken sends add to each person's day. */
  readonly persons: ReadonlyMap<string, { readonly packets: number; readonly amountFen: number }>;
  /** Whether some of what was due was left for lack of places. */
  readonly more: boolean;
}

/** Decides a claim: pure, so that every store hands out the same times. */
export type CallPlanner = (input: {
  readonly queue: MerchantQueue;
  readonly nowMs: number;
  readonly held: { readonly sends: number; readonly queries: number };
  /** Due calls, each class and kind by due time. */
  readonly due: readonly DueCall[];
  readonly persons: ReadonlyMap<string, PersonDay>;
}) => CallPlan;

/** A refusal of a person, remembered for a minute. */
export interface PersonRefused {
  readonly openid: string;
  readonly atMs: number;
}

/** What a payout store is told of payouts: it keeps and locks, these decide. */
export interface PayoutRules {
  readonly machine: PayoutMachine;
  readonly planCalls: CallPlanner;
  /** Hands out one more call time to a worker that missed its own. Returns it and the pace after it. */
  readonly anotherTurn: (
    queue: MerchantQueue,
    call: 'send' | 'query',
    nowMs: number,
  ) => { readonly callAtMs: number; readonly pace: MerchantPace };
  /** How long a NO_AUTH of one person counts beside that of another. */
  readonly peopleRefusedWithinMs: number;
  /** How long a merchant goes at half its pace after WeChat Pay said "too fast". */
  readonly slowForMs: number;
  /** How long after its first send a number may be sent again. */
  readonly resendWithinMs: number;
  /** How long after its first send WeChat Pay answers for a number. */
  readonly queryWithinMs: number;
}
