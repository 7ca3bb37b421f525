import { createHash } from 'node:crypto';
import type { SimulatorClock } from './clock.ts';
import type { Books, Packet } from './pay/books.ts';
import type { Random } from './random.ts';

/** A person with a WeChat account: one openid for each app id. */
export type Follower = {
  openid: string;
  nickname: string;
  subscribed: boolean;
  subscribedAtMs: number;
  /** WeChat Pay takes the account for a dangerous one and refuses to pay it. */
  risky: boolean;
  /** openids of the same person under further app ids. */
  otherOpenids: Record<string, string>;
};

export type ChatFrom = 'user' | 'account' | 'system';

/** One line in a follower's chat. A packet's card shows the state that the books hold when it is read. */
export type ChatItem = { id: number; atMs: number; from: ChatFrom } & (
  | { kind: 'text'; text: string }
  | { kind: 'notice'; text: string }
  | { kind: 'news'; articles: { title: string; description: string; url: string; pictureUrl: string }[] }
  | { kind: 'other'; type: string; text: string }
  | PacketCard
);
export type PacketCard = {
  kind: 'packet';
  number: string;
  amountFen: number;
  wishing: string;
  sendName: string;
  state: Packet['status'];
};

type Distribute<Item> = Item extends unknown ? Omit<Item, 'id' | 'atMs'> : never;
export type NewChatItem = Distribute<ChatItem>;
export type SavedFollowers = { people: Follower[]; chats: [string, ChatItem[]][] };
type Parts = {
  random: Random;
  clock: SimulatorClock;
  books: Books;
  /** The account's own app id first. */
  appIds: readonly string[];
  /** Called after each change that a restart should remember. */
  changed: () => void;
};

const familyNames = Array.from('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗');
const givenNames = ['小明', '静', '伟', '芳', '娜', '敏', '强', '磊', '洋', '艳', '勇', '杰', '娟', '涛', '丽', '超'];
const chatKeptMax = 500;

/** Everybody the simulator knows, what they see in their chat, and the opening of their packets. */
export class Followers {
  readonly #parts: Parts;
  readonly #people = new Map<string, Follower>();
  readonly #chats = new Map<string, ChatItem[]>();
  readonly #otherOpenids = new Map<string, Follower>();
  #lastChatId = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.books.onChange((packet) => this.#packetChanged(packet));
  }

  /** A new person, following unless said otherwise. A given openid must have the shape of the account's own. */
  add(given: Partial<Omit<Follower, 'otherOpenids' | 'subscribedAtMs'>> = {}): Follower {
    const { random, clock, appIds } = this.#parts;
    const [appId = '', ...otherAppIds] = appIds;
    const openid = given.openid ?? openidUnder(appId, random);
    if (!/^o[A-Za-z0-9_-]{27}$/.test(openid)) throw new Error(`${openid} has not the shape of an openid`);
    if (this.#people.has(openid)) throw new Error(`${openid} is known already`);
    const follower: Follower = {
      openid,
      nickname: given.nickname ?? `${random.pick(familyNames)}${random.pick(givenNames)}`,
      subscribed: given.subscribed ?? true,
      subscribedAtMs: clock.nowMs(),
      risky: given.risky ?? false,
      otherOpenids: Object.fromEntries(otherAppIds.map((other) => [other, openidUnder(other, random)])),
    };
    this.#take(follower);
    this.#parts.changed();
    return follower;
  }

  /** Makes this many new people at once. */
  addMany(count: number): Follower[] {
    return Array.from({ length: count }, () => this.add());
  }

  list(): Follower[] {
    return [...this.#people.values()];
  }

  /** The person behind the account's own openid. Throws for an unknown one. */
  get(openid: string): Follower {
    const follower = this.#people.get(openid);
    if (!follower) throw new Error(`nobody has the openid ${openid}`);
    return follower;
  }

  find(openid: string): Follower | undefined {
    return this.#people.get(openid);
  }

  /** The person's openid under an app id, or nothing when the simulator does not play that account. */
  openidFor(follower: Follower, appId: string): string | undefined {
    return appId === this.#parts.appIds[0] ? follower.openid : follower.otherOpenids[appId];
  }

  /** The person whom an account knows by this openid. */
  under(openid: string, appId: string): Follower | undefined {
    const follower = this.#people.get(openid) ?? this.#otherOpenids.get(openid);
    return follower && this.openidFor(follower, appId) === openid ? follower : undefined;
  }

  belongs(openid: string, appId: string): boolean {
    return this.under(openid, appId) !== undefined;
  }

  isRisky(openid: string): boolean {
    return (this.#people.get(openid) ?? this.#otherOpenids.get(openid))?.risky ?? false;
  }

  /** The newest lines of a chat, oldest first. */
  chat(openid: string): ChatItem[] {
    return (this.#chats.get(openid) ?? []).map((item) => (item.kind === 'packet' ? this.#withState(item) : item));
  }

  show(openid: string, item: NewChatItem): void {
    this.#lastChatId += 1;
    const chat = this.#chats.get(openid) ?? [];
    chat.push({ ...item, id: this.#lastChatId, atMs: this.#parts.clock.nowMs() });
    if (chat.length > chatKeptMax) chat.shift();
    this.#chats.set(openid, chat);
    this.#parts.changed();
  }

  /** The user taps the card: the money is theirs. Throws when the packet cannot be opened (any more). */
  openPacket(number: string): Packet {
    return this.#parts.books.open(number);
  }

  save(): SavedFollowers {
    return { people: this.list(), chats: [...this.#chats] };
  }

  /** Takes up what was saved; packets paid after that moment get their card now. */
  restore({ people, chats }: SavedFollowers, savedAtMs: number): void {
    for (const follower of people) this.#take(follower);
    for (const [openid, chat] of chats) {
      this.#chats.set(openid, chat);
      this.#lastChatId = Math.max(this.#lastChatId, chat.at(-1)?.id ?? 0);
    }
    const shown = new Set(chats.flatMap(([, chat]) => chat.flatMap((item) => ('number' in item ? item.number : []))));
    for (const packet of this.#parts.books.packets()) {
      if ((packet.paidAtMs ?? 0) >= savedAtMs && !shown.has(packet.number)) this.#showCard(packet);
    }
  }

  #take(follower: Follower): void {
    this.#people.set(follower.openid, follower);
    for (const openid of Object.values(follower.otherOpenids)) this.#otherOpenids.set(openid, follower);
  }

  #withState(card: ChatItem & PacketCard): ChatItem {
    return { ...card, state: this.#parts.books.packet(card.number)?.status ?? card.state };
  }

  /** The card appears when a packet is on its way to the user, followers and strangers alike; none in a mini program. */
  #packetChanged(packet: Packet): void {
    if (packet.status === 'SENT' && packet.miniPackage === undefined) this.#showCard(packet);
  }

  #showCard(packet: Packet): void {
    const { number, amountFen, wishing, sendName, status: state } = packet;
    const person = this.#people.get(packet.openid) ?? this.#otherOpenids.get(packet.openid);
    const openid = person?.openid ?? packet.openid;
    this.show(openid, { kind: 'packet', from: 'account', number, amountFen, wishing, sendName, state });
  }
}

/** 28 characters, the first six the same for everybody under one app id, as in every published sample. */
function openidUnder(appId: string, random: Random): string {
  const head = createHash('sha256').update(appId).digest('base64url').slice(0, 5);
  return `o${head}${random.text(22, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')}`;
}
