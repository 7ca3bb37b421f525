import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { ActivityPlace } from './console-reads.ts';
import type { Period } from './numbers.ts';

export const EXPORT_SUBJECTS = ['draws', 'awards', 'payouts', 'people'] as const;
export type ExportSubject = (typeof EXPORT_SUBJECTS)[number];

export const EXPORT_FORMATS = ['csv', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What somebody wants as a file. */
export interface ExportOrder {
  readonly id: string;
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  readonly subject: ExportSubject;
  readonly format: ExportFormat;
  /** People are exported whole. */
  readonly period: Period | null;
  /** The operator's id. */
  readonly askedBy: string;
}

/** A cell: text, a number, fen or Unix ms by its column, null for nothing. */
export type ExportCell = string | number | null;

/** What a column holds; money is in fen and times are Unix ms until a file shows them. */
export interface ExportColumn {
  readonly name: string;
  readonly holds: 'text' | 'number' | 'money' | 'time';
}

/** A file that is or was written, as it is remembered. Times are Unix ms. */
export interface ExportLine extends Omit<ExportOrder, 'accountId' | 'activityId'> {
  /** Null for an operator who is no more. */
  readonly askedByName: string | null;
  /** broken: the reader went away, or the service did. */
  readonly state: 'running' | 'finished' | 'broken';
  readonly rows: number;
  readonly beganAtMs: number;
  readonly seenAtMs: number;
}

/** Rows for files, and who asked for them. Every method throws OutsideTrouble when the database is away. */
export interface ExportStore {
  columns(subject: ExportSubject): readonly ExportColumn[];
  begin(order: ExportOrder, nowMs: number): Promise<void>;
  note(
    order: ExportOrder,
    progress: { readonly rows: number; readonly state: ExportLine['state']; readonly nowMs: number },
  ): Promise<void>;
  /** The last 20 of an activity, newest first. */
  list(place: ActivityPlace): Promise<readonly ExportLine[]>;
  /**
   * Reads all rows from one snapshot, some thousands at a time: no more than that is ever held, and none is read before
   * it is asked for. Whoever stops reading gives the connection back.
   */
  rows(order: ExportOrder): AsyncGenerator<readonly (readonly ExportCell[])[], void, undefined>;
}
