import type { AccountId, ActivityId, MerchantId } from '../../base/ids.ts';
import type { TraceStep } from '../../rules/facts.ts';
import type { ActivityState } from './operators.ts';
import type { PaymentReads } from './payment-reads.ts';

/** An Official Account as operators see it: nothing secret. */
export interface AccountSummary {
  readonly id: AccountId;
  readonly appId: string;
  readonly kind: 'service' | 'subscription';
  /** The account whose openids people are paid under; null when it is this one. */
  readonly paysThrough: AccountId | null;
  readonly merchantId: MerchantId | null;
  /** Null without a merchant. */
  readonly merchantState: 'open' | 'stopped' | null;
}

/** One line of the list of activities. Numbers are 0 before the first publication. */
export interface ActivitySummary {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  readonly slug: string;
  readonly name: string;
  readonly state: ActivityState;
  /** As in the rule in force, or in the draft before there is one; null where a draft does not say. */
  readonly mechanic: string | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly updatedAtMs: number;
  readonly publishedAtMs: number | null;
  readonly budgetFen: number;
  readonly spentFen: number;
  readonly draws: number;
  readonly wins: number;
}

/** What an activity has given out so far, as its counters say, by the rule in force. */
export interface ActivityNumbers {
  readonly rule: Readonly<Record<string, unknown>>;
  readonly budgetFen: number;
  readonly spentFen: number;
  readonly draws: number;
  readonly wins: number;
  readonly prizes: readonly { readonly prizeId: string; readonly stock: number; readonly drawn: number }[];
  /** The last 14 Beijing days on which anyone drew, newest first. */
  readonly days: readonly {
    readonly day: string;
    readonly draws: number;
    readonly wins: number;
    readonly spentFen: number;
  }[];
}

/** One draw with why it ended as it did. */
export interface DrawLine {
  readonly requestKey: string;
  readonly atMs: number;
  readonly openid: string;
  readonly ruleVersion: number;
  readonly outcome: 'won' | 'lost' | 'refused';
  readonly prizeId: string | null;
  readonly awardId: string | null;
  readonly amountFen: number | null;
  readonly ticket: number | null;
  /** Why nothing was won; null for a win. */
  readonly why: string | null;
  readonly steps: readonly TraceStep[];
}

/** One award with how its payment stands. */
export interface AwardLine {
  readonly awardId: string;
  readonly atMs: number;
  readonly openid: string;
  readonly prizeId: string;
  readonly amountFen: number;
  readonly state: 'reserved' | 'sending' | 'sent' | 'received' | 'returned' | 'parked' | 'given';
  /** Null for a prize that is not money. */
  readonly orderNumber: string | null;
  readonly payoutState: string | null;
  /** What WeChat Pay said, where it said no. */
  readonly reason: string | null;
  readonly attempts: number;
}

export interface BookLine {
  readonly entryId: number;
  readonly atMs: number;
  readonly kind: string;
  readonly debit: string;
  readonly credit: string;
  readonly amountFen: number;
  readonly awardId: string | null;
}

/** A book account's sums: `balanceFen` is debit less credit. */
export interface BookSum {
  readonly account: string;
  readonly debitFen: number;
  readonly creditFen: number;
  readonly balanceFen: number;
}

/** Where a page of a list ended: the next one begins after it. */
export interface Cursor {
  readonly atMs: number;
  readonly key: string;
}

export interface PageRequest {
  readonly after: Cursor | null;
  readonly limit: number;
}

export interface Page<Line> {
  readonly rows: readonly Line[];
  /** Null at the end of the list. */
  readonly next: Cursor | null;
}

export interface ActivityPlace {
  readonly accountId: AccountId;
  readonly id: ActivityId;
}

/** What the console shows. Lists come newest first unless told. Every method throws OutsideTrouble when the database is away. */
export interface ConsoleReads extends PaymentReads {
  accounts(): Promise<readonly AccountSummary[]>;
  /** The activities changed last come first: one that changes while somebody leafs through may come twice. */
  activities(page: PageRequest): Promise<Page<ActivitySummary>>;
  /** Null before the first publication. */
  numbers(place: ActivityPlace): Promise<ActivityNumbers | null>;
  draws(place: ActivityPlace, page: PageRequest): Promise<Page<DrawLine>>;
  awards(place: ActivityPlace, page: PageRequest): Promise<Page<AwardLine>>;
  bookEntries(place: ActivityPlace, page: PageRequest): Promise<Page<BookLine>>;
  /** The sums, and what the counters say was won, at the same moment: the two agree or something is wrong. */
  bookSums(place: ActivityPlace): Promise<{ readonly sums: readonly BookSum[]; readonly spentFen: number }>;
}
