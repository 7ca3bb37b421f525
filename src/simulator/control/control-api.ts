import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import type { Books } from '../pay/books.ts';
import { faultKinds, type FaultKind, type Faults } from '../pay/faults.ts';
import type { ServiceLinks } from '../simulator-options.ts';
import type { Push } from '../push/push.ts';
import type { Timeline } from '../timeline.ts';

export type ControlParts = {
  account: { appId: string; originalId: string };
  clock: SimulatorClock;
  followers: Followers;
  books: Books;
  faults: Faults;
  push: Push;
  timeline: Timeline;
  links: ServiceLinks;
  /** What the embedding program knows about a follower, for the page's right side. */
  explain: ((openid: string) => Promise<unknown>) | undefined;
};

export type ControlCall = { method: string; path: string; query: URLSearchParams; body: string };
export type ControlReply = { status: number; value: unknown; setCookie?: string };

/** A request that the control API does not understand; the text goes to the caller. */
export class WrongControlCall extends Error {
  override readonly name = 'WrongControlCall';
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

type Handler = (call: ControlCall) => ControlReply | Promise<ControlReply>;

const advanceMaxMs = 400 * 86_400_000;
const textBytesMax = 8192;

/** What the playground page asks and orders, all JSON under /simulator. No keys and no secrets ever leave here. */
export class ControlApi {
  readonly #parts: ControlParts;
  readonly #handlers: ReadonlyMap<string, Handler>;
  #links: ServiceLinks;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#links = parts.links;
    this.#handlers = new Map<string, Handler>([
      ['GET /simulator/state', () => ok(this.#state())],
      ['GET /simulator/chat', (call) => ok({ items: parts.followers.chat(this.#openid(call.query)) })],
      ['GET /simulator/happened', (call) => ok(this.#happened(call.query))],
      ['GET /simulator/explain', (call) => this.#explain(call.query)],
      ['POST /simulator/send', (call) => this.#send(jsonOf(call))],
      ['POST /simulator/event', (call) => this.#event(jsonOf(call))],
      ['POST /simulator/open', (call) => this.#open(jsonOf(call))],
      ['POST /simulator/become', (call) => this.#become(jsonOf(call))],
      ['POST /simulator/follower', (call) => this.#addFollower(jsonOf(call))],
      ['POST /simulator/faults', (call) => this.#queueFaults(jsonOf(call))],
      ['POST /simulator/deposit', (call) => this.#deposit(jsonOf(call))],
      ['POST /simulator/advance', (call) => this.#advance(jsonOf(call))],
    ]);
  }

  setLinks(links: ServiceLinks): void {
    this.#links = links;
  }

  async handle(call: ControlCall): Promise<ControlReply> {
    const handler = this.#handlers.get(`${call.method} ${call.path}`);
    if (!handler) throw new WrongControlCall(404, `no ${call.method} ${call.path}`);
    return handler(call);
  }

  #state(): object {
    const { account, clock, followers, books, faults, push } = this.#parts;
    return {
      followers: followers.list().map(({ openid, nickname, subscribed }) => ({ openid, nickname, subscribed })),
      account: { appId: account.appId, originalId: account.originalId, mode: push.options.mode },
      callbackReady: push.callbackUrl !== undefined,
      clock: { nowMs: clock.nowMs(), offsetMs: clock.offsetMs },
      books: books.totals(),
      faults: faults.pending().map(({ kind, on, paying }) => ({ kind, on, paying })),
      faultKinds,
      links: this.#links,
      violations: books.violations.slice(-50),
    };
  }

  #happened(query: URLSearchParams): object {
    const since = Number(query.get('since') ?? '0');
    if (!Number.isSafeInteger(since) || since < 0) throw new WrongControlCall(400, 'since must be a whole number');
    return this.#parts.timeline.since(since, query.has('openid') ? this.#openid(query) : undefined);
  }

  async #explain(query: URLSearchParams): Promise<ControlReply> {
    const openid = this.#openid(query);
    const { explain } = this.#parts;
    if (!explain) throw new WrongControlCall(404, 'the embedding program explains nothing');
    return ok((await explain(openid)) ?? {});
  }

  async #send(body: Record<string, unknown>): Promise<ControlReply> {
    const openid = this.#knownOpenid(body['openid']);
    const text = body['text'];
    if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > textBytesMax) {
      throw new WrongControlCall(400, `text must have 1 to ${textBytesMax} bytes`);
    }
    return ok(await this.#parts.push.sendText(openid, text));
  }

  async #event(body: Record<string, unknown>): Promise<ControlReply> {
    const openid = this.#knownOpenid(body['openid']);
    const { event, key } = body;
    if (typeof event !== 'string' || !/^[A-Za-z_]{1,32}$/.test(event)) throw new WrongControlCall(400, 'no such event');
    const eventKey = typeof key === 'string' ? key : '';
    return ok(await this.#parts.push.sendEvent(openid, { Event: event, EventKey: eventKey }));
  }

  #open(body: Record<string, unknown>): ControlReply {
    const number = typeof body['number'] === 'string' ? body['number'] : '';
    const packet = this.#parts.books.packet(number);
    if (!packet) throw new WrongControlCall(404, `no packet ${number}`);
    if (packet.status !== 'SENT') throw new WrongControlCall(409, `the packet is ${packet.status}`);
    const { status, amountFen } = this.#parts.followers.openPacket(number);
    return ok({ number, state: status, amountFen });
  }

  #become(body: Record<string, unknown>): ControlReply {
    const openid = this.#knownOpenid(body['openid']);
    return { status: 200, value: { openid }, setCookie: `sim_openid=${openid}; Path=/; SameSite=Lax` };
  }

  #addFollower(body: Record<string, unknown>): ControlReply {
    const given = body['nickname'];
    const nickname = typeof given === 'string' && given.trim() !== '' ? { nickname: given.slice(0, 32) } : {};
    const { openid, nickname: name } = this.#parts.followers.add(nickname);
    return ok({ openid, nickname: name });
  }

  #queueFaults(body: Record<string, unknown>): ControlReply {
    const { faults } = this.#parts;
    const { kind, count = 1, ms, paying, on } = body;
    if (kind === 'clear') {
      faults.clear();
      return ok({ pending: 0 });
    }
    if (!faultKinds.includes(kind as FaultKind)) throw new WrongControlCall(400, `kind is one of ${faultKinds.join()}`);
    const many = wholeNumber(count, 'count', 100);
    faults.next(kind as FaultKind, many, {
      ...(ms === undefined ? {} : { ms: wholeNumber(ms, 'ms', advanceMaxMs) }),
      ...(typeof paying === 'boolean' ? { paying } : {}),
      ...(on === 'send' || on === 'query' ? { on } : {}),
    });
    return ok({ pending: faults.pending().length });
  }

  #deposit(body: Record<string, unknown>): ControlReply {
    this.#parts.books.deposit(wholeNumber(body['fen'], 'fen', 10_000_000_000));
    return ok(this.#parts.books.totals());
  }

  #advance(body: Record<string, unknown>): ControlReply {
    const { clock, timeline } = this.#parts;
    const ms = wholeNumber(body['ms'], 'ms', advanceMaxMs);
    clock.advance(ms);
    const hours = Math.round(ms / 360_000) / 10;
    const [title, titleEn] = [`时间前进 ${hours} 小时`, `The clock goes ahead by ${hours} h`];
    timeline.add({ kind: 'clock', openid: '', title, titleEn, detail: { ms } });
    return ok({ nowMs: clock.nowMs() });
  }

  #openid(query: URLSearchParams): string {
    return this.#knownOpenid(query.get('openid'));
  }

  #knownOpenid(given: unknown): string {
    const follower = typeof given === 'string' ? this.#parts.followers.find(given) : undefined;
    if (!follower) throw new WrongControlCall(404, 'nobody has this openid');
    return follower.openid;
  }
}

function ok(value: unknown): ControlReply {
  return { status: 200, value };
}

function jsonOf({ body }: ControlCall): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, together with JSON of another shape.
  }
  throw new WrongControlCall(400, 'the body must be a JSON object');
}

function wholeNumber(value: unknown, name: string, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw new WrongControlCall(400, `${name} must be a whole number from 1 to ${max}`);
}
