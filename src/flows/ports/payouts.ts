import type { Fen } from '../../base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { Merchant } from './accounts.ts';

/** The business fields of a red packet, frozen before its first send; every resend is identical but for nonce and sign. */
export interface RedPacketRequest {
  readonly orderNumber: OrderNumber;
  readonly appId: string;
  readonly mchId: string;
  readonly openid: Openid;
  readonly amountFen: Fen;
  readonly sendName: string;
  readonly activityName: string;
  readonly wishing: string;
  readonly remark: string;
  readonly clientIp: string;
  /** `PRODUCT_1` .. `PRODUCT_8`, needed below 1 and above 200 yuan; absent otherwise. */
  readonly sceneId: string | null;
}

/**
 * Every code by which WeChat Pay says clearly that this call paid nothing, as spelled there
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053 and older copies of the page; the blank in one is theirs).
 * REQUEST_INVALID is ours: the request was refused before a byte left. Any other code is `unknown`.
 */
export type RefusalCode =
  | 'SEND_FAILED'
  | 'NOTENOUGH'
  | 'SENDNUM_LIMIT'
  | 'RCVDAMOUNT_LIMIT'
  | 'SENDAMOUNT_LIMIT'
  | 'FREQ_LIMIT'
  | 'SECOND_OVER_LIMITED'
  | 'DAY_ OVER_LIMITED'
  | 'DAY_OVER_LIMITED'
  | 'MONEY_LIMIT'
  | 'NO_AUTH'
  | 'NO_COMPETENCE'
  | 'OPENID_ERROR'
  | 'ILLEGAL_APPID'
  | 'MSGAPPID_ERROR'
  | 'ACCEPTMODE_ERROR'
  | 'FATAL_ERROR'
  | 'CA_ERROR'
  | 'SIGN_ERROR'
  | 'XML_ERROR'
  | 'PARAM_ERROR'
  | 'API_METHOD_CLOSED'
  | 'PAYER_ACCOUNT_ABNORMAL'
  | 'REQUEST_INVALID';

