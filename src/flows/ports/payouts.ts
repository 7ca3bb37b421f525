import type { Fen } from '../../base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { Merchant } from './accounts.ts';
import type { TransferNamed, TransferRefusal, TransferRequest, TransferState } from './transfers.ts';

/** The two ways of paying an award that merchants, activities and operators choose between. */
export type Rail = 'red-packet' | 'transfer';

/** By what a request goes: one of the two, or what its kind of prize demands. */
export type RequestRail = Rail | 'group-packet' | 'mini-packet' | 'coupon';

/** The business fields of a red packet, frozen before its first send; every resend is identical but for nonce and sign. */
export interface RedPacketRequest {
  readonly rail?: 'red-packet';
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
  // A request frozen by the first version has none of these four; read them with `?? null`.
  /** The sub-merchant that pays, when the merchant is a service provider. */
  readonly subMchId: string | null;
  /** The app id through which the person is reached, in service-provider mode only. */
  readonly msgAppId: string | null;
  /** The fund-authorising merchant of the older provider mode. */
  readonly consumeMchId: string | null;
  /** Encoded as it is sent and signed; null where the merchant does not send it. */
  readonly riskInfo: string | null;
}

/** A packet that the winner shares with friends: WeChat Pay splits it at random, a share for each of them. */
export interface GroupPacketRequest extends Omit<RedPacketRequest, 'rail' | 'clientIp'> {
  readonly rail: 'group-packet';
  /** 3 to 20. */
  readonly shares: number;
}

/** A packet that the person takes in a mini program, whose app id this is and under which the openid is. */
export interface MiniPacketRequest extends Omit<RedPacketRequest, 'rail' | 'clientIp' | 'riskInfo'> {
  readonly rail: 'mini-packet';
}

/**
 * A coupon of a stock that the merchant set up at WeChat Pay, where it is paid for beforehand: its amount here is 0. Nobody can
 * ask what became of one, but the same request may be made again under its number.
 */
export interface CouponRequest extends Pick<
  RedPacketRequest,
  'orderNumber' | 'appId' | 'mchId' | 'openid' | 'amountFen'
> {
  readonly rail: 'coupon';
  readonly stockId: string;
}

/** What WeChat Pay's packet pages take. */
export type PacketRequest = RedPacketRequest | GroupPacketRequest | MiniPacketRequest;

/** What one number asks for, by any rail. */
export type PayoutRequest = PacketRequest | TransferRequest | CouponRequest;

/** What a query has to know of a number; `shares` of a group packet. */
export type QueriedPayout = Pick<PayoutRequest, 'rail' | 'orderNumber' | 'appId' | 'amountFen'> & {
  readonly shares?: number;
};

/**
 * Every code by which WeChat Pay says clearly that this call paid nothing, as spelled there
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011974053 and older copies of the page; the blank in one is theirs).
 * Those of transfers are `TransferRefusal`. REQUEST_INVALID and RAIL_NOT_SET_UP are ours: the request was refused before a
 * byte left. Any other code is `unknown`.
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
  | TransferRefusal
  | 'REQUEST_INVALID'
  | 'RAIL_NOT_SET_UP';

/**
 * Whether certificate and key are understood, as a signed query of another number showed: it tells one odd packet from
 * a merchant none of whose packets can go. `unclear` when that query brought nothing.
 */
export type Credentials = 'work' | 'fail' | 'unclear';

/**
 * What the rail said, with what was seen around it. Absent is not success: `paid` only with code, ids and amount
 * present and ours.
 */
export type SendOutcome =
  | {
      readonly kind: 'paid';
      readonly railNumber: string;
      /** What the person's phone takes a transfer or a mini-program packet with; only the answer to a send brings it. */
      readonly packageInfo?: string;
    }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      /** Noted with CA_ERROR and SIGN_ERROR. */
      readonly credentials?: Credentials;
      /** Noted with NO_AUTH: how many people of this merchant were refused so within a minute and without a success. */
      readonly peopleRefused?: number;
    }
  | {
      readonly kind: 'unknown';
      readonly code: string;
      readonly message: string;
      readonly credentials?: Credentials;
    };

