import { setTimeout as pause } from 'node:timers/promises';
import type { Account, MessageMode } from '../account.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import { sealPush, type PushEnvelope, type PushLayout } from './push-envelope.ts';
import { PushLine, type Delivery } from './push-line.ts';
import type { Random } from '../random.ts';
import { judgeReply, type Reply, type Verdict } from './reply-judge.ts';
import type { Timeline } from '../timeline.ts';
import { sortedSha1 } from '../wire/envelope.ts';
import type { XmlPairs } from '../wire/xml.ts';

export type PushResult = {
  /** Empty for an event, which has no message id. */
  msgId: string;
  deliveries: Delivery[];
  reply?: Reply;
  /** Why the user saw the fault notice. */
  fault?: string;
  warnings: string[];
};

export type PushOptions = {
  mode: MessageMode;
  /** WeChat hangs up after 5 s. */
  cutOffMs: number;
  /** Three are seen in the field; the official wording would allow four. */
  deliveriesMax: number;
  /** After a refused connection or a 5xx; after a time-out the next delivery follows at once. */
  retryPauseMs: number;
  /** Whether each delivery gets a new timestamp, nonce and ciphertext. Not published, so both must work. */
  envelopes: 'fresh' | 'same';
  /** So many faults in a row, and WeChat drops all pushes for a minute (MarkFail); the number is not published. */
  faultsBeforeSilence: number;
  /** Whose time pushes carry: the simulator's, or the machine's for a service that does not share the simulator's clock. */
  timestamps: 'simulator' | 'machine';
  /** The order of elements is not promised, so a callback must take any. */
  elementOrder: 'usual' | 'shuffled';
  /** Blanks between elements, as in the capture of 2023 unless told. */
  layout?: PushLayout;
  /** Gives every sealed push a padding of this many bytes, 1 to 32: its length decides, unless told. */
  padBytes?: number;
  /** After a rotation messages may still arrive under the key before: seals under it, and wants replies under it. */
  olderKey?: string;
  /** Whether a wrong answer is delivered again, too. Not published, so both must work; `no` unless told. */
  wrongAnswersAgain?: 'yes' | 'no';
};

export type EventFields = Readonly<Record<string, string | number | bigint | XmlPairs>> & { Event: string };
type Parts = {
  account: Account;
  options: PushOptions;
  clock: SimulatorClock;
  random: Random;
  followers: Followers;
  timeline: Timeline;
  /** Told what the user did, before the account hears of it. */
  acted: (openid: string, event: string) => void;
};
/** A message with its ids and times, the same however often it is delivered. */
export type PreparedMessage = {
  openid: string;
  pairs: XmlPairs;
  trigger: 'message' | 'event';
  msgId: string;
  /** Whom the address names, where it is not the follower: the platform speaks of people, not for them. */
  addressOpenid?: string | undefined;
};
/** What a push says of itself instead of the usual: when it was made (Unix seconds), and who sent it. */
export type PushHead = { createTime?: number; sender?: string; addressOpenid?: string };

type Call = { method: 'GET' | 'POST'; query: string; body: string; callbackUrl?: string | undefined };

const silenceMs = 60_000;
const faultNotice = '该公众号提供的服务出现故障，请稍后再试';

