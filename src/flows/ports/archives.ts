import type { AccountId, ActivityId } from '../../base/ids.ts';

/** What archives are made of, in their order. */
export type ArchiveKind = 'version' | 'fairness' | 'draw' | 'award' | 'payout' | 'book-entry';

/** A row as it stands in the database; `person` is an openid still, and stands in `request`, too. */
export interface ArchiveRow {
  readonly id: string | number;
  readonly person?: string | undefined;
  readonly request?: string | undefined;
  readonly [field: string]: unknown;
}

/** The activity that is archived. */
export interface ArchivedActivity {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  readonly slug: string;
  readonly name: string;
  readonly state: string;
}

/** Everything that is kept of an activity, read from one snapshot. Throws OutsideTrouble when the database is away. */
export interface ArchiveReads {
  bySlug(slug: string): Promise<ArchivedActivity | undefined>;
  rows(
    activity: Pick<ArchivedActivity, 'accountId' | 'id'>,
  ): AsyncGenerator<{ readonly kind: ArchiveKind; readonly rows: readonly ArchiveRow[] }, void, undefined>;
}
