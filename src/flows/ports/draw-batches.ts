import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';

/** asked: confirmed by whoever prepared it, and it waits for a second person. refused: that person said no. */
export type BatchState = 'prepared' | 'asked' | 'running' | 'paused' | 'finished' | 'cancelled' | 'refused';

/**
 * Why a line does not draw. malformed: no openid. duplicate: stands further up. unknown: nobody this account ever met.
 * erased: asked to be forgotten since. failed: our fault, in the log.
 */
export const LINE_FAULTS = ['malformed', 'duplicate', 'unknown', 'erased', 'failed'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

export type LineOutcome = 'won' | 'lost' | 'refused';

/** A line as it was read, before anybody looked for the person. Of what is no openid nothing is kept. */
export interface ReadLine {
  readonly openid: Openid | null;
  readonly fault: 'malformed' | 'duplicate' | null;
}

/** A list of people that operators let draw. */
export interface DrawBatch {
  readonly account: AccountId;
  readonly activity: ActivityId;
  readonly id: string;
  readonly note: string;
  readonly state: BatchState;
  readonly lines: number;
  readonly preparedBy: string;
  readonly preparedAtMs: number;
  readonly confirmedBy: string | null;
  readonly confirmedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** Who wanted it to draw though a second person is needed; null where nobody had to ask. */
  readonly askedBy: string | null;
  /** Why it rests at the moment. */
  readonly reason: string | null;
  readonly faults: Readonly<Record<LineFault, number>>;
  readonly outcomes: Readonly<Record<LineOutcome, number>>;
  /** Lines that have not drawn yet. */
  readonly open: number;
}

/** A line with what became of it; `openid` is a pseudonym after an erasure, empty for what was none. */
export interface BatchLine {
  readonly line: number;
  readonly openid: string;
  readonly fault: LineFault | null;
  readonly outcome: LineOutcome | null;
  readonly prizeId: string | null;
  readonly amountFen: number;
}

export interface BatchKey {
  readonly account: AccountId;
  readonly id: string;
}

/** A batch that somebody works on for a while. */
export interface DueBatch extends BatchKey {
  readonly activity: ActivityId;
}

/** Where batches are kept. Each throws OutsideTrouble when the database cannot answer. */
export interface DrawBatchStore {
  /** Writes all lines or none, and marks people the account never met. */
  prepare(input: {
    readonly key: BatchKey;
    readonly activity: ActivityId;
    readonly note: string;
    readonly lines: readonly ReadLine[];
    readonly operator: string;
    readonly nowMs: number;
  }): Promise<DrawBatch>;
  find(key: BatchKey): Promise<DrawBatch | undefined>;
  /** The newest first. */
  list(
    place: { readonly account: AccountId; readonly activity: ActivityId },
    page: PageRequest,
  ): Promise<Page<DrawBatch>>;
  /** How many of an activity nobody confirmed yet. */
  countPrepared(place: { readonly account: AccountId; readonly activity: ActivityId }): Promise<number>;
  /** The next lines after a number, with what their draws won. */
  lines(
    key: BatchKey,
    page: { readonly after: number; readonly most: number; readonly faulty: boolean },
  ): Promise<readonly BatchLine[]>;
  /** Moves a batch that stands in one of the states `from`; false when it does not. */
  move(
    key: BatchKey,
    change: {
      readonly from: readonly BatchState[];
      readonly to: BatchState;
      readonly nowMs: number;
      /** Set with a confirmation. */
      readonly confirmedBy?: string;
      /** Set where a second person is asked, with the most, in fen, that its people can win. */
      readonly asked?: { readonly by: string; readonly amountFen: number };
      readonly refusedBy?: string;
    },
  ): Promise<boolean>;
  /** Takes the running batch that is due first; nobody else gets it before `leaseMs` is over. */
  claim(nowMs: number, leaseMs: number): Promise<DueBatch | undefined>;
  /** Lines that have not drawn, in order. */
  nextLines(key: BatchKey, most: number): Promise<readonly { readonly line: number; readonly openid: Openid }[]>;
  /** Copies what the draws of these lines ended with. `failed`: lines that never will. */
  settle(
    key: BatchKey,
    settled: {
      readonly drawn: readonly { readonly line: number; readonly requestKey: string }[];
      readonly failed: readonly number[];
    },
  ): Promise<void>;
  /** Looked at again then. */
  putBack(key: BatchKey, dueAtMs: number, reason: string | null): Promise<void>;
  /** Removes lists that nobody confirmed. */
  forgetPrepared(beforeMs: number): Promise<void>;
}
