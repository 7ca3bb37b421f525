import type { Fen } from '../../base/fen.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';

/** What may need a second person: an activity's budget at its publication, or what a list of people can win. */
export type ApprovalKind = 'publish' | 'batch';

/** Above which amount a second person confirms; null for never. */
export type ApprovalLimits = Readonly<Record<ApprovalKind, Fen | null>>;

/** A publication that waits for a second person. Until it is decided or over, the draft stays as it is. */
export interface PublicationRequest {
  readonly id: string;
  /** The draft's, which is what would be published. */
  readonly revision: number;
  readonly amountFen: Fen;
  readonly askedBy: string;
  readonly askedAtMs: number;
  readonly expiresAtMs: number;
}

/** A request with what it is about. */
export interface WaitingPublication extends PublicationRequest {
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  readonly activityName: string;
}

/** Packets for a file of people that wait for a second person, who decides on them where batches are. */
export interface WaitingIssue {
  readonly id: string;
  readonly accountId: AccountId;
  readonly name: string;
  readonly people: number;
  readonly amountFen: Fen;
  readonly preparedBy: string;
  readonly askedBy: string;
  readonly askedAtMs: number;
  /** One packet that somebody wants to send to themselves. */
  readonly trial: boolean;
}

/** A list of people that waits for a second person before it draws, who decides on it where lists are. */
export interface WaitingList {
  readonly id: string;
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  readonly activityName: string;
  readonly note: string;
  /** Who would draw. */
  readonly people: number;
  /** The most they can win. */
  readonly amountFen: Fen;
  readonly preparedBy: string;
  readonly askedBy: string;
  readonly askedAtMs: number;
}

/** Where requests and limits are kept. Every method throws OutsideTrouble when the database cannot answer. */
export interface ApprovalStore {
  limits(): Promise<ApprovalLimits>;
  setLimits(limits: ApprovalLimits): Promise<void>;
  /** Requests neither decided nor over, the oldest first. */
  waiting(nowMs: number, most: number): Promise<readonly WaitingPublication[]>;
  /** Batches that wait, the oldest first. */
  waitingIssues(most: number): Promise<readonly WaitingIssue[]>;
  /** Lists of people that wait, the oldest first. */
  waitingLists(most: number): Promise<readonly WaitingList[]>;
  /** A request, decided or not. */
  find(id: string): Promise<WaitingPublication | undefined>;
  /**
   * Under the activity's lock: lets `check` object, and ends the request without a publication. Throws WrongRequest
   * `approval-not-found` (404) or `approval-decided` (409).
   */
  end(
    input: {
      readonly id: string;
      readonly to: 'refused' | 'withdrawn';
      readonly operatorId: string;
      readonly nowMs: number;
    },
    check: (request: PublicationRequest) => void,
  ): Promise<void>;
}
