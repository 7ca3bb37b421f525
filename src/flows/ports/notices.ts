import type { Openid } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

export interface MiniProgramPage {
  readonly appId: string;
  readonly pagePath: string;
}

export interface NoticeTemplate {
  readonly id: string;
  readonly title: string;
  /** With a place `{{name.DATA}}` for each value. */
  readonly content: string;
  /** The names of those places. */
  readonly places: readonly string[];
}

export interface Notice {
  readonly person: Openid;
  readonly templateId: string;
  /** By the name of their place, without `.DATA`. */
  readonly values: Readonly<Record<string, string>>;
  /** Where a tap leads; a mini-program goes before an address. */
  readonly url?: string;
  readonly miniProgram?: MiniProgramPage;
}

/** Why a notice did not go, and will not by repeating. */
export type NoticeRefusal =
  /** Not a follower, blacklisted, switched off or another account's openid. */
  | 'person-unreachable'
  /** The person has consented to no further notice of this template. */
  | 'no-consent'
  /** There is no such template any more. */
  | 'template-gone'
  /** A value does not suit its place: `message` says which. */
  | 'values-wrong'
  | 'feature-off';

export type NoticeOutcome =
  /** WeChat took it; an event tells later how it ended. `messageId` is what that event names, where WeChat says it. */
  | { readonly kind: 'accepted'; readonly messageId: string | null }
  | { readonly kind: 'refused'; readonly why: NoticeRefusal; readonly errcode: number; readonly message: string }
  /** No clear answer: it may have gone. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** Template messages of a verified service account, to followers. */
export interface TemplateMessages {
  /**
   * `clientMessageId` (1-32 letters, digits, - and _) stands for this message: WeChat sends it once within 10 minutes,
   * so that a repeat is harmless in that time and this may repeat by itself. Throws WrongRequest, OutsideTrouble.
   */
  send(account: Account, notice: Notice & { readonly clientMessageId: string }): Promise<NoticeOutcome>;
  templates(account: Account): Promise<readonly NoticeTemplate[]>;
}

/** Subscription notices: each consent of a person is good for one. */
export interface SubscriptionNotices {
  /** Sends once. Throws WrongRequest with faults by path for values beyond their limits, OutsideTrouble. */
  send(account: Account, notice: Notice): Promise<NoticeOutcome>;
}