/** What the rail said. Absent is not success: `paid` only with code, ids and amount present and ours. */
export type SendOutcome =
  | { readonly kind: 'paid'; readonly railNumber: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  | { readonly kind: 'unknown'; readonly code: string; readonly message: string };

export type QueryOutcome =
  | {
      readonly kind: 'found';
      readonly status: RailStatus;
      readonly reason: string;
      readonly returnedFen: Fen;
      /** When the person opened it, Unix ms; null while unopened and now and then also later. */
      readonly openedAtMs: number | null;
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly code: string; readonly message: string };

/** Status of a red packet as WeChat Pay spells it (https://pay.weixin.qq.com/doc/v2/partner/4011983160). */
export type RailStatus = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND';

export interface PayRail {
  /** Sends a red packet. Never throws for what the network or the other side does: that is `unknown`. */
  send(
    merchant: Merchant,
    request: RedPacketRequest,
    signal?: AbortSignal,
  ): Promise<SendOutcome & { readonly raw: string }>;
  query(
    merchant: Merchant,
    packet: Pick<RedPacketRequest, 'orderNumber' | 'appId' | 'amountFen'>,
    signal?: AbortSignal,
  ): Promise<QueryOutcome & { readonly raw: string }>;
}

/**
 * waiting: not sent yet. unknown: a send has no clear answer; only the same number may go again. sent: WeChat has
 * it, the person has not opened it. received / returned / dead: ended. parked: a person must decide.
 */
export type PayoutState = 'waiting' | 'unknown' | 'sent' | 'received' | 'returned' | 'dead' | 'parked';

/** One call to the rail, written before its first byte; `outcome` is null while it has no answer. */
export interface Attempt {
  readonly number: number;
  readonly kind: 'send' | 'query';
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
  readonly outcome: SendOutcome | QueryOutcome | null;
}

/** What the state machine looks at: the payout and all its recorded attempts, lowest number first. */
export interface PayoutFacts {
  readonly state: PayoutState;
  readonly attempts: readonly Attempt[];
}

/** What can happen to a payout: a worker holds it, a call begins, an answer (or its absence) is recorded. */
export type PayoutEvent =
  | { readonly kind: 'claimed'; readonly atMs: number }
  | { readonly kind: 'begun'; readonly call: 'send' | 'query'; readonly atMs: number }
  | {
      readonly kind: 'answered';
      readonly number: number;
      readonly atMs: number;
      readonly outcome: SendOutcome | QueryOutcome;
    };

/** Movements of a payout's money, each one row of the books. */
export type PayoutBooking = 'send' | 'received' | 'returned' | 'failed';

export type PayoutAction =
  /** Call now. */
  | { readonly kind: 'call'; readonly call: 'send' | 'query' }
  /** Call not before this time. */
  | { readonly kind: 'wait'; readonly call: 'send' | 'query'; readonly untilMs: number }
  /** Nothing more to do by itself. */
  | { readonly kind: 'rest' }
  | { readonly kind: 'book'; readonly booking: PayoutBooking }
  /** Raise an alarm and send nothing of this merchant until someone resumes it. */
  | { readonly kind: 'stop-merchant'; readonly reason: string };

/** The payout after an event. `reason` tells support why it waits or rests; null when all goes as planned. */
export interface PayoutStep {
  readonly state: PayoutState;
  readonly award: 'reserved' | 'sending' | 'sent' | 'received' | 'returned' | 'parked';
  readonly reason: string | null;
  readonly actions: readonly PayoutAction[];
}

/** The state machine of a payout with its times set: pure, so any process comes to the same step. */
export type PayoutMachine = (facts: PayoutFacts, event: PayoutEvent) => PayoutStep;

/** A payout taken by a worker, with what it needs to act. */
export interface ClaimedPayout extends PayoutFacts {
  readonly accountId: AccountId;
  readonly orderNumber: OrderNumber;
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly merchantId: MerchantId;
  readonly openid: Openid;
  readonly amountFen: Fen;
  /** Frozen at the first claim. */
  readonly request: RedPacketRequest;
  readonly leaseToken: string;
  readonly createdAtMs: number;
}

/** Names a payout. */
export type PayoutKey = Pick<ClaimedPayout, 'accountId' | 'orderNumber'>;

/** What an answer changed. `fresh` is false when the same evidence was recorded before. */
export interface RecordedAnswer extends PayoutStep {
  readonly fresh: boolean;
}

/** The payouts, which are their own queue. Every time is a parameter, Unix ms of the one clock. */
export interface PayoutStore {
  /**
   * Takes due payouts of open merchants, earliest first, in one statement: no payout is taken twice while its lease
   * lasts, and one whose lease ran out may be taken over. The first claim freezes the request. `busy` says how many
   * payouts of a merchant this worker already holds, so that with these it never holds more than `perMerchant`.
   */
  claim(input: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly leaseToken: string;
    readonly perMerchant: number;
    readonly busy: ReadonlyMap<MerchantId, number>;
  }): Promise<readonly ClaimedPayout[]>;

  /**
   * Writes an attempt before its first byte and renews the lease; at the first send the money moves to in-flight.
   * Returns the attempt's number, or null when the call must not be made: the lease is lost, the payout is no longer
   * due, or its last send began less than a second ago.
   */
  beginAttempt(input: {
    readonly payout: ClaimedPayout;
    readonly call: 'send' | 'query';
    readonly nowMs: number;
    readonly leaseMs: number;
  }): Promise<number | null>;

  /**
   * Records an answer as evidence, whoever holds the lease now, and lets the state machine judge all attempts anew:
   * payout, award, books and the merchant's stop change in one transaction. Evidence that repeats changes nothing.
   */
  recordAnswer(input: {
    readonly payout: PayoutKey & { readonly leaseToken: string };
    readonly number: number;
    readonly outcome: SendOutcome | QueryOutcome;
    readonly raw: string;
    readonly nowMs: number;
  }): Promise<RecordedAnswer>;

  /** Gives a payout back without a call, due not before `notBeforeMs`. Does nothing when the lease is lost. */
  release(payout: PayoutKey & { readonly leaseToken: string }, notBeforeMs: number): Promise<void>;

  /** Stops a merchant's sends; its payouts keep their numbers and wait. The first reason stays. */
  stopMerchant(merchant: MerchantId, reason: string, nowMs: number): Promise<void>;

  /** Lets a merchant send again under the same numbers. */
  resumeMerchant(merchant: MerchantId, nowMs: number): Promise<void>;
}

/** Tells a worker to look at once. A hint only: one that is lost costs a poll's wait, never a payout. */
export interface PayoutWake {
  start(onDue: () => void): void;
  stop(): Promise<void>;
}
