import { OutsideTrouble } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import { payAward } from '../flows/pay-award.ts';
import type { PayAwardOptions } from '../flows/pay-award.ts';
import type { ClaimedPayout, PayoutWake } from '../flows/ports/payouts.ts';
import type { Luck } from '../flows/ports/time-and-luck.ts';
import { MerchantPace } from './merchant-pace.ts';

export interface PayAwardsOptions extends PayAwardOptions {
  readonly wake: PayoutWake;
  readonly luck: Pick<Luck, 'randomId'>;
  /** How often due payouts are looked for without a wake-up. */
  readonly pollMs?: number;
  /** Calls in flight per merchant. */
  readonly perMerchant?: number;
  /** Shortest time between two calls of one merchant: 34.5 ms keep 29 a second, under WeChat Pay's 30. */
  readonly paceMs?: number;
  /** How long stop() lets calls finish before it leaves them as unknown. */
  readonly graceMs?: number;
  /** How long stop() then waits for their answers to be recorded. */
  readonly recordMs?: number;
}

const TROUBLE_MAX_MS = 15_000;
const REFILL_MS = 5;

/**
 * The payout worker: takes due payouts, at most as many as it can send at once, and takes each one call further. Polls
 * every second; a wake-up makes it look at once. A database that is away is asked ever less often, up to every 15 s.
 * What it leaves when it stops or dies is taken over when the lease ends.
 */
export class PayAwards {
  readonly #options: Required<PayAwardsOptions>;
  readonly #busy = new Map<MerchantId, number>();
  readonly #pace: MerchantPace;
  readonly #running = new Set<Promise<void>>();
  readonly #aborting = new AbortController();
  #stopped = false;
  #looking = false;
  #again = false;
  #troubles = 0;
  #quietUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: PayAwardsOptions) {
    this.#options = {
      pollMs: 1000,
      perMerchant: 8,
      paceMs: 34.5,
      graceMs: 15_000,
      recordMs: 7_000,
      ...options,
    };
    this.#pace = new MerchantPace(this.#options.paceMs);
  }

  /** Starts looking for due payouts; throws nothing, now or later. */
  start(): void {
    this.#options.wake.start(() => this.#look());
    this.#timer = setInterval(() => this.#look(), this.#options.pollMs);
    this.#look();
  }

  /**
   * Takes no more payouts, gives back those not yet called, lets calls finish for a while and then breaks them off:
   * they are left as unknown. Returns within 25 s even when the database is away.
   */
  async stop(): Promise<void> {
    const { wake, graceMs, recordMs } = this.#options;
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    const wakeStopped = wake.stop();
    await this.#idle(graceMs);
    this.#aborting.abort();
    await this.#idle(recordMs);
    await within(1000, wakeStopped);
  }

  /** Resolves when nothing runs any more, or after so many ms. */
  async #idle(atMostMs: number): Promise<void> {
    const everything = async (): Promise<void> => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
    };
    await within(atMostMs, everything());
  }

  /** Looks for due payouts; a call while one look is under way makes it look once more. Never throws. */
  #look(): void {
    if (this.#stopped || performance.now() < this.#quietUntilMs) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#again = false;
    const looking = this.#claim()
      .catch((error: unknown) => this.#backOff(error))
      .finally(() => {
        this.#looking = false;
        this.#running.delete(looking);
        if (this.#again) this.#look();
      });
    this.#running.add(looking);
  }

  async #claim(): Promise<void> {
    const { payouts, clock, leaseMs, luck, perMerchant, logger } = this.#options;
    const leaseToken = luck.randomId();
    const claimed = await payouts.claim({ nowMs: clock.nowMs(), leaseMs, leaseToken, perMerchant, busy: this.#busy });
    if (this.#troubles > 0) logger.info({ failures: this.#troubles }, 'payouts-claimed-again');
    this.#troubles = 0;
    for (const payout of claimed) this.#take(payout);
  }

  #backOff(error: unknown): void {
    const { logger, pollMs } = this.#options;
    this.#troubles += 1;
    const pauseMs = Math.min(pollMs * 2 ** (this.#troubles - 1), TROUBLE_MAX_MS);
    this.#quietUntilMs = performance.now() + pauseMs;
    const fields = { error: String(error), failures: this.#troubles, pauseMs };
    if (error instanceof OutsideTrouble) logger.warn(fields, 'payouts-not-claimed');
    else logger.error(fields, 'payouts-not-claimed');
  }

  #take(payout: ClaimedPayout): void {
    const { merchantId, orderNumber } = payout;
    const { logger } = this.#options;
    this.#busy.set(merchantId, (this.#busy.get(merchantId) ?? 0) + 1);
    const work = this.#pay(payout)
      .catch((error: unknown) => {
        const fields = { order: orderNumber, error: String(error) };
        if (error instanceof OutsideTrouble) logger.warn(fields, 'payout-left-to-its-lease');
        else logger.error(fields, 'payout-left-to-its-lease');
      })
      .finally(() => {
        this.#busy.set(merchantId, (this.#busy.get(merchantId) ?? 1) - 1);
        this.#running.delete(work);
        this.#lookSoon();
      });
    this.#running.add(work);
  }

  /** Places that come free together are filled by one claim. */
  #lookSoon(): void {
    if (this.#soon !== undefined || this.#stopped) return;
    this.#soon = setTimeout(() => {
      this.#soon = undefined;
      this.#look();
    }, REFILL_MS);
  }

  /** A stopped worker gives back what it has not begun. */
  async #pay(payout: ClaimedPayout): Promise<void> {
    if (this.#stopped) return this.#options.payouts.release(payout, this.#options.clock.nowMs());
    const turn = (merchant: MerchantId): Promise<void> => this.#pace.turn(merchant);
    return payAward(payout, this.#options, { signal: this.#aborting.signal, turn });
  }
}

/** Waits for work, but not longer than this. */
async function within(atMostMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, atMostMs)));
  await Promise.race([work.catch(() => undefined), patience]);
  clearTimeout(timer);
}
