import type { Openid, RequestKey } from '../../base/ids.ts';
import type { Account } from './accounts.ts';

/** What every message from a follower carries. */
interface InboundBase {
  /** `m:<sender>:<MsgId>` for messages, `e:<sender>:<CreateTime>:<event>:<eventKey>` for events: the same on every delivery. */
  readonly key: RequestKey;
  /** The account's original id (`gh_...`). */
  readonly toUser: string;
  readonly fromUser: Openid;
  /** Unix time in seconds at which the person acted, by WeChat's clock. */
  readonly createTimeSeconds: number;
}

/** A text message. `content` holds neither U+0000 nor lone surrogates; spaces around it are kept. */
export interface InboundText extends InboundBase {
  readonly kind: 'text';
  /** Decimal digits; larger than a number can hold. */
  readonly msgId: string;
  readonly content: string;
}

/** An event such as `subscribe`, `scan` or `click`. */
export interface InboundEvent extends InboundBase {
  readonly kind: 'event';
  /** Always lower case: WeChat itself is not consistent. */
  readonly event: string;
  /** Empty when the event has none. */
  readonly eventKey: string;
}

/** Any other message: image, voice, location, and what WeChat adds next. */
export interface InboundOther extends InboundBase {
  readonly kind: 'other';
  readonly msgType: string;
}

export type InboundMessage = InboundText | InboundEvent | InboundOther;

/** The query string of a callback; a name that occurs twice holds a list and is refused. */
export type CallbackQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A message whose signature, age, receiver and form were checked. */
export interface OpenedMessage {
  readonly message: InboundMessage;
  /** Timestamp, nonce and signature of this delivery: one such triple stands for one message. */
  readonly delivery: string;
  /** Renders a plain text reply to this message's sender, as it is stored. */
  renderReply(text: string): string;
  /** Turns a stored plain reply into the body to send: sealed afresh each time when the message came encrypted. */
  seal(replyXml: string): string;
}

/** Where messages of an Official Account come in. */
export interface MessageDoor {
  /** Returns the text to answer WeChat's URL check with. Throws WrongRequest when the check is not genuine. */
  answerUrlCheck(input: { account: Account; query: CallbackQuery; nowMs: number }): string;
  /** Opens a delivery. Throws WrongRequest naming what is wrong with it. */
  open(input: { account: Account; query: CallbackQuery; body: Uint8Array; nowMs: number }): OpenedMessage;
}

/**
 * What happens to a message. `reply` is the stored plain reply, byte for byte the same on every repeat, or null when
 * there is nothing to say.
 */
export type ReceiveMessage = (input: {
  account: Account;
  message: InboundMessage;
  renderReply: (text: string) => string;
}) => Promise<{ readonly reply: string | null }>;
