import { OurBug } from '../../base/errors.ts';
import { cdata } from '../../base/xml.ts';
import type { Reply, ReplyArticle } from '../../flows/ports/replies.ts';

/**
 * Largest text WeChat shows: 2048 bytes of UTF-8 by its old documentation, of which 2047 are known to work; above it
 * the follower sees a fault notice instead of the reply.
 */
export const TEXT_REPLY_BYTES_MAX = 2047;
/** In force since October 2018: surplus articles are not shown. */
export const ARTICLES_FOR_MESSAGE_MAX = 1;
export const ARTICLES_FOR_EVENT_MAX = 8;
// An empty Content makes the follower see a fault notice.
const NOTHING_LEFT = '…';

/** Whom a reply is for and what it answers. */
export interface ReplyAddress {
  /** The follower's openid. */
  readonly toUser: string;
  /** The account's original id. */
  readonly fromUser: string;
  readonly createTimeSeconds: number;
  readonly answers: 'message' | 'event';
}

/**
 * Renders a plain reply (https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html).
 * Text beyond TEXT_REPLY_BYTES_MAX is cut between two characters, surplus articles and characters XML forbids are
 * dropped. Throws OurBug for what no message can be answered with: news without an article, an event handed to
 * customer service.
 */
export function renderReply(reply: Reply, to: ReplyAddress): string {
  return [
    '<xml>',
    element('ToUserName', to.toUser),
    element('FromUserName', to.fromUser),
    `<CreateTime>${to.createTimeSeconds}</CreateTime>`,
    element('MsgType', reply.type),
    ...contents(reply, to.answers),
    '</xml>',
  ].join('\n');
}

/** Returns the longest start of `text` that takes at most `bytesMax` bytes of UTF-8 and ends between two code points. */
export function cutToBytes(text: string, bytesMax: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax));
  return text.slice(0, read);
}

function contents(reply: Reply, answers: ReplyAddress['answers']): readonly string[] {
  switch (reply.type) {
    case 'text':
      return [element('Content', shownText(reply.text))];
    case 'image':
      return [group('Image', element('MediaId', reply.mediaId))];
    case 'voice':
      return [group('Voice', element('MediaId', reply.mediaId))];
    case 'video':
      return [group('Video', element('MediaId', reply.mediaId), ...titles(reply))];
    case 'music':
      return [
        group(
          'Music',
          ...titles(reply),
          ...optional('MusicUrl', reply.musicUrl),
          ...optional('HQMusicUrl', reply.highQualityMusicUrl),
          element('ThumbMediaId', reply.thumbMediaId),
        ),
      ];
    case 'news':
      return news(reply.articles, answers);
    case 'transfer_customer_service':
      if (answers === 'event') throw new OurBug('an event cannot be handed to customer service');
      return reply.agent === undefined ? [] : [group('TransInfo', element('KfAccount', reply.agent))];
  }
}

/** A cut never leaves half a link behind, whose markup the follower would see. */
function shownText(text: string): string {
  const cut = cutToBytes(text, TEXT_REPLY_BYTES_MAX);
  const linkAt = cut.lastIndexOf('<a ');
  const whole = cut === text || linkAt <= 0 || cut.indexOf('</a>', linkAt) >= 0 ? cut : cut.slice(0, linkAt);
  return cdata(whole) === cdata('') ? NOTHING_LEFT : whole;
}

function titles(reply: { readonly title?: string; readonly description?: string }): readonly string[] {
  return [...optional('Title', reply.title), ...optional('Description', reply.description)];
}

function news(articles: readonly ReplyArticle[], answers: ReplyAddress['answers']): readonly string[] {
  if (articles.length === 0) throw new OurBug('news without an article');
  const shown = articles.slice(0, answers === 'message' ? ARTICLES_FOR_MESSAGE_MAX : ARTICLES_FOR_EVENT_MAX);
  const items = shown.map(({ title, description, pictureUrl, url }) =>
    group(
      'item',
      element('Title', title),
      element('Description', description),
      element('PicUrl', pictureUrl),
      element('Url', url),
    ),
  );
  return [`<ArticleCount>${shown.length}</ArticleCount>`, group('Articles', ...items)];
}

function optional(name: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [element(name, value)];
}

function element(name: string, text: string): string {
  return `<${name}>${cdata(text)}</${name}>`;
}

function group(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}
