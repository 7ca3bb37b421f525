import { cdata } from '../../base/xml.ts';

/**
 * Largest text WeChat shows: 2048 bytes of UTF-8 by its old documentation, of which 2047 are known to work; above it
 * the follower sees a fault notice instead of the reply.
 */
export const TEXT_REPLY_BYTES_MAX = 2047;

/**
 * Renders a plain text reply (https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html).
 * Text beyond TEXT_REPLY_BYTES_MAX is cut between two characters; characters XML forbids are dropped.
 */
export function renderTextReply(reply: {
  toUser: string;
  fromUser: string;
  createTimeSeconds: number;
  text: string;
}): string {
  return [
    '<xml>',
    `<ToUserName>${cdata(reply.toUser)}</ToUserName>`,
    `<FromUserName>${cdata(reply.fromUser)}</FromUserName>`,
    `<CreateTime>${reply.createTimeSeconds}</CreateTime>`,
    '<MsgType><![CDATA[text]]></MsgType>',
    `<Content>${cdata(cutToBytes(reply.text, TEXT_REPLY_BYTES_MAX))}</Content>`,
    '</xml>',
  ].join('\n');
}

/** Returns the longest start of `text` that takes at most `bytesMax` bytes of UTF-8 and ends between two code points. */
export function cutToBytes(text: string, bytesMax: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax));
  return text.slice(0, read);
}
