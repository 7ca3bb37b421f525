import type { ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../src/base/ids.ts';
import type { PayoutKey, PayoutState, PayoutStore, Rail, RequestRail } from '../../src/flows/ports/payouts.ts';
import type { ActivityRow, MerchantRow } from './payout-tables.ts';

/** A won award as the draw flow would write it. */
export interface Win extends PayoutKey {
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly merchantId: MerchantId;
  readonly openid: Openid;
  readonly amountFen: number;
  readonly class: 'live' | 'batch';
  readonly atMs: number;
}

/** A payout as the world looks at it. */
export interface PayoutView extends PayoutKey {
  readonly orderNumber: OrderNumber;
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly merchantId: MerchantId;
  readonly openid: string;
  readonly amountFen: number;
  readonly state: PayoutState;
  readonly award: string;
  readonly reason: string | null;
  /** 0 for the first number of an award, one more for each re-issue. */
  readonly series: number;
  readonly rail: RequestRail;
  /** What its person confirms a transfer with, as the page of awards would hand it out; null while it is not here. */
  readonly packageInfo: string | null;
}

/** An activity, with every amount that can be won in it. */
export interface PlayedActivity extends ActivityRow {
  readonly amounts: readonly number[];
}

export interface StoreView {
  readonly payouts: readonly PayoutView[];
  readonly stoppedMerchants: readonly MerchantId[];
}

/** A payout store with what a world needs around it: wins, backups, and a look at everything. */
export interface SimulatedStore {
  readonly payouts: PayoutStore;
  /** Writes merchants and activities, once. */
  begin(merchants: readonly MerchantRow[], activities: readonly PlayedActivity[]): Promise<void>;
  /** Writes a win, unless the budget does not hold it. */
  win(win: Win): Promise<boolean>;
  view(): Promise<StoreView>;
  /**
   * Asks for new numbers for every award whose last one is proved unpaid; what it returns is the second person's
   * approval, and tells how many were issued. They go by this rail; null lets the merchant say.
   */
  askReissue(nowMs: number, rail: Rail | null): Promise<(nowMs: number) => Promise<number>>;
  /** The earliest time at which a claim could find something; null when nothing is left to do. */
  nextDueMs(): Promise<number | null>;
  /** What an account of an activity's books holds. */
  balanceFen(activity: ActivityId, account: string): Promise<number>;
  /** Remembers everything as it is now and returns how to bring it back. */
  backup(): Promise<() => Promise<void>>;
  /** Whatever verify-books, or its like, finds wrong. */
  differences(): Promise<readonly string[]>;
  close(): Promise<void>;
}
