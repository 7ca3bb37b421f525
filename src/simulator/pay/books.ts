import { beijingDay, type SimulatorClock } from '../clock.ts';
import { DueQueue } from './due-queue.ts';
import { Ledger, type LedgerEntry, type Totals } from './ledger.ts';
import type { PayRules } from './pay-rules.ts';

/** Spelled as gethbinfo spells them, RFUND_ING included. */
export type PacketStatus = 'SENDING' | 'SENT' | 'FAILED' | 'RECEIVED' | 'RFUND_ING' | 'REFUND';

/** What a merchant asked for. */
export type PacketOrder = {
  number: string;
  appId: string;
  openid: string;
  amountFen: number;
  wishing: string;
  sendName: string;
  actName: string;
  remark: string;
  /** Set for a packet that friends share: what each share is worth, in the order in which they are taken. */
  shares?: readonly number[];
  /** Set for a packet that is taken in a mini program: what its phone hands over. */
  miniPackage?: string;
  /** Set for what is no packet but a transfer that the person confirms. */
  transfer?: TransferPart;
};

export type TransferPart = {
  packageInfo: string;
  redPacketLook: boolean;
  notifyUrl?: string;
  /** The merchant asked for it back before anybody confirmed it. */
  takenBack?: boolean;
};

export type Packet = PacketOrder & {
  /** WeChat's own number: send_listid of the send, detail_id of the query. */
  listId: string;
  status: PacketStatus;
  /** Why a packet without money is waiting to fail. */
  reason?: string;
  /** When money left the merchant for it; absent while it never did. */
  paidAtMs?: number;
  bookedAtMs: number;
  /** The query does not know the number before this time. */
  hiddenUntilMs: number;
  /** Shares that were taken. */
  taken?: { openid: string; fen: number; atMs: number }[];
  history: { atMs: number; status: PacketStatus }[];
  /** When the status moves on by itself; absent in a final one. */
  dueMs?: number;
};

/** A merchant's mistake that the live service would punish or that could cost money. */
export type Violation = { atMs: number; kind: ViolationKind; number: string; text: string };
export type ViolationKind = 'repeated-too-soon' | 'changed-request' | 'queried-too-soon';

/** One pay request as it came in, signed or not. */
export type Arrival = { atMs: number; path: string; number: string };

/** A line of the journal: replaying all lines in order makes the same books. */
export type JournalLine = { packet: Packet } | { entry: LedgerEntry };

type Accept = { listId: string; sendingForMs: number; hiddenUntilMs: number };
type DayUse = { count: number; fen: number };
type Options = { clock: SimulatorClock; rules: PayRules; journal?: (line: JournalLine) => void };

const arrivalsMax = 200_000;

/** The simulator's own books: every packet, every move of money, every request. Money only moves here. */
export class Books {
  readonly violations: Violation[] = [];
  readonly arrivals: Arrival[] = [];
  readonly #packets = new Map<string, Packet>();
  readonly #ledger = new Ledger();
  readonly #due = new DueQueue<Packet>();
  readonly #days = new Map<string, DayUse>();
  readonly #clock: SimulatorClock;
  readonly #rules: PayRules;
  readonly #journal: (line: JournalLine) => void;
  readonly #listeners: ((packet: Packet) => void)[] = [];
  /** Listeners read the books while they settle. */
  #settling = false;

  constructor({ clock, rules, journal = () => undefined }: Options) {
    this.#clock = clock;
    this.#rules = rules;
    this.#journal = journal;
    clock.onAdvance(() => this.settle());
  }

  /** Called after each change of a packet's status. */
  onChange(listener: (packet: Packet) => void): void {
    this.#listeners.push(listener);
  }

  /** Money from outside onto the merchant's balance. */
  deposit(fen: number): void {
    this.#post({ atMs: this.#clock.nowMs(), number: '', from: 'funding', to: 'balance', fen });
  }

