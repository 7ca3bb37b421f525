import type { PersonKey } from './followers.ts';

/** What is known of somebody beside what they drew and won. Times are Unix ms. */
export interface PersonRecord {
  /** Null for somebody who never followed, left or was told of by a union id. */
  readonly follower: {
    readonly following: boolean;
    readonly firstFollowedAtMs: number | null;
    readonly followedAtMs: number | null;
    readonly leftAtMs: number | null;
    readonly scene: string | null;
    readonly seenAtMs: number;
  } | null;
  readonly nickname: string | null;
}

/** People as operators see them. Throws OutsideTrouble when the database cannot answer. */
export interface PersonRecords {
  /** Returns null when there is no such account. */
  find(person: PersonKey): Promise<PersonRecord | null>;
}
