import type { Openid, RequestKey } from '../../base/ids.ts';
import type { Account } from './accounts.ts';
import type { InboundEvent } from './message-events.ts';
import type { Reply } from './replies.ts';

/** What every message and event carries. */
export interface InboundBase {
  /**
   * The same on every delivery: `m:<MsgId>:<sender>` for messages, for events
   * `e:<CreateTime>:<sender>:<event>:<eventKey>` and what else tells two of one second apart (job, person).
   * What grows with time comes first, so that a draw is written at the end of its key's index.
   */
  readonly key: RequestKey;
  /** The account's original id (`gh_...`). */
  readonly toUser: string;
  /** The follower; in a few events the platform itself. */
  readonly fromUser: Openid;
  /** Unix time in seconds at which the person acted, by WeChat's clock. */
  readonly createTimeSeconds: number;
}

interface MessageBase extends InboundBase {
  /** Decimal digits; larger than a number can hold. */
  readonly msgId: string;
  /** Set when the message was sent from inside an article, with the article's 1-based place in its issue. */
  readonly article: { readonly dataId: string; readonly index: string } | null;
}

/** A text message. `content` holds neither U+0000 nor lone surrogates; spaces around it are kept. */
export interface InboundText extends MessageBase {
  readonly kind: 'text';
  readonly content: string;
  /** The id of the menu item or `weixin://bizmsgmenu` link that was tapped to send it, null when it was typed. */
  readonly menuId: string | null;
}

/** A sticker or anything else that reaches an account only as a fixed placeholder text. */
export interface InboundSticker extends MessageBase {
  readonly kind: 'sticker';
}

export interface InboundImage extends MessageBase {
  readonly kind: 'image';
  readonly pictureUrl: string;
  /** Kept by WeChat for 3 days; may be sent back in a reply. */
  readonly mediaId: string;
}

export interface InboundVoice extends MessageBase {
  readonly kind: 'voice';
  readonly mediaId: string;
  /** `amr` or `speex`. */
  readonly format: string;
  /** The recording at 16 kHz, null when there is none. */
  readonly mediaId16K: string | null;
  /** What was understood; mostly empty, even where recognition is switched on. */
  readonly recognition: string;
}

export interface InboundVideo extends MessageBase {
  readonly kind: 'video' | 'shortvideo';
  readonly mediaId: string;
  readonly thumbMediaId: string;
}

/** A place; degrees, null where WeChat sent no number. */
export interface InboundLocation extends MessageBase {
  readonly kind: 'location';
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly scale: number | null;
  readonly label: string;
}

export interface InboundLink extends MessageBase {
  readonly kind: 'link';
  readonly title: string;
  readonly description: string;
  readonly url: string;
}

/** Any other message: what is not documented, and what WeChat adds next. */
export interface InboundOther extends InboundBase {
  readonly kind: 'other';
  readonly msgType: string;
}

export type InboundMessage =
  | InboundText
  | InboundSticker
  | InboundImage
  | InboundVoice
  | InboundVideo
  | InboundLocation
  | InboundLink
  | InboundOther
  | InboundEvent;

/** The query string of a callback; a name that occurs twice holds a list and is refused. */
export type CallbackQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A message whose signature, age, receiver and form were checked. */
export interface OpenedMessage {
  readonly message: InboundMessage;
  /** Timestamp, nonce and signature of this delivery: one such triple stands for one message. */
  readonly delivery: string;
  /** False where a reply cannot reach the person or means nothing: the answer is then `success`, whatever was rendered. */
  readonly mayReply: boolean;
  /** Renders a plain reply to this message's sender, as it is stored; a bare string is a text. */
  renderReply(reply: Reply | string): string;
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

/** How a message ended. */
export type MessageOutcome =
  /** A plain reply, byte for byte the same on every repeat where a draw was decided. */
  | { readonly kind: 'reply'; readonly xml: string }
  | { readonly kind: 'nothing' }
  /** Could not be settled now, and a repeat may be: `xml` is what to answer when there will be none. */
  | { readonly kind: 'undecided'; readonly xml: string };

/** What happens to a message. Never throws for what the database or WeChat do: that is `undecided`, or a busy reply. */
export type ReceiveMessage = (input: {
  account: Account;
  message: InboundMessage;
  /** Whether a reply reaches the person. */
  mayReply: boolean;
  renderReply: (reply: Reply | string) => string;
}) => Promise<MessageOutcome>;
