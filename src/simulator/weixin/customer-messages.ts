import type { SimulatorClock } from '../clock.ts';
import type { Followers, NewChatItem } from '../followers.ts';
import type { Timeline } from '../timeline.ts';
import type { AccountPeople } from './account-people.ts';
import { ApiFault, done, fieldsOf, jsonBody, textOf, type ApiCall } from './api-call.ts';

/** What a user did that lets the account write to them. */
type Trigger = 'message' | 'menu' | 'subscribe' | 'scan' | 'payment';
type Window = { untilMs: number; left: number };
type Parts = {
  clock: SimulatorClock;
  followers: Followers;
  timeline: Timeline;
  people: AccountPeople;
  mediaExists: (id: string) => boolean;
  /** Test accounts send no message menus. */
  isTestAccount: () => boolean;
};

const minuteMs = 60_000;
/** https://developers.weixin.qq.com/doc/subscription/guide/product/kf_intro.html */
const quotas: Readonly<Record<Trigger, { forMs: number; count: number }>> = {
  message: { forMs: 48 * 60 * minuteMs, count: 5 },
  menu: { forMs: minuteMs, count: 3 },
  subscribe: { forMs: minuteMs, count: 3 },
  scan: { forMs: minuteMs, count: 3 },
  payment: { forMs: 48 * 60 * minuteMs, count: Infinity },
};
const menuEvents = ['click', 'scancode_push', 'scancode_waitmsg'];
/** The fields without which a message of this type is none; a media id among them must exist. */
const neededFields: Readonly<Record<string, readonly string[]>> = {
  image: ['media_id'],
  voice: ['media_id'],
  video: ['media_id'],
  music: ['musicurl', 'hqmusicurl', 'thumb_media_id'],
  mpnews: ['media_id'],
  mpnewsarticle: ['article_id'],
  msgmenu: [],
  wxcard: ['card_id'],
  miniprogrampage: ['title', 'appid', 'pagepath', 'thumb_media_id'],
};

/** Which window a message or an event opens, if any. */
function triggerOf(event: string): Trigger | undefined {
  const name = event.toLowerCase();
  if (menuEvents.includes(name)) return 'menu';
  const same = ['message', 'subscribe', 'scan', 'payment'] as const;
  return same.find((trigger) => trigger === name);
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
    const { people, followers, timeline } = this.#parts;
    const person = people.get(body['touser']);
    const item = this.#chatItem(body);
    if (!people.follows(person)) throw outOfWindow();
    if (person.blacklisted) throw new ApiFault(43019, 'require remove blacklist');
    if (person.refusesMessages) throw new ApiFault(48002, 'user refuse to accept message');
    this.#spend(person.openid);
    const { openid } = person.follower;
    followers.show(openid, item);
    const detail = { type: textOf(body['msgtype']) };
    const [title, titleEn] = ['客服消息', 'Customer-service message'];
    timeline.add({ kind: 'api', openid, title, titleEn, detail, text: call.bytes.toString('utf8') });
    return done;
  }

  /** "Is typing": only while the person's own message keeps a window open. */
  typing(call: ApiCall): object {
    const { touser, command } = jsonBody(call);
    const { openid } = this.#parts.people.get(touser);
    if (command !== 'Typing' && command !== 'CancelTyping') throw new ApiFault(40035, 'invalid command');
    const window = this.#windows.get(`${openid}/message`);
    if (!window || window.untilMs <= this.#parts.clock.nowMs()) throw outOfWindow();
    return done;
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

  #chatItem(body: Record<string, unknown>): NewChatItem {
    const type = textOf(body['msgtype']);
    if (typeof body[type] !== 'object' || body[type] === null) throw new ApiFault(40008, 'invalid message type');
    const fields = fieldsOf(body[type]);
    if (type === 'text') return { kind: 'text', from: 'account', text: checkedText(fields['content']) };
    if (type === 'news') return { kind: 'news', from: 'account', articles: checkedArticles(fields['articles']) };
    const needed = Object.hasOwn(neededFields, type) ? neededFields[type] : undefined;
    if (!needed) throw new ApiFault(40008, 'invalid message type');
    for (const name of needed) this.#checkField(name, textOf(fields[name]));
    if (type === 'msgmenu') this.#checkMenu(fields['list']);
    return { kind: 'other', from: 'account', type, text: JSON.stringify(fields) };
  }

  #checkField(name: string, value: string): void {
    if (name.endsWith('media_id') && !this.#parts.mediaExists(value)) throw new ApiFault(40007, 'invalid media_id');
    if (value === '') throw new ApiFault(40035, `invalid ${name}`);
  }

  #checkMenu(list: unknown): void {
    if (this.#parts.isTestAccount()) throw new ApiFault(48008, 'no permission for this msgtype');
    const items = Array.isArray(list) ? list.map(fieldsOf) : [];
    const whole = items.every(
      ({ id, content }) => (typeof id === 'number' || textOf(id) !== '') && textOf(content) !== '',
    );
    if (items.length === 0 || !whole) throw new ApiFault(40035, 'invalid menu list');
  }
}

function outOfWindow(): ApiFault {
  return new ApiFault(45015, 'response out of time limit or subscription is canceled');
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
