import { addDays, beijingDay } from '../../src/base/beijing-day.ts';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { MerchantLimits } from '../../src/flows/ports/accounts.ts';
import type { Claim, ClaimedPayout, PayoutStore, RecordedAnswer } from '../../src/flows/ports/payouts.ts';
import type { Departure } from './simulated-rail.ts';
import { EVERYBODY } from './watched-store.ts';

/** A law that was broken. */
export interface Violation {
  readonly law: string;
  readonly what: string;
  readonly atMs: number;
}

interface Known {
  /** The request as it was first handed out. */
  readonly request: string;
  readonly merchantId: string;
  leaseToken: string | null;
  leaseUntilMs: number;
  countedOn: string | null;
  paidSeen: boolean;
  /** What an answer brought to confirm a transfer with. */
  packageInfo: string | null;
  /** Whether a query has shown a transfer that waits for its person: sending again then only reads what it had. */
  waitSeen: boolean;
  lastBegunMs: number;
  firstSentMs: number | null;
}

interface Counts {
  packets: number;
  amountFen: number;
}

const SECOND = 1000;
const HOUR = 3_600_000;
const SENDS_PER_SECOND_MAX = 30;
const RESEND_WITHIN_MS = 72 * HOUR;
const QUERY_WITHIN_MS = 30 * 24 * HOUR;

type Input<Method extends keyof PayoutStore> = Parameters<PayoutStore[Method]>[0];

/** What the witness remembers that a restored backup takes back. */
export interface Memory {
  readonly known: Map<string, Known>;
  readonly days: Map<string, Counts>;
  /** Merchants that are stopped, and the general stop. */
  readonly stopped: Set<string>;
}

/**
 * Stands between the processes and the store and sees what was committed, and at the wire and sees what leaves. It counts
 * for itself, by nothing that the product says of itself.
 */
export class Witness {
  readonly violations: Violation[] = [];
  readonly #nowMs: () => number;
  readonly #limits: (merchant: string) => MerchantLimits;
  readonly #sends = new Map<string, number[]>();
  #memory: Memory = { known: new Map(), days: new Map(), stopped: new Set() };
  /** When a backup came back last, and which numbers a query told of since. */
  #restoredAtMs = -Infinity;
  readonly #askedSince = new Set<string>();

  constructor(options: { readonly nowMs: () => number; readonly limits: (merchant: string) => MerchantLimits }) {
    this.#nowMs = options.nowMs;
    this.#limits = options.limits;
  }

