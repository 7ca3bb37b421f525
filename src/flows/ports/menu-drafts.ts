import type { AccountId } from '../../base/ids.ts';

/** An account's menu as its author left it. */
export interface MenuDraft {
  /** Buttons as WeChat takes them, except that `activityId` may stand for a url or a key. */
  readonly buttons: readonly unknown[];
  /** Goes up by one with every change. */
  readonly revision: number;
  readonly updatedAtMs: number;
  /** When WeChat was last given the menu as it stood then; null when it has none of ours. */
  readonly publishedAtMs: number | null;
}

/** Where menu drafts are kept. Each throws OutsideTrouble. */
export interface MenuDrafts {
  find(account: AccountId): Promise<MenuDraft | undefined>;
  /** Writes the draft over revision `seen` (0 for none yet). Returns false, with nothing written, when it is another. */
  save(input: {
    readonly account: AccountId;
    readonly buttons: readonly unknown[];
    readonly seen: number;
    readonly nowMs: number;
  }): Promise<boolean>;
  /** Notes when the menu was published, or that it was removed (null). */
  published(account: AccountId, atMs: number | null): Promise<void>;
}
