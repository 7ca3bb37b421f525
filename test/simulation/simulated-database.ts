import { OutsideTrouble } from '../../src/base/errors.ts';
import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { Chance } from './chance.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The way of every process to the store: it goes down with what is under way, and comes back. */
export class SimulatedDatabase {
  readonly #store: PayoutStore;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  #downUntilMs = -Infinity;
  #cut = 0;
  /** How often something was written, so that idling can be told from working. */
  progress = 0;

  constructor(options: { readonly store: PayoutStore; readonly time: VirtualTime; readonly chance: Chance }) {
    this.#store = options.store;
    this.#time = options.time;
    this.#chance = options.chance;
  }

  /** Goes down for a while; of what comes next some was under way, and is committed although nobody is told. */
  restart(durationMs: number): void {
    this.#downUntilMs = this.#time.nowMs + durationMs;
    this.#cut = 1 + this.#chance.below(3);
  }

  /** The store as a process reaches it. */
  of(process: SimulatedProcess): PayoutStore {
    const step = <T>(what: string, happens: () => Promise<T>): Promise<T> =>
      process.step(what, () => this.#run(happens));
    const store = this.#store;
    return {
      claim: (input) =>
        step('claim', async () => {
          const claim = await store.claim(input);
          this.progress += claim.payouts.length;
          return claim;
        }),
      takeTurn: (input) => step('takeTurn', () => store.takeTurn(input)),
      beginAttempt: (input) =>
        step('beginAttempt', async () => {
          const number = await store.beginAttempt(input);
          this.progress += 1;
          return number;
        }),
      recordAnswer: (input) =>
        step('recordAnswer', async () => {
          const recorded = await store.recordAnswer(input);
          this.progress += 1;
          return recorded;
        }),
      release: (payout, notBeforeMs, call) => step('release', () => store.release(payout, notBeforeMs, call)),
      stopMerchant: (merchant, reason, nowMs) => step('stop', () => store.stopMerchant(merchant, reason, nowMs)),
      resumeMerchant: (merchant, nowMs) => step('resume', () => store.resumeMerchant(merchant, nowMs)),
      stopSending: (reason, nowMs) => step('stop', () => store.stopSending(reason, nowMs)),
      resumeSending: (nowMs) => step('resume', () => store.resumeSending(nowMs)),
      retryParked: (payout, nowMs) => step('retry', () => store.retryParked(payout, nowMs)),
      askNow: (transfer, nowMs) => step('ask', () => store.askNow(transfer, nowMs)),
      cancelTransfer: (payout, nowMs) => step('cancel', () => store.cancelTransfer(payout, nowMs)),
      askAllFirst: (nowMs) => step('ask', () => store.askAllFirst(nowMs)),
      askTooOld: (nowMs) => step('too old', () => store.askTooOld(nowMs)),
      unasked: () => step('unasked', () => store.unasked()),
    };
  }

  async #run<T>(happens: () => Promise<T>): Promise<T> {
    if (this.#time.nowMs >= this.#downUntilMs) return happens();
    if (this.#cut > 0) {
      this.#cut -= 1;
      if (this.#chance.happens(0.5)) await happens();
    }
    throw new OutsideTrouble('database-trouble', 'the database restarts');
  }
}
