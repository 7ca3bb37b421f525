import type { Openid } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

/** What WeChat tells of somebody who follows. Names and pictures it no longer tells here. */
export interface FollowerRecord {
  readonly openid: Openid;
  readonly subscribed: true;
  /** Null unless the account is bound to an open-platform account. */
  readonly unionId: string | null;
  readonly subscribedAtMs: number;
  /** What operators call this person. */
  readonly remark: string;
  readonly tagIds: readonly number[];
  /** How they came, in WeChat's words such as `ADD_SCENE_QR_CODE`. */
  readonly cameBy: string;
  /** The scene of the code they came by, or null. */
  readonly scene: string | null;
}

/** Somebody who does not follow (any more) is only an openid. */
export interface StrangerRecord {
  readonly openid: Openid;
  readonly subscribed: false;
  readonly unionId: string | null;
}

export interface OpenidPage {
  readonly openids: readonly Openid[];
  /** Where the next page begins; null behind the last. */
  readonly next: Openid | null;
}

/** The followers of an account as WeChat keeps them. Each throws OutsideTrouble when WeChat cannot answer. */
export interface FollowerRecords {
  /** Returns null for an openid that is not this account's. */
  record(account: Account, person: Openid): Promise<FollowerRecord | StrangerRecord | null>;
  /** Of 1 to 100 people at once. Throws WrongRequest for more. */
  records(account: Account, people: readonly Openid[]): Promise<readonly (FollowerRecord | StrangerRecord)[]>;
  /** At most 10,000 followers a page; WeChat allows a new account 500 pages a day. */
  page(account: Account, after: Openid | null): Promise<OpenidPage & { readonly total: number }>;
  /** Fewer than 30 characters; empty for none. */
  setRemark(account: Account, person: Openid, remark: string): Promise<void>;
}

export interface FollowerTag {
  readonly id: number;
  readonly name: string;
  readonly followers: number;
}

/**
 * Tags and the blacklist. At most 100 tags an account and 20 a person; WeChat's own have the ids 0 to 2. Each throws
 * WrongRequest for what WeChat does not take and OutsideTrouble when it cannot answer.
 */
export interface FollowerTags {
  tags(account: Account): Promise<readonly FollowerTag[]>;
  /** The name has 1 to 30 bytes and is the account's only one. Returns the tag's id. */
  create(account: Account, name: string): Promise<number>;
  rename(account: Account, tagId: number, name: string): Promise<void>;
  /** A tag of more than 100,000 followers cannot be removed. */
  remove(account: Account, tagId: number): Promise<void>;
  members(account: Account, tagId: number, after: Openid | null): Promise<OpenidPage>;
  /** 1 to 50 people. */
  tag(account: Account, tagId: number, people: readonly Openid[]): Promise<void>;
  untag(account: Account, tagId: number, people: readonly Openid[]): Promise<void>;
  tagsOf(account: Account, person: Openid): Promise<readonly number[]>;
  blacklist(account: Account, after: Openid | null): Promise<OpenidPage>;
  /** 1 to 20 people. */
  block(account: Account, people: readonly Openid[]): Promise<void>;
  unblock(account: Account, people: readonly Openid[]): Promise<void>;
}
