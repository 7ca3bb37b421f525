import { createHash } from 'node:crypto';
import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import { openid } from '../../base/ids.ts';
import type { Openid, RequestKey } from '../../base/ids.ts';
import { readXml, xmlText } from '../../base/xml.ts';
import type { XmlElement } from '../../base/xml.ts';
import type { InboundMessage } from '../../flows/ports/messages.ts';

// An event's key may be a whole URL, but an index row in Postgres has room for about 2700 bytes.
const EVENT_KEY_IN_REQUEST_KEY_MAX = 200;

/**
 * Reads a message or event (https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html).
 * `queryOpenid` is what the address claims about the sender: it is signed by nothing, so it is only compared.
 * Throws WrongRequest `xml-malformed`, `message-malformed` (400) or `openid-differs` (403).
 */
export function parseInboundMessage(xml: string, queryOpenid?: string): InboundMessage {
  const fields = readXml(xml);
  const fromUser = sender(fields);
  const base = { toUser: required(fields, 'ToUserName'), fromUser, createTimeSeconds: createTime(fields) };
  const msgType = required(fields, 'MsgType').toLowerCase();
  if (msgType === 'event') return parseEvent(fields, base);
  // In some events the sender is the platform itself, so only messages can be compared.
  if (queryOpenid !== undefined && queryOpenid !== fromUser) {
    throw new WrongRequest('openid-differs', 'the openid of the address is not the sender', { status: 403 });
  }
  const msgId = xmlText(fields, 'MsgId') ?? '';
  if (msgType === 'text') {
    if (!isMessageId(msgId)) throw malformed('MsgId');
    const content = cleanText(xmlText(fields, 'Content') ?? '');
    return { kind: 'text', ...base, key: `m:${fromUser}:${msgId}` as RequestKey, msgId, content };
  }
  const key = isMessageId(msgId)
    ? `m:${fromUser}:${msgId}`
    : `o:${fromUser}:${base.createTimeSeconds}:${short(msgType)}`;
  return { kind: 'other', ...base, key: key as RequestKey, msgType: cleanText(msgType) };
}

function parseEvent(
  fields: XmlElement,
  base: { toUser: string; fromUser: Openid; createTimeSeconds: number },
): InboundMessage {
  const event = cleanText(required(fields, 'Event').toLowerCase());
  const eventKey = cleanText(xmlText(fields, 'EventKey') ?? '');
  // Results of several jobs may arrive in one second; only their job number tells them apart.
  const jobId = xmlText(fields, 'MsgID') ?? '';
  const key = `e:${base.fromUser}:${base.createTimeSeconds}:${short(event)}:${short(eventKey)}${isMessageId(jobId) ? `:${jobId}` : ''}`;
  return { kind: 'event', ...base, key: key as RequestKey, event, eventKey };
}

function sender(fields: XmlElement): Openid {
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
  const value = xmlText(fields, name)?.trim() ?? '';
  if (value === '') throw malformed(name);
  return value;
}

/** MsgIds are 64-bit, beyond what a number holds, so they stay digits. */
function isMessageId(value: string): boolean {
  return /^\d{1,20}$/.test(value);
}

function short(value: string): string {
  if (value.length <= EVENT_KEY_IN_REQUEST_KEY_MAX) return value;
  return `#${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}

function malformed(name: string, cause?: unknown): WrongRequest {
  const message = `the message has no usable ${name}`;
  return new WrongRequest('message-malformed', message, { faults: [{ path: name, message }], cause });
}
