import type { RequestKey } from '../../base/ids.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { InboundEvent } from '../../flows/ports/message-events.ts';
import type { InboundBase, InboundMessage } from '../../flows/ports/messages.ts';
import { readFollowerEvent } from './follower-event.ts';
import { fieldText } from './message-fields.ts';
import { readPlatformEvent } from './platform-event.ts';
import { keyPart } from './request-key.ts';

type OwnFields<Event> = Event extends InboundEvent
  ? Omit<Event, keyof InboundBase | 'kind' | 'name' | 'eventKey'>
  : never;

/** What is an event's own, without what all of them share. */
export type EventBody = OwnFields<InboundEvent>;

/**
 * Reads an event (https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html).
 * `name` is in lower case. Never refuses one for what is missing in it: an event is answered `success` at worst.
 */
export function readEvent(fields: XmlElement, sender: Omit<InboundBase, 'key'>, name: string): InboundEvent {
  const eventKey = fieldText(fields, 'EventKey');
  const body = readFollowerEvent(fields, name) ?? readPlatformEvent(fields, name) ?? { event: 'other' as const };
  const parts = [sender.createTimeSeconds, sender.fromUser, keyPart(name), keyPart(eventKey)];
  // Results of several jobs may arrive in one second, and the platform speaks of many people under one sender.
  const also = subject(body) || jobId(fields);
  const key = `e:${parts.join(':')}${also === '' ? '' : `:${keyPart(also)}`}` as RequestKey;
  return { ...sender, kind: 'event', key, name, eventKey, ...body };
}

/** Whom or what the event is about besides its sender; empty where the sender says it all. */
function subject(body: EventBody): string {
  switch (body.event) {
    case 'publishjobfinish':
      return body.publishId;
    case 'subscribe_msg_sent_event':
      return body.results.map(({ jobId: id }) => id).join(',');
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      return body.choices.map(({ templateId, accepted }) => `${templateId}=${accepted}`).join(',');
    case 'user_info_modified':
    case 'user_authorization_revoke':
    case 'user_authorization_cancellation':
      return [body.person ?? '', ...body.revoked].join(',');
    default:
      return '';
  }
}

function jobId(fields: XmlElement): string {
  const id = fieldText(fields, 'MsgID');
  return /^\d{1,20}$/.test(id) ? id : '';
}

/** Whether a follower caused it, so that its sender is that follower. */
export function isFromFollower(message: InboundMessage): boolean {
  return message.kind !== 'event' || FOLLOWER_EVENTS.has(message.event);
}

const FOLLOWER_EVENTS: ReadonlySet<InboundEvent['event']> = new Set<InboundEvent['event']>([
  'subscribe',
  'unsubscribe',
  'scan',
  'location',
  'click',
  'view',
  'view_miniprogram',
  'scancode_push',
  'scancode_waitmsg',
  'pic_sysphoto',
  'pic_photo_or_album',
  'pic_weixin',
  'location_select',
]);
