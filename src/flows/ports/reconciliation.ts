import type { BeijingDay } from '../../base/beijing-day.ts';

/** A payout, or a sum, about which award, number, query and books do not tell the same, or that waits for a person. */
export interface ReconciliationBreak {
  /**
   * parked: a person must decide. dead: proved unpaid and not issued again. unsettled: no end after 3 days. no-query:
   * paid and not asked about for a day longer than planned. told-otherwise: our state is not what the last clear query
   * said. books: the books differ.
   */
  readonly kind: 'parked' | 'dead' | 'unsettled' | 'no-query' | 'told-otherwise' | 'books';
  readonly accountId: string;
  readonly activityId: string;
  readonly awardId: string | null;
  readonly orderNumber: string | null;
  readonly amountFen: number;
  readonly awardState: string | null;
  readonly payoutState: string | null;
  /** What the last clear query said and when; null when there was none. */
  readonly query: { readonly status: string; readonly atMs: number } | null;
  /** Where the books have the award's money. */
  readonly books: string;
  readonly reason: string;
  /** Since when it has been so, Unix ms, from which its age is counted. */
  readonly sinceMs: number;
}

/** Sums of one state in fen, and how many payouts. */
export interface ReconciliationTotal {
  readonly payouts: number;
  readonly amountFen: number;
}

/** The report of a Beijing day, made after its end over everything that is not settled and all that settled that day. */
export interface Reconciliation {
  readonly day: BeijingDay;
  readonly madeAtMs: number;
  /** By merchant and payout state. */
  readonly totals: readonly (ReconciliationTotal & { readonly merchantId: string; readonly state: string })[];
  readonly breaks: readonly ReconciliationBreak[];
}

export interface ReconciliationStore {
  /** Makes the report of a day from one snapshot and keeps it; one made before is replaced. */
  make(day: BeijingDay, nowMs: number): Promise<Reconciliation>;
  /**
   * Makes the report unless it was made before or another process is making one: null then. Gives up with
   * OutsideTrouble when the signal aborts.
   */
  makeOnce(day: BeijingDay, nowMs: number, signal?: AbortSignal): Promise<Reconciliation | null>;
  find(day: BeijingDay): Promise<Reconciliation | undefined>;
  /** The days there are reports of, the latest first; with `before` those before that day. */
  days(limit: number, before?: BeijingDay): Promise<readonly BeijingDay[]>;
}
