import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account, MessageMode } from '../account.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import { sealPush, type PushEnvelope } from './push-envelope.ts';
import type { Random } from '../random.ts';
import { judgeReply, type Reply, type Verdict } from './reply-judge.ts';
import type { Timeline } from '../timeline.ts';
import { sortedSha1 } from '../wire/envelope.ts';
import { BodyTooLarge, readBody } from '../wire/http-body.ts';
import type { XmlPairs } from '../wire/xml.ts';

/** One try to hand over a push. Status 0 means that no answer came; `error` says why. */
export type Delivery = { status: number; ms: number; body: string; error?: string };

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
export type PreparedMessage = { openid: string; pairs: XmlPairs; trigger: 'message' | 'event'; msgId: string };

type Call = { method: 'GET' | 'POST'; query: string; body: string; callbackUrl?: string | undefined };

const replyBytesMax = 1_048_576;
const silenceMs = 60_000;
const faultNotice = '该公众号提供的服务出现故障，请稍后再试';

/** WeChat's side of the chat: carries messages and events to the callback and shows what comes back. */
export class Push {
  readonly options: PushOptions;
  /** Media ids that a reply may name. */
  readonly mediaIds = new Set<string>();
  readonly #parts: Parts;
  readonly #agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
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
    const [timestamp, nonce, echo] = [this.#seconds(), random.digits(9), random.digits(19)];
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
    return this.#deliver(this.prepare(openid, fields));
  }

  /** Makes a message without sending it, for tests that deliver one message many times or at two addresses. */
  prepare(openid: string, fields: Readonly<Record<string, string>>): PreparedMessage {
    this.#parts.followers.get(openid);
    this.#parts.acted(openid, 'message');
    const createTime = Number(this.#seconds());
    const msgId = this.#nextMessageId(createTime);
    const pairs: XmlPairs = [...this.#head(openid, createTime), ...Object.entries(fields), ['MsgId', msgId]];
    return { openid, pairs, trigger: 'message', msgId: String(msgId) };
  }

  /** One delivery in an envelope of its own, judged, but without re-delivery and without a trace in the chat. */
  async deliverOnce(message: PreparedMessage, callbackUrl?: string): Promise<{ delivery: Delivery; verdict: Verdict }> {
    const { query, body } = this.#seal(message);
    const delivery = await this.#call({ method: 'POST', query, body, callbackUrl });
    const why = delivery.error ?? 'no answer';
    return { delivery, verdict: delivery.status === 0 ? { kind: 'fault', why } : this.#judge(message, delivery) };
  }

  /** An event such as subscribe, SCAN or CLICK; following is kept up to date. */
  async sendEvent(openid: string, fields: EventFields): Promise<PushResult> {
    const { followers, clock } = this.#parts;
    const follower = followers.get(openid);
    if (fields.Event === 'subscribe') Object.assign(follower, { subscribed: true, subscribedAtMs: clock.nowMs() });
    if (fields.Event === 'unsubscribe') follower.subscribed = false;
    this.#parts.acted(openid, fields.Event);
    const head = this.#head(openid, Number(this.#seconds()));
    const pairs: XmlPairs = [...head, ['MsgType', 'event'], ...Object.entries(fields)];
    return this.#deliver({ openid, pairs, trigger: 'event', msgId: '' });
  }

  /** One single POST of a given envelope, without judging: for traffic that a callback has to refuse. */
  async post({ query, body }: Pick<PushEnvelope, 'query' | 'body'>): Promise<Delivery> {
    return this.#call({ method: 'POST', query, body });
  }

  stop(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  async #deliver(outgoing: PreparedMessage): Promise<PushResult> {
    const { deliveriesMax, retryPauseMs, cutOffMs, envelopes } = this.options;
    const { openid, msgId } = outgoing;
    this.#parts.followers.get(openid);
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
      if (delivery.status !== 0 && delivery.status < 500) {
        return { msgId, deliveries, ...this.#conclude(outgoing, this.#judge(outgoing, delivery)) };
      }
      if (deliveries.length < deliveriesMax && delivery.ms < cutOffMs) await pause(retryPauseMs);
    }
    const last = deliveries.at(-1);
    const why = `no answer after ${deliveries.length} deliveries: ${last?.error ?? `status ${last?.status}`}`;
    return { msgId, deliveries, ...this.#conclude(outgoing, { kind: 'fault', why }) };
  }

  #judge({ openid, trigger }: PreparedMessage, { status, body }: Delivery): Verdict {
    if (status !== 200) return { kind: 'fault', why: `status ${status}` };
    const { account } = this.#parts;
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

  #seal({ openid, pairs }: PreparedMessage): PushEnvelope {
    const { account, random } = this.#parts;
    const luck = Buffer.from(random.hex(16), 'ascii');
    const [timestamp, nonce] = [this.#seconds(), random.digits(10)];
    const { mode, elementOrder } = this.options;
    const ordered = elementOrder === 'usual' ? pairs : random.shuffle(pairs);
    return sealPush({ account, mode, openid, pairs: ordered, timestamp, nonce, luck });
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

  #seconds(): string {
    const { clock } = this.#parts;
    return String(Math.floor((this.options.timestamps === 'machine' ? Date.now() : clock.nowMs()) / 1000));
  }

  async #call({ method, query, body, callbackUrl }: Call): Promise<Delivery> {
    const url = callbackUrl === undefined ? this.#callbackUrl : new URL(callbackUrl);
    if (!url) throw new Error('the account has no callback URL yet');
    const startMs = performance.now();
    const took = (): number => Math.round(performance.now() - startMs);
    try {
      const response = await this.#open({ url, method, query, body });
      const text = await readBody(response, replyBytesMax);
      return { status: response.statusCode ?? 0, ms: took(), body: text };
    } catch (error) {
      if (error instanceof TypeError || error instanceof BodyTooLarge) {
        return { status: 200, ms: took(), body: `unreadable: ${error.message}` };
      }
      return { status: 0, ms: took(), body: '', error: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Headers as in a capture of 2023. The signal ends the whole exchange at the cut-off, body included. */
  #open(call: Call & { url: URL }): Promise<IncomingMessage> {
    const { url, method, query, body } = call;
    const target = new URL(url);
    target.search = url.search === '' ? query : `${url.search}&${query}`;
    const headers = { accept: '*/*', pragma: 'no-cache', 'user-agent': 'Mozilla/4.0' };
    const content = { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) };
    const signal = AbortSignal.timeout(this.options.cutOffMs);
    const [send, agent] =
      url.protocol === 'https:' ? [httpsRequest, this.#agents.https] : [httpRequest, this.#agents.http];
    return new Promise((resolve, reject) => {
      const all = { method, agent, signal, headers: method === 'POST' ? { ...headers, ...content } : headers };
      send(target, all, resolve).on('error', reject).end(body);
    });
  }
}
