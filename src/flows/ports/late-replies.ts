import type { AccountId, Openid, RequestKey } from '../../base/ids.ts';

/** A reply that WeChat did not take in time. */
export interface OwedReply {
  readonly account: AccountId;
  readonly key: RequestKey;
  readonly openid: Openid;
  /** What the person did, which says how long and how often the account may write by itself. */
  readonly trigger: 'message' | 'event';
  /** When the person did it, Unix ms. */
  readonly askedAtMs: number;
}

/** One that somebody holds for a while, to tell it. */
export interface DueReply extends OwedReply {
  /** The stored reply, null while there is none. */
  readonly xml: string | null;
  /** Times it was taken, this one included. */
  readonly tries: number;
  /** True when whoever had it before died after it began to send: it may have gone. */
  readonly wasSending: boolean;
  /** Customer-service messages that this person got for such a trigger within its window. */
  readonly sentInWindow: number;
}

/** sent: by customer-service message. unclear: it may have gone. delivered: as a reply after all. */
export type ToldState = 'sent' | 'unclear' | 'delivered';

/** Replies that are still owed. Each throws OutsideTrouble when the database cannot answer. */
export interface LateReplyStore {
  /** Notes the debt once, however often it is told. */
  owe(owed: OwedReply, nowMs: number): Promise<void>;
  /** Keeps a reply that is stored nowhere else. */
  decided(key: Pick<OwedReply, 'account' | 'key'>, xml: string): Promise<void>;
  /**
   * Takes at most `most` that are due; nobody else gets them before `leaseMs` is over. `windowMs`: how far back
   * `sentInWindow` counts.
   */
  takeDue(input: {
    readonly nowMs: number;
    readonly leaseMs: number;
    readonly most: number;
    readonly windowMs: Readonly<Record<OwedReply['trigger'], number>>;
  }): Promise<readonly DueReply[]>;
  /** Written before the first byte is sent. False when it must not be sent: it was delivered meanwhile. */
  beginSending(key: Pick<OwedReply, 'account' | 'key'>): Promise<boolean>;
  told(key: Pick<OwedReply, 'account' | 'key'>, state: ToldState, nowMs: number): Promise<void>;
  /** Puts it back: due again then, for the person's next message, or never. */
  putBack(
    key: Pick<OwedReply, 'account' | 'key'>,
    where: { readonly dueAtMs: number } | 'next-message' | 'given-up',
    reason: string,
  ): Promise<void>;
  /** Whether anybody of this account waits to be told with a next message; at most a second old. */
  anyForNextMessage(account: AccountId): Promise<boolean>;
  /**
   * Takes what is to be told with the message `key`, oldest first; for the same message always the same. A null is a
   * reply that never came to be.
   */
  takeForMessage(
    person: Pick<OwedReply, 'account' | 'openid' | 'key'>,
    nowMs: number,
  ): Promise<readonly (string | null)[]>;
  /** Removes what was settled, or waited in vain, before then. */
  forget(beforeMs: number): Promise<void>;
}
