import { unreachable } from '../../base/errors.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type {
  CustomerMessage,
  CustomerMessages,
  CustomerOutcome,
  CustomerRefusal,
} from '../../flows/ports/customer-messages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import type { ApiRefusal } from '../api-refusal.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import { errorRow } from './error-table.ts';

const SEND_PATH = '/cgi-bin/message/custom/send';
const TYPING_PATH = '/cgi-bin/message/custom/typing';
const TEXT_BYTES_MAX = 2048;
const OFF_FOR_MS = 3_600_000;
const FEATURE_OFF = { kind: 'refused', why: 'feature-off', errcode: 48001 } as const;

/**
 * https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html; 500,000 a day at first.
 * An account without the right to it is asked once an hour, not for each message.
 */
export function createCustomerMessages(calls: AccountCalls, clock: Pick<Clock, 'nowMs'>): CustomerMessages {
  const offUntilMs = new Map<string, number>();
  const isOff = ({ appId }: Account): boolean => (offUntilMs.get(appId) ?? 0) > clock.nowMs();
  const turnOff = ({ appId }: Account): void => void offUntilMs.set(appId, clock.nowMs() + OFF_FOR_MS);
  return {
    async send(account, person, message) {
      const json = { touser: person, ...render(message) };
      if (isOff(account)) return FEATURE_OFF;
      const answer = await calls.send(account, { method: 'POST', path: SEND_PATH, json });
      if (answer.kind === 'unclear') return answer;
      if (answer.kind === 'ok') return { kind: 'sent' };
      const outcome = outcomeOf(answer);
      if (outcome === undefined) throw refusedFor(answer, account);
      if (outcome.kind === 'refused' && outcome.why === 'feature-off') turnOff(account);
      return outcome;
    },

    async typing(account, person, on) {
      if (isOff(account)) return false;
      const json = { touser: person, command: on ? 'Typing' : 'CancelTyping' };
      const answer = await calls.once(account, { method: 'POST', path: TYPING_PATH, json });
      if (answer.kind === 'ok') return true;
      const outcome = outcomeOf(answer);
      if (outcome === undefined) throw refusedFor(answer, account);
      if (outcome.kind === 'refused' && outcome.why === 'feature-off') turnOff(account);
      return false;
    },
  };
}

function outcomeOf(refusal: ApiRefusal): CustomerOutcome | undefined {
  const why = whyOf(refusal);
  return why === undefined ? undefined : { kind: 'refused', why, errcode: refusal.errcode };
}

function whyOf(refusal: ApiRefusal): CustomerRefusal | undefined {
  switch (errorRow(refusal).action) {
    case 'wait-for-person':
      return refusal.errcode === 45047 ? 'window-used-up' : 'window-over';
    case 'drop':
      return 'person-unreachable';
    case 'renew-media':
      return 'media-gone';
    case 'feature-off':
      return 'feature-off';
    default:
      return undefined;
  }
}

function render(message: CustomerMessage): Readonly<Record<string, unknown>> {
  const { kind } = message;
  switch (kind) {
    case 'text': {
      const bytes = Buffer.byteLength(message.content);
      if (bytes < 1 || bytes > TEXT_BYTES_MAX) throw wrongArgument('content', `must have 1 to ${TEXT_BYTES_MAX} bytes`);
      return { msgtype: 'text', text: { content: message.content } };
    }
    case 'image':
    case 'voice':
    case 'mpnews':
      return { msgtype: kind, [kind]: { media_id: filled('mediaId', message.mediaId) } };
    case 'article':
      return { msgtype: 'mpnewsarticle', mpnewsarticle: { article_id: filled('articleId', message.articleId) } };
    case 'card':
      return { msgtype: 'wxcard', wxcard: { card_id: filled('cardId', message.cardId) } };
    case 'video':
    case 'music':
      return renderFilm(message);
    case 'news': {
      const { title, description, url, pictureUrl } = message;
      // More than one article is refused (45008).
      return { msgtype: 'news', news: { articles: [{ title, description, url, picurl: pictureUrl }] } };
    }
    case 'menu':
      return renderMenu(message);
    case 'mini-program': {
      const { title, appId, pagePath, thumbMediaId } = message;
      const page = {
        title: filled('title', title),
        appid: filled('appId', appId),
        pagepath: filled('pagePath', pagePath),
      };
      const thumb_media_id = filled('thumbMediaId', thumbMediaId);
      return { msgtype: 'miniprogrampage', miniprogrampage: { ...page, thumb_media_id } };
    }
    default:
      return unreachable(kind);
  }
}

function renderFilm(message: CustomerMessage & { kind: 'video' | 'music' }): Readonly<Record<string, unknown>> {
  const { title, description, thumbMediaId } = message;
  if (message.kind === 'video') {
    const media_id = filled('mediaId', message.mediaId);
    return { msgtype: 'video', video: { media_id, thumb_media_id: thumbMediaId, title, description } };
  }
  const musicurl = filled('musicUrl', message.musicUrl);
  const hqmusicurl = filled('hqMusicUrl', message.hqMusicUrl);
  const thumb_media_id = filled('thumbMediaId', thumbMediaId);
  return { msgtype: 'music', music: { title, description, musicurl, hqmusicurl, thumb_media_id } };
}

function renderMenu({ head, items, tail }: CustomerMessage & { kind: 'menu' }): Readonly<Record<string, unknown>> {
  if (items.length === 0) throw wrongArgument('items', 'must not be empty');
  const list = items.map(({ id, content }, index) => {
    return { id: filled(`items[${index}].id`, id), content: filled(`items[${index}].content`, content) };
  });
  return { msgtype: 'msgmenu', msgmenu: { head_content: head, list, tail_content: tail } };
}

function filled(path: string, text: string): string {
  if (text === '') throw wrongArgument(path, 'must not be empty');
  return text;
}