export type QueryOutcome =
  | {
      readonly kind: 'found';
      readonly status: RailStatus;
      readonly reason: string;
      readonly returnedFen: Fen;
      /** What people have of a packet of which the rest came back; absent where all went one way. */
      readonly deliveredFen?: Fen;
      /** When the person opened it, Unix ms; null while unopened and now and then also later. */
      readonly openedAtMs: number | null;
      /** A transfer's own word, of which `status` says what it means. */
      readonly transferState?: TransferState;
    }
  | { readonly kind: 'not-found' }
  | {
      readonly kind: 'unknown';
      readonly code: string;
      readonly message: string;
      readonly credentials?: Credentials;
    };

/** Status of a red packet as WeChat Pay spells it (https://pay.weixin.qq.com/doc/v2/partner/4011983160). */
export type RailStatus = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND';

export interface PayRail {
  /** Sends by the request's rail. Never throws for what the network or the other side does: that is `unknown`. */
  send(
    merchant: Merchant,
    request: PayoutRequest,
    signal?: AbortSignal,
  ): Promise<SendOutcome & { readonly raw: string }>;
  query(
    merchant: Merchant,
    payout: QueriedPayout,
    signal?: AbortSignal,
  ): Promise<QueryOutcome & { readonly raw: string }>;
  /**
   * Asks to take a transfer back that nobody confirmed yet. What it answers proves nothing: a query shows what became
   * of it. Red packets know no such thing.
   */
  cancel?(merchant: Merchant, payout: QueriedPayout, signal?: AbortSignal): Promise<{ readonly said: string }>;
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

/** What the state machine looks at: the payout, what people ordered for it, and all its attempts, lowest number first. */
export interface PayoutFacts {
  readonly state: PayoutState;
  readonly attempts: readonly Attempt[];
  /** Nothing is sent before a query begun at or after this has a clear answer; Unix ms. */
  readonly askFromMs?: number | null;
  /** When a person last ordered to send the parked payout again under its number; Unix ms. */
  readonly retryAtMs?: number | null;
  /** Whether the activity takes money that comes back into its budget again. */
  readonly returnsToBudget?: boolean;
  /** By which rail its request goes; a red packet where nothing is said. */
  readonly rail?: RequestRail;
  /** When a person ordered to take a transfer back that is not confirmed; Unix ms. */
  readonly cancelAtMs?: number | null;
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
export type PayoutBooking = 'send' | 'received' | 'returned' | 'reopened' | 'failed';

export type PayoutAction =
  /** Call now. */
  | { readonly kind: 'call'; readonly call: 'send' | 'query' }
  /** Call not before this time. */
  | { readonly kind: 'wait'; readonly call: 'send' | 'query'; readonly untilMs: number }
  /** Nothing more to do by itself. */
  | { readonly kind: 'rest' }
  /** Books the whole amount, or a part of it. */
  | { readonly kind: 'book'; readonly booking: PayoutBooking; readonly partFen?: Fen }
  /** Raise an alarm and send nothing of this merchant until someone resumes it. */
  | { readonly kind: 'stop-merchant'; readonly reason: string }
  /** WeChat Pay said "too fast": halve the merchant's pace for a minute, because others may share its limit. */
  | { readonly kind: 'slow-merchant' }
  /** The person can get no more today, whatever our own counters say. */
  | { readonly kind: 'person-full' }
  /** WeChat Pay contradicts itself about this number: nothing can be booked, a person must look. */
  | { readonly kind: 'contradiction'; readonly message: string };

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
  readonly request: PayoutRequest;
  readonly leaseToken: string;
  readonly createdAtMs: number;
  /** The time handed out for its call, Unix ms with fractions. */
  readonly callAtMs: number;
  /** Which of the merchant's paces that time was taken from. */
  readonly call: 'send' | 'query';
}

/** Names a payout. */
export type PayoutKey = Pick<ClaimedPayout, 'accountId' | 'orderNumber'>;

/** What an answer changed. `fresh` is false when the same evidence was recorded before. */
export interface RecordedAnswer extends PayoutStep {
  readonly fresh: boolean;
}

/** How many calls of a merchant a worker holds. */
export interface CallsHeld {
  readonly sends: number;
  readonly queries: number;
}

/** What a claim brought. `more` says that others are due already, so that it pays to look again at once. */
export interface Claim {
  readonly payouts: readonly ClaimedPayout[];
  readonly more: boolean;
}

/** The payouts, which are their own queue. Every time is a parameter, Unix ms of the one clock. */
export interface PayoutStore {
  /**
   * Takes due payouts in one transaction: no payout is taken twice while its lease lasts, and one whose lease ran out
   * may be taken over. Claims of one merchant wait for each other, whichever process makes them, so that its call
   * times and daily counters are handed out once (`planCalls` decides). Sends need an open merchant and no general
   * stop; queries do not. The first claim of a send freezes the request. `held` says what this worker holds already.
   */
  claim(input: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly leaseToken: string;
    readonly held: ReadonlyMap<MerchantId, CallsHeld>;
  }): Promise<Claim>;