  violate(law: string, what: string): void {
    this.violations.push({ law, what, atMs: this.#nowMs() });
  }

  remember(): Memory {
    const known = [...this.#memory.known].map(([number, item]) => [number, { ...item }] as const);
    const days = [...this.#memory.days].map(([day, counts]) => [day, { ...counts }] as const);
    return { known: new Map(known), days: new Map(days), stopped: new Set(this.#memory.stopped) };
  }

  restore(memory: Memory): void {
    this.#memory = memory;
    this.#restoredAtMs = this.#nowMs();
    this.#askedSince.clear();
  }

  claimed(input: Input<'claim'>, { payouts }: Claim): void {
    for (const payout of payouts) {
      const known = this.#knownOf(payout);
      const stands = known.leaseToken !== null && input.nowMs < known.leaseUntilMs;
      if (stands) this.violate('claimed once', `${payout.orderNumber} is leased until ${known.leaseUntilMs}`);
      if (JSON.stringify(payout.request) !== known.request) this.violate('frozen request', payout.orderNumber);
      known.leaseToken = input.leaseToken;
      known.leaseUntilMs = input.nowMs + input.leaseMs;
      if (payout.call === 'send') this.#count(payout, known, input.nowMs);
    }
  }

  begun({ payout, call, nowMs, leaseMs }: Input<'beginAttempt'>, number: number | null): void {
    if (number === null) return;
    const known = this.#knownOf(payout);
    if (known.leaseToken !== payout.leaseToken) this.violate('only the holder begins', payout.orderNumber);
    known.leaseUntilMs = nowMs + leaseMs;
    if (call === 'query') return;
    this.#mayBeSent(payout);
    if (known.paidSeen) this.violate('a paid answer wins', `${payout.orderNumber} is sent again`);
    if (nowMs - known.lastBegunMs < SECOND) this.violate('no call sooner than 1 s', payout.orderNumber);
    known.lastBegunMs = nowMs;
  }

  stopped(merchant: string): void {
    this.#memory.stopped.add(merchant);
  }

  resumed(merchant: string): void {
    this.#memory.stopped.delete(merchant);
  }

  recorded({ payout, outcome }: Input<'recordAnswer'>, { actions }: RecordedAnswer): void {
    if (outcome.kind === 'found' || outcome.kind === 'not-found') this.#askedSince.add(payout.orderNumber);
    const merchant = this.#memory.known.get(payout.orderNumber)?.merchantId;
    const stops = actions.some((action) => action.kind === 'stop-merchant');
    if (stops && merchant !== undefined) this.stopped(merchant);
    const known = this.#memory.known.get(payout.orderNumber);
    if (known === undefined) return;
    if (outcome.kind === 'paid') {
      known.paidSeen = true;
      known.packageInfo = outcome.packageInfo ?? known.packageInfo;
    }
    if (outcome.kind === 'found' && outcome.transferState === 'WAIT_USER_CONFIRM') known.waitSeen = true;
    this.released(payout);
  }

  /** What was once written down to confirm a transfer with; null for what has nothing of the kind. */
  packageOf(orderNumber: string): string | null {
    return this.#memory.known.get(orderNumber)?.packageInfo ?? null;
  }

  released({ orderNumber, leaseToken }: { readonly orderNumber: string; readonly leaseToken: string }): void {
    const known = this.#memory.known.get(orderNumber);
    if (known?.leaseToken === leaseToken) known.leaseToken = null;
  }

  departed({ call, merchantId, orderNumber, atMs }: Departure): void {
    const known = this.#memory.known.get(orderNumber);
    const firstMs = known?.firstSentMs ?? atMs;
    if (call === 'query') {
      if (atMs - firstMs > QUERY_WITHIN_MS) this.violate('no query after 30 days', orderNumber);
      return;
    }
    if (known !== undefined) known.firstSentMs = firstMs;
    // A worker begins within a few seconds of having decided to.
    if (atMs - firstMs > RESEND_WITHIN_MS + 5 * SECOND && known?.waitSeen !== true)
      this.violate('no send after 72 hours', orderNumber);
    const times = (this.#sends.get(merchantId) ?? []).filter((sentMs) => sentMs > atMs - SECOND);
    times.push(atMs);
    this.#sends.set(merchantId, times);
    if (times.length > SENDS_PER_SECOND_MAX)
      this.violate('at most 30 sends a second', `${times.length} of ${merchantId}`);
  }

  #mayBeSent({ orderNumber, merchantId, createdAtMs }: ClaimedPayout): void {
    const { stopped } = this.#memory;
    if (stopped.has(merchantId) || stopped.has(EVERYBODY)) this.violate('nothing is sent while stopped', orderNumber);
    if (createdAtMs < this.#restoredAtMs && !this.#askedSince.has(orderNumber))
      this.violate('asked first after a backup came back', orderNumber);
  }

  #knownOf(payout: ClaimedPayout): Known {
    const known = this.#memory.known.get(payout.orderNumber) ?? {
      request: JSON.stringify(payout.request),
      merchantId: payout.merchantId,
      leaseToken: null,
      leaseUntilMs: 0,
      countedOn: null,
      paidSeen: false,
      packageInfo: null,
      waitSeen: false,
      lastBegunMs: -Infinity,
      firstSentMs: null,
    };
    this.#memory.known.set(payout.orderNumber, known);
    return known;
  }

  /** A number counts once on the day of its claim, and anew on another day when all its sends were clearly refused. */
  #count(payout: ClaimedPayout, known: Known, nowMs: number): void {
    const today = beijingDay(nowMs);
    const clear = payout.attempts.every(({ kind, outcome }) => kind === 'query' || outcome?.kind === 'refused');
    if (known.countedOn === today || (known.countedOn !== null && !clear)) return;
    known.countedOn = today;
    const limits = this.#limits(payout.merchantId);
    const person = this.#add(`${payout.merchantId} ${today} ${payout.openid}`, payout.amountFen);
    const merchant = this.#add(this.#merchantDay(payout.merchantId, today), payout.amountFen);
    if (person.packets > limits.personDayPackets || person.amountFen > limits.personDayFen)
      this.violate("a person's day", `${payout.openid}: ${person.packets} packets, ${person.amountFen} fen`);
    if (merchant.amountFen > limits.dayFen) this.violate("a merchant's day", `${merchant.amountFen} fen`);
  }

  /** Clocks differ by milliseconds: once one of them has begun a merchant's new day, it has begun. */
  #merchantDay(merchant: string, today: string): string {
    const { days } = this.#memory;
    const tomorrow = `${merchant} ${addDays(today as BeijingDay, 1)}`;
    return days.has(tomorrow) ? tomorrow : `${merchant} ${today}`;
  }

  #add(key: string, amountFen: number): Counts {
    const counts = this.#memory.days.get(key) ?? { packets: 0, amountFen: 0 };
    counts.packets += 1;
    counts.amountFen += amountFen;
    this.#memory.days.set(key, counts);
    return counts;
  }
}
