import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';
import type { LiveActivity } from './draws.ts';
import type { MerchantLimits } from './accounts.ts';

/**
 * empty: no file yet. reading: one is being read. prepared: it waits for a confirmation. asked: confirmed, and it waits for a
 * second person. refused: that person said no.
 */
export const ISSUE_STATES = [
  'empty',
  'reading',
  'prepared',
  'asked',
  'running',
  'paused',
  'finished',
  'cancelled',
  'refused',
] as const;
export type IssueState = (typeof ISSUE_STATES)[number];

/**
 * Why a line gets no packet. amount-not-allowed: the merchant does not send this amount. duplicate: the openid stands
 * further up. erased: they asked to be forgotten since.
 */
export const ISSUE_FAULTS = [
  'openid-missing',
  'openid-malformed',
  'amount-missing',
  'amount-malformed',
  'amount-not-allowed',
  'note-too-long',
  'line-too-long',
  'duplicate',
  'erased',
] as const;
export type IssueFault = (typeof ISSUE_FAULTS)[number];

/** What the packets of a batch say; limits as in a rule's `packet`. */
export interface IssuePacket {
  readonly wishing: string;
  readonly activityName: string;
  readonly remark: string;
  readonly sceneId: string | null;
}

export interface IssueKey {
  readonly account: AccountId;
  readonly id: string;
}

/** Packets that go to a file of people, without a draw. */
export interface IssueBatch {
  readonly account: AccountId;
  readonly id: string;
  /** The activity that its awards and its budget belong to; made when sending begins. */
  readonly activity: ActivityId;
  readonly name: string;
  readonly note: string;
  readonly packet: IssuePacket;
  /** For lines without an amount. */
  readonly defaultAmountFen: number | null;
  readonly linesPerMinute: number;
  readonly state: IssueState;
  readonly fileName: string | null;
  /** Another batch of the account with the same file, as far as it was not cancelled or refused. */
  readonly sameFileAs: string | null;
  /** Null until the file was read to its end. */
  readonly lines: number | null;
  readonly faulty: number;
  /** Lines that get a packet, and what these cost. */
  readonly people: number;
  readonly amountFen: number;
  readonly amountMinFen: number | null;
  readonly amountMaxFen: number | null;
  /** Lines that have their award by now. */
  readonly issued: number;
  readonly issuedFen: number;
  readonly preparedBy: string;
  readonly preparedAtMs: number;
  readonly confirmedBy: string | null;
  readonly confirmedAtMs: number | null;
  readonly decidedBy: string | null;
  readonly decidedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** Why it rests at the moment. */
  readonly reason: string | null;
}

/** One line of a file as it was checked. Of a faulty one `text` says what stood there. */
export interface CheckedLine {
  readonly line: number;
  readonly openid: string;
  readonly amountFen: number;
  readonly note: string;
  readonly fault: IssueFault | null;
  readonly text: string | null;
}

/** A line with what became of it: the state of its award, null while it has none. */
export interface IssueLine extends CheckedLine {
  readonly award: string | null;
  readonly orderNumber: string | null;
  readonly reason: string | null;
}

/** A batch that somebody works on for a while. */
export interface DueIssue extends IssueKey {
  readonly activity: ActivityId;
  readonly issuedThrough: number;
  readonly linesPerMinute: number;
}

/** Who pays for an account's packets, and what it may send. */
export interface IssuePayer {
  readonly limits: Pick<MerchantLimits, 'amountMinFen' | 'amountMaxFen' | 'scenes' | 'personDayFen' | 'dayFen'>;
}

/** Where batches are kept. Each throws OutsideTrouble when the database cannot answer. */
export interface IssueBatchStore {
  /** Undefined for an account there is not; null where no merchant pays for it. */
  payer(account: AccountId): Promise<IssuePayer | null | undefined>;
  create(
    input: Pick<IssueBatch, 'account' | 'id' | 'activity' | 'name' | 'note' | 'packet' | 'defaultAmountFen'> & {
      readonly linesPerMinute: number;
      readonly operator: string;
      readonly nowMs: number;
    },
  ): Promise<IssueBatch>;
  find(key: IssueKey): Promise<IssueBatch | undefined>;
  /** The newest first. */
  list(account: AccountId, page: PageRequest): Promise<Page<IssueBatch>>;
  /**
   * Begins reading a file; what was read before is forgotten. False when the batch is not empty or prepared, or is being
   * read since less than ten minutes.
   */
  beginReading(key: IssueKey, input: { readonly fileName: string; readonly nowMs: number }): Promise<boolean>;
  addLines(key: IssueKey, lines: readonly CheckedLine[]): Promise<void>;
  /** Marks openids that stand further up, adds everything up and moves the batch to `prepared`. */
  endReading(key: IssueKey, input: { readonly fileHash: string; readonly lines: number }): Promise<void>;
  /** The file could not be read: the batch is empty again. */
  giveUpReading(key: IssueKey, reason: string): Promise<void>;
  /** The next lines after a number. */
  lines(
    key: IssueKey,
    page: { readonly after: number; readonly most: number; readonly faulty: boolean },
  ): Promise<readonly IssueLine[]>;
  /** Above how much, in fen, a second person is asked; null when nobody set it. */
  approvalAboveFen(): Promise<number | null>;
  /** What an account's batches that nobody approved are worth, of those confirmed since. */
  confirmedAloneFen(account: AccountId, sinceMs: number): Promise<number>;
  /**
   * Notes who approves a batch that is asked about, before anything follows from it: from then on it is neither refused nor
   * cancelled. False when it was decided, or another person noted it after `staleMs`, who may still be at it.
   */
  beginApproval(
    key: IssueKey,
    by: { readonly operator: string; readonly nowMs: number; readonly staleMs: number },
  ): Promise<boolean>;
  /** Takes that back where nothing followed from it. */
  giveUpApproval(key: IssueKey, operator: string): Promise<void>;
  /**
   * Moves a batch that stands in one of the states `from`; false when it does not, or is to be refused or cancelled while it is
   * being approved.
   */
  move(
    key: IssueKey,
    change: {
      readonly from: readonly IssueState[];
      readonly to: IssueState;
      readonly nowMs: number;
      readonly confirmedBy?: string;
      readonly decidedBy?: string;
    },
  ): Promise<boolean>;
  /** Takes the running batch that is due first; nobody else gets it before `leaseMs` is over. */
  claim(nowMs: number, leaseMs: number): Promise<DueIssue | undefined>;
  /** The activity of a batch as it was published; undefined before. */
  activity(key: IssueKey): Promise<LiveActivity | undefined>;
  /** Lines without fault after a number, in order. */
  nextLines(
    key: IssueKey,
    after: number,
    most: number,
  ): Promise<readonly { readonly line: number; readonly openid: Openid; readonly amountFen: number }[]>;
  /** Notes how far a batch is. Said twice it counts once, because only what comes after `issuedThrough` does. */
  advance(
    due: DueIssue,
    to: { readonly through: number; readonly lines: number; readonly amountFen: number },
  ): Promise<void>;
  /** Looked at again then. */
  putBack(key: IssueKey, dueAtMs: number, reason: string | null): Promise<void>;
  /**
   * Removes some of what is no longer needed: batches nobody confirmed and lines of ended ones, from before these times.
   * Returns false when nothing is left to remove.
   */
  forget(before: { readonly unconfirmedMs: number; readonly endedMs: number }): Promise<boolean>;
}
