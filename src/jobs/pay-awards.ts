import { OutsideTrouble } from '../base/errors.ts';
import type { MerchantId } from '../base/ids.ts';
import { payAward } from '../flows/pay-award.ts';
import type { PayAwardOptions } from '../flows/pay-award.ts';
import type { CallsHeld, ClaimedPayout, PayoutWake } from '../flows/ports/payouts.ts';
import type { Luck } from '../flows/ports/time-and-luck.ts';

export interface PayAwardsOptions extends PayAwardOptions {
  readonly wake: PayoutWake;
  readonly luck: Pick<Luck, 'randomId'>;
  /** How often due payouts are looked for without a wake-up. */
  readonly pollMs?: number;
  /** How long stop() lets calls finish before it leaves them as unknown. */
  readonly graceMs?: number;
  /** How long stop() then waits for their answers to be recorded. */
  readonly recordMs?: number;
}

const TROUBLE_MAX_MS = 15_000;
const REFILL_MS = 5;
const TOO_OLD_EVERY_MS = 600_000;
const NOTHING: CallsHeld = { sends: 0, queries: 0 };

/**
 * The payout worker: takes due payouts, at most as many as it can call at once, and takes each one call further. Polls
 * every second; a wake-up makes it look at once. A database that is away is asked ever less often, up to every 15 s.
 * What it leaves when it stops or dies is taken over when the lease ends. It lives by its clock alone, so that a
 * simulated one can play months in seconds.
 */
export class PayAwards {
  readonly #options: Required<Omit<PayAwardsOptions, 'metrics'>> & Pick<PayAwardsOptions, 'metrics'>;
  readonly #held = new Map<MerchantId, CallsHeld>();
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  #looking = false;
  #again = false;
  #refilling = false;
  #troubles = 0;
  #quietUntilMs = 0;
  #tooOldDueMs = 0;

  constructor(options: PayAwardsOptions) {
    this.#options = { pollMs: 1000, graceMs: 15_000, recordMs: 7_000, ...options };
  }

  /** Starts looking for due payouts; throws nothing, now or later. */
  start(): void {
    this.#options.wake.start(() => this.#look());
    void this.#poll();
  }

  /**
   * Takes no more payouts, gives back those not yet called, lets calls finish for a while and then breaks them off:
   * they are left as unknown. Returns within 25 s even when the database is away.
   */
  async stop(): Promise<void> {
    const { wake, graceMs, recordMs } = this.#options;
    this.#stopping.abort();
    const wakeStopped = wake.stop();
    await this.#idle(graceMs);
    this.#aborting.abort();
    await this.#idle(recordMs);
    await this.#within(1000, wakeStopped);
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      this.#look();
      if (this.#options.clock.nowMs() >= this.#tooOldDueMs) await this.#askTooOld();
      await this.#options.clock.sleep(this.#options.pollMs, this.#stopping.signal);
    }
  }

  /** What waits behind a stopped merchant is asked about all the same before WeChat Pay has forgotten it. */
  async #askTooOld(): Promise<void> {
    const { payouts, clock, logger } = this.#options;
    this.#tooOldDueMs = clock.nowMs() + TOO_OLD_EVERY_MS;
    try {
      const count = await payouts.askTooOld(clock.nowMs());
      if (count > 0) logger.info({ count }, 'payouts-too-old-to-send');
    } catch (error) {
      logger.warn({ error: String(error) }, 'payouts-too-old-not-looked-for');
    }
  }

  /** Resolves when nothing runs any more, or after so many ms. */
  async #idle(atMostMs: number): Promise<void> {
    const everything = async (): Promise<void> => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
    };
    await this.#within(atMostMs, everything());
  }

  /** Waits for work, but not longer than this. */
  async #within(atMostMs: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController();
    await Promise.race([work.catch(() => undefined), this.#options.clock.sleep(atMostMs, done.signal)]);
    done.abort();
  }

  /** Looks for due payouts; a call while one look is under way makes it look once more. Never throws. */
  #look(): void {
    if (this.#stopped || this.#options.clock.nowMs() < this.#quietUntilMs) return;
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
    const { payouts, clock, leaseMs, luck, logger } = this.#options;
    const leaseToken = luck.randomId();
    const claim = await payouts.claim({ nowMs: clock.nowMs(), leaseMs, leaseToken, held: this.#held });
    if (this.#troubles > 0) logger.info({ failures: this.#troubles }, 'payouts-claimed-again');
    this.#troubles = 0;
    for (const payout of claim.payouts) this.#take(payout);
    // Whoever found all places taken looks again when one comes free; whoever put some off looks for the next at once.
    if (claim.more && claim.payouts.length === 0 && this.#running.size <= 1) this.#refill();
  }

  #backOff(error: unknown): void {
    const { clock, logger, pollMs } = this.#options;
    this.#troubles += 1;
    const pauseMs = Math.min(pollMs * 2 ** (this.#troubles - 1), TROUBLE_MAX_MS);
    this.#quietUntilMs = clock.nowMs() + pauseMs;
    const fields = { error: String(error), failures: this.#troubles, pauseMs };
    if (error instanceof OutsideTrouble) logger.warn(fields, 'payouts-not-claimed');
    else logger.error(fields, 'payouts-not-claimed');
  }

  #take(payout: ClaimedPayout): void {
    const { orderNumber } = payout;
    const { logger } = this.#options;
    this.#hold(payout, 1);
    const work = this.#pay(payout)
      .catch((error: unknown) => {
        const fields = { order: orderNumber, error: String(error) };
        if (error instanceof OutsideTrouble) logger.warn(fields, 'payout-left-to-its-lease');
        else logger.error(fields, 'payout-left-to-its-lease');
      })
      .finally(() => {
        this.#hold(payout, -1);
        this.#running.delete(work);
        this.#refill();
      });
    this.#running.add(work);
  }

  #hold({ merchantId, call }: ClaimedPayout, count: 1 | -1): void {
    const { sends, queries } = this.#held.get(merchantId) ?? NOTHING;
    const after = call === 'send' ? { sends: sends + count, queries } : { sends, queries: queries + count };
    this.#held.set(merchantId, after);
  }

  /** Places that come free together are filled by one claim. */
  #refill(): void {
    if (this.#refilling || this.#stopped) return;
    this.#refilling = true;
    void this.#options.clock.sleep(REFILL_MS, this.#stopping.signal).then(() => {
      this.#refilling = false;
      this.#look();
    });
  }

  #pay(payout: ClaimedPayout): Promise<void> {
    return payAward(payout, this.#options, { stopping: this.#stopping.signal, signal: this.#aborting.signal });
  }
}
