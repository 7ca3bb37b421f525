import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../base/ids.ts';
import type { BookLine, Page, PageRequest } from './console-reads.ts';
import type { Attempt, PayoutKey, PayoutState, RequestRail } from './payouts.ts';

/** Payouts that somebody may have to look at: not sent, not clear, not possible, or proved unpaid. */
export type OpenState = Extract<PayoutState, 'waiting' | 'unknown' | 'parked' | 'dead'>;

/** How many payouts of one merchant are in an open state. A dead number whose award has a later one does not count. */
export interface OpenCount {
  readonly state: OpenState;
  readonly payouts: number;
  readonly amountFen: number;
  /** Those whose time has come. */
  readonly due: number;
}

/** What a merchant's queue holds and how fast it may go. Times are Unix ms; null when past or not set. */
export interface MerchantQueueLine {
  readonly merchantId: MerchantId;
  readonly counts: readonly OpenCount[];
  /** Nothing is sent before this, because the merchant's day is full. */
  readonly sendsFromMs: number | null;
  /** The pace is halved until then, because WeChat Pay said "too fast". */
  readonly slowUntilMs: number | null;
  /** What was taken for sending on this Beijing day. */
  readonly dayFen: number;
}

/** What keeps a payout from being sent, whatever its due time says. */
export type HeldBy = 'sending-stopped' | 'merchant-stopped';

/** One payout with why it is where it is. Times are Unix ms. */
export interface OpenPayout extends PayoutKey {
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly activityName: string;
  readonly merchantId: MerchantId;
  readonly openid: Openid;
  readonly amountFen: number;
  readonly state: PayoutState;
  /** What WeChat Pay or the queue said; null when all goes as planned. */
  readonly reason: string | null;
  readonly createdAtMs: number;
  /** Since when it is in this state: won, first sent without a clear answer, or come to rest. */
  readonly sinceMs: number;
  /** When it is looked at next by itself; null when it rests. The merchant's full day is counted in. */
  readonly dueAtMs: number | null;
  readonly nextCall: 'send' | 'query';
  readonly heldBy: HeldBy | null;
  readonly firstSentAtMs: number | null;
  /** Which number of the award this is; 0 is the first. */
  readonly series: number;
  readonly attempts: number;
  readonly rail: RequestRail;
}

/** Everything known of one order number. */
export interface PayoutHistory {
  readonly payout: OpenPayout & {
    readonly class: 'live' | 'batch';
    readonly railNumber: string | null;
    readonly lastSentAtMs: number | null;
    readonly retryAtMs: number | null;
    readonly cancelAtMs: number | null;
    /** The frozen business fields; null before the first send. */
    readonly request: Readonly<Record<string, unknown>> | null;
  };
  /** Every call, the earliest first, with the answer as it came. */
  readonly attempts: readonly (Attempt & { readonly raw: string | null })[];
  /** The award's book entries, the earliest first. */
  readonly entries: readonly BookLine[];
  /** All numbers of the award, this one among them. */
  readonly numbers: readonly {
    readonly orderNumber: OrderNumber;
    readonly series: number;
    readonly state: PayoutState;
    readonly createdAtMs: number;
  }[];
}

/** What the console shows of payments. Every method throws OutsideTrouble when the database is away. */
export interface PaymentReads {
  merchantQueues(nowMs: number): Promise<readonly MerchantQueueLine[]>;
  /** Open payouts of one merchant, or of all with null; the earliest won first. */
  openPayouts(
    wanted: { readonly state: OpenState; readonly merchantId: MerchantId | null },
    page: PageRequest,
  ): Promise<Page<OpenPayout>>;
  /** Null when there is no such number. */
  payoutHistory(key: PayoutKey): Promise<PayoutHistory | null>;
  /** Where an order number belongs; null when it is none of ours. */
  payoutAccount(orderNumber: OrderNumber): Promise<AccountId | null>;
  /** Operators' names by their ids. */
  operatorNames(): Promise<ReadonlyMap<string, string>>;
}
