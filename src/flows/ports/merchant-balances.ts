import type { MerchantId } from '../../base/ids.ts';

/** top-up: money was paid in; stated: somebody looked at the merchant platform; empty: WeChat Pay said NOTENOUGH. */
export type BalanceKind = 'top-up' | 'stated' | 'empty';

/** Something that was said about a merchant's balance. */
export interface BalanceEntry {
  readonly kind: BalanceKind;
  readonly amountFen: number;
  readonly note: string;
  /** Null for an operator who is no more, and for what WeChat Pay said. */
  readonly enteredByName: string | null;
  readonly enteredAtMs: number;
}

/** What is known of one merchant's money. Fen. */
export interface MerchantMoney {
  readonly merchantId: MerchantId;
  /** What was stated last, plus later top-ups, less what left since; null before anything was entered. */
  readonly balanceFen: number | null;
  /** The last said is that there was not enough, and nothing was entered since. */
  readonly empty: boolean;
  /** What left in the time that the pace is taken from, less what came back. */
  readonly leftFen: number;
  /** How long that is, in ms: up to 70 minutes. */
  readonly leftWithinMs: number;
  /** Newest first, 10 at most. */
  readonly entries: readonly BalanceEntry[];
}

/** Merchants' money. Every method throws OutsideTrouble when the database is away. */
export interface MerchantBalances {
  all(nowMs: number): Promise<readonly MerchantMoney[]>;
  /** Returns false when there is no such merchant. */
  enter(
    merchant: MerchantId,
    entry: {
      readonly kind: Exclude<BalanceKind, 'empty'>;
      readonly amountFen: number;
      readonly note: string;
      readonly operator: string;
      readonly nowMs: number;
    },
  ): Promise<boolean>;
}
