import type { AccountId } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';
import type { IssueBatch, IssueKey } from './issue-batches.ts';

/** A trial shows that money arrives; nobody needs more for that. */
export const TRIAL_FEN_MAX = 1000;

/** Which batches are trials. Each throws OutsideTrouble when the database cannot answer. */
export interface TrialPacketStore {
  /** Notes that a batch that was just made is a trial: its activity is left out of numbers and of the list. */
  note(batch: Pick<IssueBatch, 'account' | 'id' | 'activity'>, nowMs: number): Promise<void>;
  /** The newest first. */
  list(account: AccountId, page: PageRequest): Promise<Page<IssueKey>>;
}
