import type { AccountId, Openid } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';
import type { PersonKey } from './followers.ts';

/** Somebody who was looked for. */
export interface FoundPerson {
  readonly accountId: AccountId;
  readonly openid: Openid;
  readonly nickname: string | null;
  /** Null for somebody of whom no follow is known. */
  readonly following: boolean | null;
}

export const STORY_KINDS = [
  'draw',
  'check-in',
  'code',
  'invited',
  'was-invited',
  'listed',
  'scan',
  'late-reply',
  'payment',
  'follow',
  'leave',
] as const;
export type StoryKind = (typeof STORY_KINDS)[number];

/** One thing that happened with a person, with what is stored of it by kind. */
export interface StoryLine {
  readonly atMs: number;
  readonly kind: StoryKind;
  /** Of the activity it belongs to; null for what belongs to none. */
  readonly activityId: string | null;
  readonly activityName: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** Finds people and tells what is stored of them. Throws OutsideTrouble when the database is away. */
export interface PersonStories {
  /** By an openid, award id or order number as it is, or by how a nickname begins; 20 at most over all accounts. */
  search(text: string): Promise<readonly FoundPerson[]>;
  /** Newest first. */
  story(person: PersonKey, page: PageRequest): Promise<Page<StoryLine>>;
}
