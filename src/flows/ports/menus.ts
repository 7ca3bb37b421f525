import type { Openid } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

/** Buttons that send an event with their key. */
export type KeyButtonKind =
  | 'click'
  | 'scancode_push'
  | 'scancode_waitmsg'
  | 'pic_sysphoto'
  | 'pic_photo_or_album'
  | 'pic_weixin'
  | 'location_select';

/** What a button does. Names have at most 16 bytes at the top and 60 below it. */
export type MenuAction = { readonly name: string } & (
  | { readonly type: KeyButtonKind; readonly key: string }
  | { readonly type: 'view'; readonly url: string }
  | { readonly type: 'media_id' | 'view_limited'; readonly media_id: string }
  | { readonly type: 'article_id' | 'article_view_limited'; readonly article_id: string }
  | { readonly type: 'miniprogram'; readonly url: string; readonly appid: string; readonly pagepath: string }
);

/** A button that opens 1 to 5 others. */
export interface MenuGroup {
  readonly name: string;
  readonly sub_button: readonly MenuAction[];
}

/** 1 to 3 of these make a menu. */
export type MenuButton = MenuAction | MenuGroup;

/** Who sees a conditional menu: those with a tag, on a platform, or both. */
export interface MenuRule {
  readonly tagId?: number;
  readonly platform?: 'ios' | 'android' | 'other';
}

export interface ConditionalMenu {
  readonly id: string;
  readonly buttons: readonly MenuButton[];
}

/**
 * The menu under the chat. People see a change when they next open the chat, 5 minutes later at most. Each throws
 * OutsideTrouble when WeChat cannot answer.
 */
export interface Menus {
  /** Checks buttons from outside. Throws WrongRequest `menu-wrong` with every fault by its path. */
  check(buttons: unknown): readonly MenuButton[];
  /** Returns null when there is no menu made here. */
  read(account: Account): Promise<{
    readonly buttons: readonly MenuButton[];
    readonly conditional: readonly ConditionalMenu[];
  } | null>;
  /** Replaces the default menu. */
  replace(account: Account, buttons: readonly MenuButton[]): Promise<void>;
  /** Removes the default menu and all conditional ones. */
  remove(account: Account): Promise<void>;
  /** Needs a default menu. Returns the new menu's id; the newest that fits a person counts. */
  addConditional(account: Account, rule: MenuRule, buttons: readonly MenuButton[]): Promise<string>;
  removeConditional(account: Account, id: string): Promise<void>;
  /** Returns what this follower sees. */
  seenBy(account: Account, person: Openid): Promise<readonly MenuButton[]>;
}
