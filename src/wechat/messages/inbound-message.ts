import { WrongRequest } from '../../base/errors.ts';
import { openid } from '../../base/ids.ts';
import type { Openid, RequestKey } from '../../base/ids.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { InboundBase, InboundMessage } from '../../flows/ports/messages.ts';
import { isFromFollower, readEvent } from './inbound-event.ts';
import { fieldNumber, fieldText, fieldTextOrNull, readMessageXml } from './message-fields.ts';
import { keyPart } from './request-key.ts';

/** What accounts are sent in place of a sticker and of every other kind that they may not see. */
const STICKER_TEXT = '【收到不支持的消息类型，暂无法显示】';

type Sender = Omit<InboundBase, 'key'>;

/**
 * Reads a message or event (https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html).
 * `queryOpenid` is what the address claims about the sender: it is signed by nothing, so it is only compared.
 * Throws WrongRequest `xml-malformed`, `message-malformed` (400) or `openid-differs` (403).
 */
export function parseInboundMessage(xml: string, queryOpenid?: string): InboundMessage {
  const fields = readMessageXml(xml);
  const sender: Sender = {
    toUser: required(fields, 'ToUserName'),
    fromUser: senderOpenid(fields),
    createTimeSeconds: createTime(fields),
  };
  const msgType = required(fields, 'MsgType').toLowerCase();
  const message =
    msgType === 'event'
      ? readEvent(fields, sender, required(fields, 'Event').toLowerCase())
      : readMessage(fields, sender, msgType);
  // In events of the platform the sender is the platform itself, and the address may name either.
  if (queryOpenid !== undefined && queryOpenid !== message.fromUser && isFromFollower(message)) {
    throw new WrongRequest('openid-differs', 'the openid of the address is not the sender', { status: 403 });
  }
  return message;
}

function readMessage(fields: XmlElement, sender: Sender, msgType: string): InboundMessage {
  const msgId = fieldText(fields, 'MsgId');
  const known = isMessageId(msgId);
  if (msgType === 'text' && !known) throw malformed('MsgId');
  const key = known
    ? `m:${msgId}:${sender.fromUser}`
    : `o:${sender.createTimeSeconds}:${sender.fromUser}:${keyPart(msgType)}`;
  const keyed = { ...sender, key: key as RequestKey };
  const typed = known ? readTyped(fields, { ...keyed, msgId, article: article(fields) }, msgType) : null;
  return typed ?? { ...keyed, kind: 'other', msgType };
}

type Head = Sender & { key: RequestKey; msgId: string; article: { dataId: string; index: string } | null };

/** Returns null for a type that is unknown, or whose essential field is missing. */
function readTyped(fields: XmlElement, head: Head, msgType: string): InboundMessage | null {
  const text = (name: string): string => fieldText(fields, name);
  const number = (name: string): number | null => fieldNumber(fields, name);
  const mediaId = text('MediaId');
  switch (msgType) {
    case 'text':
      if (text('Content') === STICKER_TEXT) return { ...head, kind: 'sticker' };
      return { ...head, kind: 'text', content: text('Content'), menuId: fieldTextOrNull(fields, 'bizmsgmenuid') };
    case 'image':
      return mediaId === '' ? null : { ...head, kind: 'image', mediaId, pictureUrl: text('PicUrl') };
    case 'voice': {
      const mediaId16K = fieldTextOrNull(fields, 'MediaId16K');
      const sound = { format: text('Format').toLowerCase(), mediaId16K, recognition: text('Recognition') };
      return mediaId === '' ? null : { ...head, kind: 'voice', mediaId, ...sound };
    }
    case 'video':
    case 'shortvideo':
      return mediaId === '' ? null : { ...head, kind: msgType, mediaId, thumbMediaId: text('ThumbMediaId') };
    case 'location': {
      const place = { latitude: number('Location_X'), longitude: number('Location_Y'), scale: number('Scale') };
      return { ...head, kind: 'location', ...place, label: text('Label') };
    }
    case 'link':
      return { ...head, kind: 'link', title: text('Title'), description: text('Description'), url: text('Url') };
    default:
      return null;
  }
}

function article(fields: XmlElement): { dataId: string; index: string } | null {
  const dataId = fieldTextOrNull(fields, 'MsgDataId');
  return dataId === null ? null : { dataId, index: fieldText(fields, 'Idx') };
}

function senderOpenid(fields: XmlElement): Openid {
  const value = required(fields, 'FromUserName');
  try {
    return openid(value);
  } catch (cause) {
    throw malformed('FromUserName', cause);
  }
}

function createTime(fields: XmlElement): number {
  const value = required(fields, 'CreateTime');
  if (!/^\d{1,12}$/.test(value)) throw malformed('CreateTime');
  return Number(value);
}

function required(fields: XmlElement, name: string): string {
  const value = fieldText(fields, name).trim();
  if (value === '') throw malformed(name);
  return value;
}

/** MsgIds are 64-bit, beyond what a number holds, so they stay digits. */
function isMessageId(value: string): boolean {
  return /^\d{1,20}$/.test(value);
}

function malformed(name: string, cause?: unknown): WrongRequest {
  const message = `the message has no usable ${name}`;
  return new WrongRequest('message-malformed', message, { faults: [{ path: name, message }], cause });
}
