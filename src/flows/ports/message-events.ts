import type { Openid } from '../../base/ids.ts';
import type { InboundBase } from './messages.ts';

/** What every event carries beside its own fields. */
interface EventBase extends InboundBase {
  readonly kind: 'event';
  /** The event's name as WeChat sent it, in lower case: WeChat itself is not consistent. */
  readonly name: string;
  /** Empty when the event has none. */
  readonly eventKey: string;
}

/** Somebody followed the account; `scene` is set when they came by a QR code with a scene. */
export interface SubscribeEvent extends EventBase {
  readonly event: 'subscribe';
  /** The scene without its `qrscene_` prefix; anyone who scans the code brings it, so it is a hint and no proof. */
  readonly scene: string | null;
  readonly ticket: string | null;
}

export interface UnsubscribeEvent extends EventBase {
  readonly event: 'unsubscribe';
}

/** A follower scanned a QR code with a scene. */
export interface ScanEvent extends EventBase {
  readonly event: 'scan';
  readonly scene: string;
  readonly ticket: string | null;
}

/** Degrees and metres; null where WeChat sent no number. */
export interface LocationEvent extends EventBase {
  readonly event: 'location';
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly precisionMetres: number | null;
}

/** A tap on a menu button; `eventKey` is the button's key. */
export interface ClickEvent extends EventBase {
  readonly event: 'click';
}

/** A tap on a menu link; `eventKey` is its URL, or the page's path for a mini program. */
export interface ViewEvent extends EventBase {
  readonly event: 'view' | 'view_miniprogram';
  readonly menuId: string | null;
}

export interface ScanCodeEvent extends EventBase {
  readonly event: 'scancode_push' | 'scancode_waitmsg';
  /** `qrcode` as a rule. */
  readonly scanType: string;
  /** What the code holds; a bar code reads `TYPE,VALUE`. */
  readonly scanResult: string;
}

/** Pictures chosen from a menu button; the pictures themselves follow as image messages. */
export interface PicturesEvent extends EventBase {
  readonly event: 'pic_sysphoto' | 'pic_photo_or_album' | 'pic_weixin';
  /** WeChat's own count, which may differ from the number of digests. */
  readonly count: number | null;
  /** MD5, hex. */
  readonly pictureDigests: readonly string[];
}

export interface LocationSelectEvent extends EventBase {
  readonly event: 'location_select';
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly scale: number | null;
  readonly label: string;
  readonly placeName: string;
}

/** How the sending of one template message ended. */
export interface TemplateResultEvent extends EventBase {
  readonly event: 'templatesendjobfinish';
  readonly jobId: string;
  /** `blocked`: the person refuses messages; `failed`: WeChat's trouble. */
  readonly outcome: 'sent' | 'blocked' | 'failed';
  readonly status: string;
}

/** How a mass message ended; counts are null where WeChat sent none. */
export interface MassResultEvent extends EventBase {
  readonly event: 'masssendjobfinish';
  readonly jobId: string;
  readonly outcome: 'sent' | 'failed';
  /** `send success`, `send fail` or `err(<code>)`. */
  readonly status: string;
  readonly totalCount: number | null;
  readonly filteredCount: number | null;
  readonly sentCount: number | null;
  readonly errorCount: number | null;
}

export interface PublishResultEvent extends EventBase {
  readonly event: 'publishjobfinish';
  readonly publishId: string;
  /** 0 published, 2 and above refused or withdrawn; null where WeChat sent no number. */
  readonly publishStatus: number | null;
  readonly articleId: string | null;
  readonly articleUrls: readonly string[];
}

/** What a person answered to, or changed about, subscription notices: one entry for each template. */
export interface SubscriptionChoiceEvent extends EventBase {
  readonly event: 'subscribe_msg_popup_event' | 'subscribe_msg_change_event';
  readonly choices: readonly { readonly templateId: string; readonly accepted: boolean }[];
}

export interface SubscriptionSentEvent extends EventBase {
  readonly event: 'subscribe_msg_sent_event';
  readonly results: readonly {
    readonly templateId: string;
    readonly jobId: string;
    readonly sent: boolean;
    readonly errorCode: string;
    readonly errorStatus: string;
  }[];
}

/**
 * A person changed, withdrew or cancelled what they had shared. `fromUser` is the platform here: the person is
 * `person`, null when WeChat named nobody.
 */
export interface PersonalDataEvent extends EventBase {
  readonly event: 'user_info_modified' | 'user_authorization_revoke' | 'user_authorization_cancellation';
  readonly person: Openid | null;
  readonly appId: string | null;
  readonly unionId: string | null;
  /** Codes of what is withdrawn: 201 address, 202 invoice, 203 card, 204 microphone, 205 name and picture, 206 place, 207 pictures. */
  readonly revoked: readonly string[];
}

export interface AgentSessionEvent extends EventBase {
  readonly event: 'kf_create_session' | 'kf_close_session';
  readonly agent: string;
}

export interface AgentSwitchEvent extends EventBase {
  readonly event: 'kf_switch_session';
  readonly fromAgent: string;
  readonly toAgent: string;
}

/** The account's verification went through, is due or has ended; Unix seconds. */
export interface VerificationEvent extends EventBase {
  readonly event: 'qualification_verify_success' | 'naming_verify_success' | 'annual_renew' | 'verify_expired';
  readonly expiresAtSeconds: number | null;
}

export interface VerificationFailedEvent extends EventBase {
  readonly event: 'qualification_verify_fail' | 'naming_verify_fail';
  readonly failedAtSeconds: number | null;
  readonly reason: string;
}

/** Sent by the platform's own test tool. */
export interface DebugEvent extends EventBase {
  readonly event: 'debug_demo';
  readonly text: string;
}

/** Any other event, older ones such as `card_pass_check` included: it is logged and answered `success`. */
export interface OtherEvent extends EventBase {
  readonly event: 'other';
}

export type InboundEvent =
  | SubscribeEvent
  | UnsubscribeEvent
  | ScanEvent
  | LocationEvent
  | ClickEvent
  | ViewEvent
  | ScanCodeEvent
  | PicturesEvent
  | LocationSelectEvent
  | TemplateResultEvent
  | MassResultEvent
  | PublishResultEvent
  | SubscriptionChoiceEvent
  | SubscriptionSentEvent
  | PersonalDataEvent
  | AgentSessionEvent
  | AgentSwitchEvent
  | VerificationEvent
  | VerificationFailedEvent
  | DebugEvent
  | OtherEvent;