  /** Hands out another call time to one who missed his, Unix ms with fractions. */
  takeTurn(input: {
    readonly merchantId: MerchantId;
    readonly call: 'send' | 'query';
    readonly nowMs: number;
  }): Promise<number>;

  /**
   * Writes an attempt before its first byte and renews the lease; at the first send the money moves to in-flight.
   * Returns the attempt's number, or null when the call must not be made: the lease is lost, the payout is no longer
   * due, its last send began less than a second ago, or sending was stopped meanwhile.
   */
  beginAttempt(input: {
    readonly payout: ClaimedPayout;
    readonly call: 'send' | 'query';
    readonly nowMs: number;
    readonly leaseMs: number;
  }): Promise<number | null>;

  /**
   * Records an answer as evidence, whoever holds the lease now, and lets the state machine judge all attempts anew:
   * payout, award, books, alarms and the merchant's queue change in one transaction. Evidence that repeats changes
   * nothing.
   */
  recordAnswer(input: {
    readonly payout: PayoutKey & { readonly leaseToken: string };
    readonly number: number;
    readonly outcome: SendOutcome | QueryOutcome;
    readonly raw: string;
    readonly nowMs: number;
  }): Promise<RecordedAnswer>;

  /** Gives a payout back without a call, due not before `notBeforeMs`. Does nothing when the lease is lost. */
  release(
    payout: PayoutKey & { readonly leaseToken: string },
    notBeforeMs: number,
    call?: 'send' | 'query',
  ): Promise<void>;

  /** Stops a merchant's sends and raises the alarm; its payouts keep their numbers and wait. The first reason stays. */
  stopMerchant(merchant: MerchantId, reason: string, nowMs: number): Promise<void>;

  /** Lets a merchant send again under the same numbers and clears its alarm. False when it was not stopped. */
  resumeMerchant(merchant: MerchantId, nowMs: number): Promise<boolean>;

  /** Stops every send of every merchant and raises the alarm. The first reason stays. */
  stopSending(reason: string, nowMs: number): Promise<void>;

  /** Ends the general stop and clears its alarm. False when there was none. */
  resumeSending(nowMs: number): Promise<boolean>;

  /**
   * Lets a parked payout be sent again under its own number, once what it was refused for is mended. Throws
   * WrongRequest `payout-not-parked` or `payout-too-old` (72 h after its first send only queries are left).
   */
  retryParked(payout: PayoutKey, nowMs: number): Promise<void>;

  /**
   * Makes a payout that is not ended ask at once what became of it, because a notice or a person says that something
   * did. False when there is no such one among these accounts, or it was never sent.
   */
  askNow(payout: TransferNamed, nowMs: number): Promise<boolean>;

  /**
   * Orders a transfer to be taken back: from now on each query first asks for that, until one shows an end. Throws
   * WrongRequest `payout-not-cancellable` (409) for what is no transfer or has ended.
   */
  cancelTransfer(payout: PayoutKey, nowMs: number): Promise<void>;

  /**
   * Makes every unsettled payout ask before anything is sent again, at once and in every state but the ended ones; those
   * that WeChat Pay no longer answers for are left alone. Returns how many there are.
   */
  askAllFirst(nowMs: number): Promise<number>;

  /**
   * Makes queries of the sends that came too late: a number may no longer be sent again when 72 h have passed, and
   * must be asked about before the 30 days are over although its merchant is stopped. Returns how many.
   */
  askTooOld(nowMs: number): Promise<number>;

  /** How many payouts still have to be asked about because of `askAllFirst`; those given up in vain do not count. */
  unasked(): Promise<number>;
}

/** Tells a worker to look at once. A hint only: one that is lost costs a poll's wait, never a payout. */
export interface PayoutWake {
  start(onDue: () => void): void;
  stop(): Promise<void>;
}
