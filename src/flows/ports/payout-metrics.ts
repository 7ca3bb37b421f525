import type { MerchantId } from '../../base/ids.ts';
import type { AlarmKind } from './alarms.ts';
import type { PayoutState } from './payouts.ts';

/** What is counted of calls to WeChat Pay. */
export interface PayoutMetrics {
  /** `outcome` is paid, refused, unknown, not-found or a packet's status; `seconds` the time on the wire. */
  called(call: 'send' | 'query', outcome: string, seconds: number): void;
}

/** States a payout does not stay in for ever; `dead` counts while its award has no later number. */
export type CountedState = Extract<PayoutState, 'waiting' | 'unknown' | 'sent' | 'parked' | 'dead'>;

/** How the queues stand, read for a scrape. No count goes above `countedMax`. */
export interface QueueFigures {
  readonly countedMax: number;
  readonly sendingStopped: boolean;
  readonly merchants: readonly {
    readonly merchantId: MerchantId;
    readonly stopped: boolean;
    /** With fractions, below 0 once it has ended; null while its end is not known. */
    readonly certificateDaysLeft: number | null;
    readonly payouts: Readonly<Record<CountedState, number>>;
    /** Those whose time has come. */
    readonly due: number;
  }[];
  /** Open alarms; a kind without any is absent. */
  readonly alarms: Readonly<Partial<Record<AlarmKind, number>>>;
}
