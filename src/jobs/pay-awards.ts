import type { MerchantId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { payAward } from '../flows/pay-award.ts';
import type { PayAwardOptions } from '../flows/pay-award.ts';
import type { ClaimedPayout, PayoutWake } from '../flows/ports/payouts.ts';
import type { Clock, Luck } from '../flows/ports/time-and-luck.ts';

export interface PayAwardsOptions extends PayAwardOptions {
  readonly wake: PayoutWake;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How often due payouts are looked for without a wake-up. */
  readonly pollMs?: number;
  /** Calls in flight per merchant. */
  readonly perMerchant?: number;
  /** Shortest time between two calls of one merchant: 34.5 ms keep 29 a second, under WeChat Pay's 30. */
  readonly paceMs?: number;
  /** How long stop() lets calls finish before it leaves them as unknown. */
  readonly graceMs?: number;
}

/**
 * The payout worker: takes due payouts, at most as many as it can send at once, and takes each one call further. Polls
 * every second; a wake-up makes it look at once. What it leaves when it stops or dies is taken over when the lease ends.
 */
export class PayAwards {
  readonly #options: Required<PayAwardsOptions>;
  readonly #busy = new Map<MerchantId, number>();
  readonly #nextCallMs = new Map<MerchantId, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #aborting = new AbortController();
  #stopped = false;
  #looking = false;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PayAwardsOptions) {
    this.#options = { pollMs: 1000, perMerchant: 8, paceMs: 34.5, graceMs: 18_000, ...options };
  }

  start(): void {
    this.#options.wake.start(() => this.#look());
    this.#timer = setInterval(() => this.#look(), this.#options.pollMs);
    this.#look();
  }

  /** Takes no more payouts, lets calls finish for a while, then leaves them as unknown. Returns within 25 s. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#options.wake.stop();
    const timer = setTimeout(() => this.#aborting.abort(), this.#options.graceMs);
    await Promise.allSettled(this.#running);
    clearTimeout(timer);
  }

  /** Looks for due payouts; a call while one look is under way makes it look once more. Never throws. */
  #look(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#again = false;
    const looking = this.#claim()
      .catch((error: Error) => this.#options.logger.warn({ error: error.message }, 'payouts-not-claimed'))
      .finally(() => {
        this.#looking = false;
        this.#running.delete(looking);
        if (this.#again) this.#look();
      });
    this.#running.add(looking);
  }

  async #claim(): Promise<void> {
    const { payouts, clock, leaseMs, luck, perMerchant } = this.#options;
    const leaseToken = luck.randomId();
    const claimed = await payouts.claim({ nowMs: clock.nowMs(), leaseMs, leaseToken, perMerchant, busy: this.#busy });
    for (const payout of claimed) this.#take(payout);
  }

  #take(payout: ClaimedPayout): void {
    const { merchantId } = payout;
    this.#busy.set(merchantId, (this.#busy.get(merchantId) ?? 0) + 1);
    const work = this.#inTurn(payout)
      .catch((error: Error) =>
        this.#options.logger.warn({ order: payout.orderNumber, error: error.message }, 'payout-left-to-its-lease'),
      )
      .finally(() => {
        this.#busy.set(merchantId, (this.#busy.get(merchantId) ?? 1) - 1);
        this.#running.delete(work);
        this.#look();
      });
    this.#running.add(work);
  }

  /** Waits for the merchant's next turn, so that calls leave evenly spaced. */
  async #inTurn(payout: ClaimedPayout): Promise<void> {
    const { clock, paceMs } = this.#options;
    const turnMs = Math.max(performance.now(), this.#nextCallMs.get(payout.merchantId) ?? 0);
    this.#nextCallMs.set(payout.merchantId, turnMs + paceMs);
    const waitMs = turnMs - performance.now();
    if (waitMs > 0) await clock.sleep(waitMs);
    await payAward(payout, this.#options, this.#aborting.signal);
  }
}