  /** Books a packet whose money leaves the merchant now, also one that was refused before under this number. */
  accept(order: PacketOrder, { listId, sendingForMs, hiddenUntilMs }: Accept): Packet {
    const atMs = this.#clock.nowMs();
    const earlier = this.#unpaid(order.number);
    const { reason: _, ...rest } = earlier ?? this.#fresh(order, listId);
    const packet: Packet = { ...rest, hiddenUntilMs, paidAtMs: atMs };
    this.#post({ atMs, number: order.number, from: 'balance', to: 'packets', fen: order.amountFen });
    this.#countDay(beijingDay(atMs), order);
    this.#packets.set(packet.number, packet);
    if (sendingForMs > 0) this.#move(packet, 'SENDING', atMs, sendingForMs);
    else this.#move(packet, 'SENT', atMs, this.#rules.unclaimedForMs);
    return packet;
  }

  /** Stores a packet that was refused for a limit, risk or lack of money: SENDING with a reason, later FAILED. */
  refuse(order: PacketOrder, listId: string, reason: string, forMs: number = this.#rules.refusedForMs): Packet {
    const earlier = this.#unpaid(order.number);
    if (earlier) return Object.assign(earlier, { reason });
    const packet: Packet = { ...this.#fresh(order, listId), reason };
    this.#packets.set(packet.number, packet);
    this.#move(packet, 'SENDING', packet.bookedAtMs, forMs);
    return packet;
  }

  /** The user opens a packet, of a shared one the own share. Throws when it cannot be opened any more, or yet. */
  open(number: string): Packet {
    const packet = this.#openable(number);
    if (packet.shares) return this.takeShare(number, packet.openid);
    const atMs = this.#clock.nowMs();
    this.#post({ atMs, number, from: 'packets', to: 'users', fen: packet.amountFen });
    this.#move(packet, 'RECEIVED', atMs);
    return packet;
  }

  /** Somebody takes the next share of a packet that friends share, once each. */
  takeShare(number: string, openid: string): Packet {
    const packet = this.#openable(number);
    const taken = (packet.taken ??= []);
    const fen = packet.shares?.[taken.length];
    if (fen === undefined) throw new Error(`packet ${number} has no share`);
    if (taken.some((share) => share.openid === openid)) throw new Error(`${openid} has a share of ${number} already`);
    const atMs = this.#clock.nowMs();
    taken.push({ openid, fen, atMs });
    this.#post({ atMs, number, from: 'packets', to: 'users', fen });
    if (taken.length === packet.shares?.length) this.#move(packet, 'RECEIVED', atMs);
    else this.#journal({ packet });
    return packet;
  }

  /** A transfer that waits for its person goes back to the merchant. Throws for anything else. */
  takeBack(number: string): void {
    const packet = this.packet(number);
    if (packet?.transfer === undefined || packet.status !== 'SENT') throw new Error(`${number} cannot be taken back`);
    packet.transfer.takenBack = true;
    this.#move(packet, 'RFUND_ING', this.#clock.nowMs(), this.#rules.takingBackForMs);
  }

  packet(number: string): Packet | undefined {
    this.settle();
    return this.#packets.get(number);
  }

  /** All packets in the order of their first request; copies, so that a test may keep them. */
  packets(): Packet[] {
    this.settle();
    return [...this.#packets.values()].map((packet) => structuredClone(packet));
  }

  totals(): Totals {
    this.settle();
    return this.#ledger.totals();
  }

  entries(): readonly LedgerEntry[] {
    this.settle();
    return this.#ledger.entries;
  }

  /** How often each order number was paid. Anything above 1 would be a fault of the simulator itself. */
  get paidCountByNumber(): ReadonlyMap<string, number> {
    return this.#ledger.paidCounts;
  }

  /** What a Beijing day has already taken: of one openid, or of the merchant for the empty text. */
  dayUse(day: string, openid: string): DayUse {
    return this.#days.get(`${day}/${openid}`) ?? { count: 0, fen: 0 };
  }

  noteArrival(arrival: Arrival): void {
    this.arrivals.push(arrival);
    if (this.arrivals.length > arrivalsMax) this.arrivals.splice(0, arrivalsMax / 10);
  }

  /** Lets everything happen that was due by now, each at its own time. */
  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    try {
      const nowMs = this.#clock.nowMs();
      for (let next = this.#due.takeDue(nowMs); next; next = this.#due.takeDue(nowMs)) this.#progress(next);
    } finally {
      this.#settling = false;
    }
  }

  /** Takes up a journal written earlier. Only for books that are still empty. */
  restore(lines: Iterable<JournalLine>): void {
    for (const line of lines) {
      if ('entry' in line) this.#ledger.add(line.entry);
      else this.#packets.set(line.packet.number, line.packet);
    }
    for (const packet of this.#packets.values()) {
      if (packet.dueMs !== undefined) this.#due.add(packet.dueMs, packet);
      if (packet.paidAtMs !== undefined) this.#countDay(beijingDay(packet.paidAtMs), packet);
    }
  }

  #openable(number: string): Packet {
    const packet = this.packet(number);
    if (!packet) throw new Error(`no packet ${number}`);
    if (packet.status !== 'SENT') throw new Error(`packet ${number} is ${packet.status}, only SENT can be opened`);
    return packet;
  }

  #unpaid(number: string): Packet | undefined {
    const packet = this.#packets.get(number);
    if (packet?.paidAtMs !== undefined) throw new Error(`${number} is paid already`);
    return packet;
  }

