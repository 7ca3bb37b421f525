import type { Openid } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

/** A message that the account sends by itself after something the person did. */
export type CustomerMessage =
  /** At most 2048 bytes. */
  | { readonly kind: 'text'; readonly content: string }
  | { readonly kind: 'image' | 'voice' | 'mpnews'; readonly mediaId: string }
  | { readonly kind: 'article'; readonly articleId: string }
  | {
      readonly kind: 'video';
      readonly mediaId: string;
      readonly thumbMediaId: string;
      readonly title: string;
      readonly description: string;
    }
  | {
      readonly kind: 'music';
      readonly title: string;
      readonly description: string;
      readonly musicUrl: string;
      readonly hqMusicUrl: string;
      readonly thumbMediaId: string;
    }
  /** A link with a picture. */
  | {
      readonly kind: 'news';
      readonly title: string;
      readonly description: string;
      readonly url: string;
      readonly pictureUrl: string;
    }
  /** A tap sends the item's content as a text message. */
  | {
      readonly kind: 'menu';
      readonly head: string;
      readonly items: readonly { readonly id: string; readonly content: string }[];
      readonly tail: string;
    }
  | { readonly kind: 'card'; readonly cardId: string }
  | {
      readonly kind: 'mini-program';
      readonly title: string;
      readonly appId: string;
      readonly pagePath: string;
      readonly thumbMediaId: string;
    };

/** Why a message did not go, and will not by repeating. */
export type CustomerRefusal =
  /** More than 48 h (messages) or 1 min (menu, follow, scan) since the person's action, or they left (45015). */
  | 'window-over'
  /** 5 or 3 messages went already since that action (45047). */
  | 'window-used-up'
  /** Not a follower, blacklisted, switched off or another account's openid. */
  | 'person-unreachable'
  | 'media-gone'
  /** The account may not send such messages at all: remembered for an hour. */
  | 'feature-off';

export type CustomerOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly why: CustomerRefusal; readonly errcode: number }
  /** No clear answer: it may have gone. Never repeat blindly, there is no id to tell repeats by. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Customer-service messages: 5 within 48 h of a message, 3 within 1 min of a menu tap, a follow or a scan. */
export interface CustomerMessages {
  /**
   * Sends once. Throws WrongRequest for a message that WeChat does not take, OutsideTrouble when it surely did not go.
   */
  send(account: Account, person: Openid, message: CustomerMessage): Promise<CustomerOutcome>;
  /** Shows or hides "is typing", only within 48 h of a message of the person's. Returns false outside that time. */
  typing(account: Account, person: Openid, on: boolean): Promise<boolean>;
}
