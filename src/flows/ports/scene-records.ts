import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { Page, PageRequest } from './console-reads.ts';

/** A QR code with a scene that was made here. */
export interface SceneRecord {
  readonly scene: string;
  readonly name: string;
  /** For ever; WeChat allows an account 100,000 of these. */
  readonly lasting: boolean;
  /** Null until WeChat has answered: the scene is reserved first, so that no code is made twice. */
  readonly code: { readonly ticket: string; readonly url: string } | null;
  /** Null for one that lasts. */
  readonly expiresAtMs: number | null;
  /** What a scan is answered with; empty for the activity's link, or the account's welcome. */
  readonly reply: string;
  readonly activityId: ActivityId | null;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** Goes up with every change of name, reply or activity; a writer says which one it saw. */
  readonly updatedAtMs: number;
}

/** Who came by a code. */
export interface SceneNumbers {
  readonly visits: number;
  readonly people: number;
  /** People who began to follow by it. */
  readonly newFollowers: number;
  /** Of these, who does not follow any more. */
  readonly left: number;
}

export interface CountedScene extends SceneRecord {
  readonly numbers: SceneNumbers;
  /** The last 30 Beijing days on which anyone came, newest first. */
  readonly days: readonly (SceneNumbers & { readonly day: string })[];
}

export type SceneContent = Pick<SceneRecord, 'name' | 'reply' | 'activityId'>;

interface Place {
  readonly account: AccountId;
  readonly scene: string;
}

/** Where codes are kept. Each throws OutsideTrouble. */
export interface SceneRecords {
  /** Newest first. */
  list(account: AccountId, page: PageRequest, nowMs: number): Promise<Page<CountedScene>>;
  find(place: Place, nowMs: number): Promise<CountedScene | undefined>;
  /**
   * Takes the scene for a code that is about to be asked for. Throws WrongRequest `scene-taken` (409),
   * `activity-unknown` (400) or `account-not-found` (404), and `scenes-full` (409) beyond `lastingMax` that last.
   */
  reserve(
    input: Place &
      SceneContent & {
        readonly expiresAtMs: number | null;
        readonly createdBy: string;
        readonly nowMs: number;
        readonly lastingMax: number;
      },
  ): Promise<void>;
  /** Writes down the code that WeChat made. */
  fill(place: Place, code: { ticket: string; url: string; expiresAtMs: number | null }): Promise<void>;
  /** Frees a scene for which WeChat certainly made no code. */
  release(place: Place): Promise<void>;
  /**
   * Writes over what stood at `seenAtMs`. Returns false, with nothing written, when it changed since. Throws
   * WrongRequest `activity-unknown` (400).
   */
  change(place: Place, content: SceneContent, at: { seenAtMs: number; nowMs: number }): Promise<boolean>;
}