  #fresh(order: PacketOrder, listId: string): Packet {
    const atMs = this.#clock.nowMs();
    return { ...order, listId, status: 'SENDING', bookedAtMs: atMs, hiddenUntilMs: 0, history: [] };
  }

  /** A packet that moved on before its time came is left alone: only these three states wait for a time. */
  #progress({ dueMs, item: packet }: { dueMs: number; item: Packet }): void {
    if (this.#packets.get(packet.number) !== packet) return;
    const { unclaimedForMs, refundingForMs } = this.#rules;
    if (packet.status === 'SENT') this.#move(packet, 'RFUND_ING', dueMs, refundingForMs);
    else if (packet.status === 'RFUND_ING') this.#refund(packet, dueMs);
    else if (packet.status !== 'SENDING') return;
    else if (packet.paidAtMs === undefined) this.#move(packet, 'FAILED', dueMs);
    else this.#move(packet, 'SENT', dueMs, unclaimedForMs);
  }

  #refund(packet: Packet, atMs: number): void {
    this.#post({ atMs, number: packet.number, from: 'packets', to: 'balance', fen: untakenFen(packet) });
    this.#move(packet, 'REFUND', atMs);
  }

  #move(packet: Packet, status: PacketStatus, atMs: number, untilNextMs?: number): void {
    packet.status = status;
    packet.history.push({ atMs, status });
    if (untilNextMs === undefined) delete packet.dueMs;
    else packet.dueMs = atMs + untilNextMs;
    if (packet.dueMs !== undefined) this.#due.add(packet.dueMs, packet);
    this.#journal({ packet });
    for (const listener of this.#listeners) listener(packet);
  }

  #post(entry: LedgerEntry): void {
    this.#ledger.add(entry);
    this.#journal({ entry });
  }

  #countDay(day: string, { openid, amountFen }: PacketOrder): void {
    for (const key of [`${day}/${openid}`, `${day}/`]) {
      const use = this.#days.get(key) ?? { count: 0, fen: 0 };
      this.#days.set(key, { count: use.count + 1, fen: use.fen + amountFen });
    }
  }
}

/** What nobody has taken of a packet yet. */
export function untakenFen({ amountFen, taken = [] }: Packet): number {
  return amountFen - taken.reduce((sum, share) => sum + share.fen, 0);
}
