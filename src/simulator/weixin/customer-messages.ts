import type { SimulatorClock } from '../clock.ts';
import type { Followers, NewChatItem } from '../followers.ts';
import type { Timeline } from '../timeline.ts';
import { ApiFault, jsonBody, type ApiCall } from './api-call.ts';

/** What a user did that lets the account write to them. */
type Trigger = 'message' | 'menu' | 'subscribe' | 'scan';
type Window = { untilMs: number; left: number };
type Parts = { clock: SimulatorClock; followers: Followers; timeline: Timeline };

const minuteMs = 60_000;
/** https://developers.weixin.qq.com/doc/subscription/guide/product/kf_intro.html */
const quotas: Readonly<Record<Trigger, { forMs: number; count: number }>> = {
  message: { forMs: 48 * 60 * minuteMs, count: 5 },
  menu: { forMs: minuteMs, count: 3 },
  subscribe: { forMs: minuteMs, count: 3 },
  scan: { forMs: minuteMs, count: 3 },
};
const menuEvents = ['click', 'scancode_push', 'scancode_waitmsg'];
const otherTypes = ['image', 'voice', 'video', 'music', 'mpnews', 'mpnewsarticle', 'msgmenu', 'wxcard'];

/** Which window a message or an event opens, if any. */
function triggerOf(event: string): Trigger | undefined {
  const name = event.toLowerCase();
  if (menuEvents.includes(name)) return 'menu';
  return name === 'message' || name === 'subscribe' || name === 'scan' ? name : undefined;
}

/** Customer-service messages: they land in the chat while the user's own action keeps a window open. */
export class CustomerMessages {
  readonly #parts: Parts;
  readonly #windows = new Map<string, Window>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The user sent a `message` or an event of this name: its window opens anew; kinds do not add up. */
  acted(openid: string, event: string): void {
    const trigger = triggerOf(event);
    if (trigger === undefined) return;
    const { forMs, count } = quotas[trigger];
    this.#windows.set(`${openid}/${trigger}`, { untilMs: this.#parts.clock.nowMs() + forMs, left: count });
  }

  /** https://developers.weixin.qq.com/doc/subscription/api/customer/message/api_sendcustommessage.html */
  send(call: ApiCall): object {
    const body = jsonBody(call);
    const openid = textOf(body['touser']);
    const follower = this.#parts.followers.find(openid);
    if (!follower) throw new ApiFault(40003, 'invalid openid');
    const item = chatItem(body);
    if (!follower.subscribed) throw outOfWindow();
    this.#spend(openid);
    this.#parts.followers.show(openid, item);
    const detail = { type: textOf(body['msgtype']) };
    const [title, titleEn] = ['客服消息', 'Customer-service message'];
    this.#parts.timeline.add({ kind: 'api', openid, title, titleEn, detail, text: call.body });
    return { errcode: 0, errmsg: 'ok' };
  }

  #spend(openid: string): void {
    const nowMs = this.#parts.clock.nowMs();
    const triggers = Object.keys(quotas) as Trigger[];
    const open = triggers.flatMap((trigger) => this.#windows.get(`${openid}/${trigger}`) ?? []);
    const current = open.filter(({ untilMs }) => untilMs > nowMs);
    const usable = current.find(({ left }) => left > 0);
    if (usable) usable.left -= 1;
    else throw current.length > 0 ? new ApiFault(45047, 'out of response count limit') : outOfWindow();
  }
}

function outOfWindow(): ApiFault {
  return new ApiFault(45015, 'response out of time limit or subscription is canceled');
}

function chatItem(body: Record<string, unknown>): NewChatItem {
  const type = textOf(body['msgtype']);
  const part = body[type];
  if (typeof part !== 'object' || part === null) throw new ApiFault(40008, 'invalid message type');
  const fields = part as Record<string, unknown>;
  if (type === 'text') return { kind: 'text', from: 'account', text: checkedText(fields['content']) };
  if (type === 'news') return { kind: 'news', from: 'account', articles: checkedArticles(fields['articles']) };
  if (!otherTypes.includes(type)) throw new ApiFault(40008, 'invalid message type');
  return { kind: 'other', from: 'account', type, text: JSON.stringify(fields) };
}

function checkedText(content: unknown): string {
  if (typeof content !== 'string' || content === '') throw new ApiFault(44004, 'empty content');
  if (Buffer.byteLength(content) > 2048) throw new ApiFault(45002, 'content size out of limit');
  return content;
}

function checkedArticles(articles: unknown): { title: string; description: string; url: string; pictureUrl: string }[] {
  if (!Array.isArray(articles) || articles.length === 0) throw new ApiFault(44003, 'empty news data');
  if (articles.length > 1) throw new ApiFault(45008, 'article size out of limit');
  return articles.map((article: Record<string, unknown>) => ({
    title: textOf(article['title']),
    description: textOf(article['description']),
    url: textOf(article['url']),
    pictureUrl: textOf(article['picurl']),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
