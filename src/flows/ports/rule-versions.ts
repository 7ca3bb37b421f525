import type { AccountId, ActivityId } from '../../base/ids.ts';

/** A rule that was put in force, by whom and when. */
export interface RuleVersion {
  readonly version: number;
  /** Unix ms. */
  readonly publishedAtMs: number;
  /** The operator's name; null for somebody the console does not know, as the set-up of an installation. */
  readonly publishedBy: string | null;
  /** Whether draws are decided by it now; none is once the activity is stopped. */
  readonly inForce: boolean;
}

/** The versions of activities' rules, which never change. Throws OutsideTrouble when the database is away. */
export interface RuleVersions {
  /** The newest 200 of an activity. */
  list(place: { readonly accountId: AccountId; readonly id: ActivityId }): Promise<readonly RuleVersion[]>;
  /** Returns a rule as it was stored, or undefined for a version there is not. */
  ruleOf(place: { readonly accountId: AccountId; readonly id: ActivityId }, version: number): Promise<unknown>;
}