/** WeChat's side of the chat: carries messages and events to the callback and shows what comes back. */
export class Push {
  readonly options: PushOptions;
  /** Media ids that a reply may name. */
  readonly mediaIds = new Set<string>();
  readonly #parts: Parts;
  readonly #line = new PushLine();
  #messageCount: number;
  #callbackUrl: URL | undefined;
  #faultsInARow = 0;
  #silentUntilMs = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.options = parts.options;
    this.#messageCount = parts.random.whole(2 ** 20);
  }

  setCallbackUrl(url: string | undefined): void {
    this.#callbackUrl = url === undefined ? undefined : new URL(url);
  }

  get callbackUrl(): string | undefined {
    return this.#callbackUrl?.href;
  }

  /** The check that WeChat makes when the callback is configured. Throws when the echo is not exact or not in time. */
  async verifyUrl(): Promise<void> {
    const { account, random } = this.#parts;
    const [timestamp, nonce, echo] = [String(this.nowSeconds), random.digits(9), random.digits(19)];
    const signature = sortedSha1(account.token, timestamp, nonce);
    const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&echostr=${echo}`;
    const { status, body, error } = await this.#call({ method: 'GET', query, body: '' });
    if (status !== 200 || body !== echo) {
      throw new Error(`the callback did not echo: status ${status}, ${error ?? JSON.stringify(body.slice(0, 200))}`);
    }
  }

  /** The user types a text. Resolves when it is answered or given up; the reply is in the chat by then. */
  async sendText(openid: string, text: string): Promise<PushResult> {
    this.#parts.followers.get(openid);
    this.#parts.followers.show(openid, { kind: 'text', from: 'user', text });
    return this.sendMessage(openid, { MsgType: 'text', Content: text });
  }

  /** Any ordinary message; ids and times are added. The follower must be known. */
  async sendMessage(openid: string, fields: Readonly<Record<string, string>>): Promise<PushResult> {
    return this.deliver(this.prepare(openid, fields));
  }

  /** Makes a message without sending it, for tests that deliver one message many times or at two addresses. */
  prepare(openid: string, fields: Readonly<Record<string, string>>, head: PushHead = {}): PreparedMessage {
    this.#parts.followers.get(openid);
    this.#parts.acted(openid, 'message');
    const createTime = head.createTime ?? this.nowSeconds;
    const msgId = this.#nextMessageId(createTime);
    const pairs: XmlPairs = [...this.#head(openid, createTime), ...Object.entries(fields), ['MsgId', msgId]];
    return { openid, pairs, trigger: 'message', msgId: String(msgId), addressOpenid: head.addressOpenid };
  }

  /** Makes an event without sending it. `openid` is the follower it is about, whoever is named as its sender. */
  prepareEvent(openid: string, fields: EventFields, head: PushHead = {}): PreparedMessage {
    const { followers, clock } = this.#parts;
    const follower = followers.get(openid);
    if (fields.Event === 'subscribe') Object.assign(follower, { subscribed: true, subscribedAtMs: clock.nowMs() });
    if (fields.Event === 'unsubscribe') follower.subscribed = false;
    this.#parts.acted(openid, fields.Event);
    const sender = head.sender ?? openid;
    const first = this.#head(sender, head.createTime ?? this.nowSeconds);
    const pairs: XmlPairs = [...first, ['MsgType', 'event'], ...Object.entries(fields)];
    return { openid, pairs, trigger: 'event', msgId: '', addressOpenid: head.addressOpenid ?? sender };
  }

  /** One delivery in an envelope of its own, judged, but without re-delivery and without a trace in the chat. */
  async deliverOnce(message: PreparedMessage, callbackUrl?: string): Promise<{ delivery: Delivery; verdict: Verdict }> {
    const { query, body } = this.#seal(message);
    const delivery = await this.#call({ method: 'POST', query, body, callbackUrl });
    const why = delivery.error ?? 'no answer';
    return { delivery, verdict: delivery.status === 0 ? { kind: 'fault', why } : this.#judge(message, delivery) };
  }

  /** An event such as subscribe, SCAN or CLICK; following is kept up to date. */
  async sendEvent(openid: string, fields: EventFields, head: PushHead = {}): Promise<PushResult> {
    return this.deliver(this.prepareEvent(openid, fields, head));
  }

  /** One single POST of a given envelope, without judging: for traffic that a callback has to refuse. */
  async post({ query, body }: Pick<PushEnvelope, 'query' | 'body'>): Promise<Delivery> {
    return this.#call({ method: 'POST', query, body });
  }

  stop(): void {
    this.#line.stop();
  }

  /** Delivers until it is answered or given up, as WeChat does; the same message again is a push of its own. */
  async deliver(outgoing: PreparedMessage): Promise<PushResult> {
    const { deliveriesMax, retryPauseMs, cutOffMs, envelopes } = this.options;
    const { msgId } = outgoing;
    const deliveries: Delivery[] = [];
    let envelope = this.#seal(outgoing);
    this.#noteMessage(outgoing, envelope);
    if (this.#parts.clock.nowMs() < this.#silentUntilMs) {
      return { msgId, deliveries, fault: 'pushes are suspended after many faults', warnings: [] };
    }
    while (deliveries.length < deliveriesMax) {
      if (deliveries.length > 0 && envelopes === 'fresh') envelope = this.#seal(outgoing);
      const delivery = await this.#call({ method: 'POST', ...envelope });
      deliveries.push(delivery);
      const verdict = this.#settled(outgoing, delivery, deliveries.length);
      if (verdict) return { msgId, deliveries, ...this.#conclude(outgoing, verdict) };
      if (deliveries.length < deliveriesMax && delivery.ms < cutOffMs) await pause(retryPauseMs);
    }
    const last = deliveries.at(-1);
    const why = `no answer after ${deliveries.length} deliveries: ${last?.error ?? `status ${last?.status}`}`;
    return { msgId, deliveries, ...this.#conclude(outgoing, { kind: 'fault', why }) };
  }

  /** Undefined when the push is to be delivered again. */
  #settled(outgoing: PreparedMessage, delivery: Delivery, deliveries: number): Verdict | undefined {
    if (delivery.status === 0 || delivery.status >= 500) return undefined;
    const verdict = this.#judge(outgoing, delivery);
    const { wrongAnswersAgain, deliveriesMax } = this.options;
    return verdict.kind === 'fault' && wrongAnswersAgain === 'yes' && deliveries < deliveriesMax ? undefined : verdict;
  }

  #judge({ openid, trigger }: PreparedMessage, { status, body }: Delivery): Verdict {
    if (status !== 200) return { kind: 'fault', why: `status ${status}` };
    const account = this.#accountInUse();
    return judgeReply(body, { account, mode: this.options.mode, openid, trigger, mediaIds: this.mediaIds });
  }

  #conclude({ openid, msgId }: PreparedMessage, verdict: Verdict): Omit<PushResult, 'deliveries' | 'msgId'> {
    const { timeline, followers } = this.#parts;
    const detail = { msgId };
    this.#countFaults(verdict);
    if (verdict.kind === 'fault') {
      const [title, titleEn] = [`公众号故障：${verdict.why}`, `Fault notice: ${verdict.why}`];
      timeline.add({ kind: 'fault', openid, title, titleEn, detail });
      followers.show(openid, { kind: 'notice', from: 'system', text: faultNotice });
      return { fault: verdict.why, warnings: [] };
    }
    if (verdict.kind === 'acknowledged') {
      timeline.add({ kind: 'reply', openid, title: '公众号：无回复', titleEn: 'No reply', detail, text: 'success' });
      return { warnings: [] };
    }
    const { reply, xml, warnings } = verdict;
    timeline.add({ kind: 'reply', openid, title: '公众号回复', titleEn: 'Reply', detail, text: xml });
    this.#showReply(openid, reply);
    return { reply, warnings };
  }

  #countFaults({ kind }: Verdict): void {
    this.#faultsInARow = kind === 'fault' ? this.#faultsInARow + 1 : 0;
    if (this.#faultsInARow < this.options.faultsBeforeSilence) return;
    this.#faultsInARow = 0;
    this.#silentUntilMs = this.#parts.clock.nowMs() + silenceMs;
  }

  #showReply(openid: string, reply: Reply): void {
    const { followers } = this.#parts;
    if (reply.type === 'text') followers.show(openid, { kind: 'text', from: 'account', text: reply.content });
    else if (reply.type === 'news') followers.show(openid, { kind: 'news', from: 'account', articles: reply.articles });
    else followers.show(openid, { kind: 'other', from: 'account', type: reply.type, text: '' });
  }

  #noteMessage({ openid, msgId, trigger }: PreparedMessage, { plainXml, body }: PushEnvelope): void {
    const [title, titleEn] = trigger === 'message' ? ['用户消息', 'Message'] : ['用户事件', 'Event'];
    const detail = { msgId, mode: this.options.mode, bytes: Buffer.byteLength(body) };
    this.#parts.timeline.add({ kind: 'message', openid, title, titleEn, detail, text: plainXml });
  }

  #seal({ openid, pairs, addressOpenid }: PreparedMessage): PushEnvelope {
    const { random } = this.#parts;
    const luck = Buffer.from(random.hex(16), 'ascii');
    const [timestamp, nonce] = [String(this.nowSeconds), random.digits(10)];
    const { mode, elementOrder, layout, padBytes } = this.options;
    const ordered = elementOrder === 'usual' ? pairs : random.shuffle(pairs);
    const account = this.#accountInUse();
    const signed = { account, mode, openid: addressOpenid ?? openid, timestamp, nonce, luck };
    return sealPush({ ...signed, pairs: ordered, layout, padBytes });
  }

  #accountInUse(): Account {
    const { account } = this.#parts;
    return { ...account, encodingAesKey: this.options.olderKey ?? account.encodingAesKey };
  }

  #head(openid: string, createTime: number): XmlPairs {
    return [
      ['ToUserName', this.#parts.account.originalId],
      ['FromUserName', openid],
      ['CreateTime', createTime],
    ];
  }

  /** Seconds in the high 32 bits as in old captures: above 2^53, so that a client that rounds is found out. */
  #nextMessageId(createTime: number): bigint {
    this.#messageCount += 1;
    return (BigInt(createTime) << 32n) + BigInt(this.#messageCount);
  }

  /** Unix seconds by the clock that pushes carry. */
  get nowSeconds(): number {
    const { clock } = this.#parts;
    return Math.floor((this.options.timestamps === 'machine' ? Date.now() : clock.nowMs()) / 1000);
  }

  async #call({ method, query, body, callbackUrl }: Call): Promise<Delivery> {
    const url = callbackUrl === undefined ? this.#callbackUrl : new URL(callbackUrl);
    if (!url) throw new Error('the account has no callback URL yet');
    return this.#line.call({ url, method, query, body, cutOffMs: this.options.cutOffMs });
  }
}
