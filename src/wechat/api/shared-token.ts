import { randomUUID } from 'node:crypto';
import { OutsideTrouble } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type { SharedMemory } from '../../flows/ports/shared-memory.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';

export type TokenMemory = Pick<SharedMemory, 'readToken' | 'swapToken' | 'holdLease' | 'releaseLease' | 'takeNonce'>;

/** Why another token is wanted: there is none, the one in use nears its end, or WeChat does not accept it. */
export interface Want {
  readonly because: 'none' | 'ending' | 'not-accepted';
  readonly token: string | null;
}

export interface FetchedToken {
  readonly token: string;
  readonly ttlMs: number;
}

interface Refusal {
  readonly untilMs: number;
  readonly error: OutsideTrouble;
  /** The app secret it was about. */
  readonly secret: string;
}

interface SharedTokenOptions {
  /** Such as `access-token`: part of the name in shared memory and in log lines. */
  readonly kind: string;
  readonly memory: TokenMemory;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asks WeChat; only ever called by whoever has the lease. */
  readonly fetch: (account: Account, want: Want) => Promise<FetchedToken>;
}

const LEASE_MS = 15_000;
const WAIT_STEP_MS = 100;
const WAIT_STEPS_MAX = 60;
const JOINS_MAX = 3;
/** WeChat renews in the last 5 minutes of a token's life, in which the old one still works. */
const RENEW_AHEAD_MS = 240_000;
const RENEW_AHEAD_PAUSE_MS = 30_000;

/**
 * One token of each account for all processes: held in shared memory, fetched by whoever has the lease and swapped in
 * only for the token that failed, so that many callers with a dead token cause one fetch. Near its end it is replaced
 * beside the calls, none of which waits.
 */
export class SharedToken {
  readonly #options: SharedTokenOptions;
  readonly #owner = randomUUID();
  readonly #renewals = new Map<string, Promise<string>>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #renewedAheadMs = new Map<string, number>();

  constructor(options: SharedTokenOptions) {
    this.#options = options;
  }

  /** Returns the token in use, fetching one when there is none. Throws OutsideTrouble. */
  async current(account: Account): Promise<string> {
    const stored = await this.#options.memory.readToken(this.nameOf(account));
    if (stored === null) return this.#join(account, { because: 'none', token: null });
    if (stored.livesMs <= RENEW_AHEAD_MS) this.#renewAhead(account, stored.token);
    return stored.token;
  }

  /** Returns another token than the one that failed: the next of whoever is at it, or a new one. */
  async insteadOf(account: Account, token: string): Promise<string> {
    for (let join = 0; join < JOINS_MAX; join += 1) {
      const next = await this.#join(account, { because: 'not-accepted', token });
      if (next !== token) return next;
    }
    throw new OutsideTrouble(`${this.#options.kind}-not-accepted`, 'WeChat keeps handing out a token that it refuses');
  }

  /** Lets the callers of the next while fail at once with the same error, unless the account's secret is changed. */
  pause(account: Account, error: OutsideTrouble, pauseMs: number): OutsideTrouble {
    const untilMs = this.#options.clock.nowMs() + pauseMs;
    this.#refusals.set(account.appId, { untilMs, error, secret: account.appSecret });
    return error;
  }

  nameOf(account: Account): string {
    return `${this.#options.kind}:${account.appId}`;
  }

  #renewAhead(account: Account, token: string): void {
    const nowMs = this.#options.clock.nowMs();
    if ((this.#renewedAheadMs.get(account.appId) ?? -Infinity) > nowMs - RENEW_AHEAD_PAUSE_MS) return;
    this.#renewedAheadMs.set(account.appId, nowMs);
    this.#join(account, { because: 'ending', token }).catch((error: unknown) =>
      this.#options.logger.warn(
        { account: account.id, error: String(error) },
        `${this.#options.kind}-not-renewed-ahead`,
      ),
    );
  }

  /** One renewal per account at a time in this process. */
  #join(account: Account, want: Want): Promise<string> {
    const running = this.#renewals.get(account.appId);
    if (running !== undefined) return running;
    const renewal = this.#renew(account, want).finally(() => this.#renewals.delete(account.appId));
    this.#renewals.set(account.appId, renewal);
    return renewal;
  }

  async #renew(account: Account, want: Want): Promise<string> {
    const { kind, memory, clock } = this.#options;
    const name = this.nameOf(account);
    for (let step = 0; step < WAIT_STEPS_MAX; step += 1) {
      const stored = (await memory.readToken(name))?.token ?? null;
      if (stored !== null && stored !== want.token) return stored;
      const refusal = this.#refusals.get(account.appId);
      if (refusal !== undefined && refusal.untilMs > clock.nowMs() && refusal.secret === account.appSecret) {
        throw refusal.error;
      }
      if (await memory.holdLease(name, this.#owner, LEASE_MS)) {
        try {
          return await this.#fetchAndStore(account, want);
        } finally {
          await memory.releaseLease(name, this.#owner);
        }
      }
      // Another process is at it, and the token lives on meanwhile.
      if (want.because === 'ending' && stored !== null) return stored;
      await clock.sleep(WAIT_STEP_MS);
    }
    throw new OutsideTrouble(`${kind}-busy`, `another process has been renewing the ${kind} for too long`);
  }

  async #fetchAndStore(account: Account, want: Want): Promise<string> {
    const { memory, fetch } = this.#options;
    const name = this.nameOf(account);
    // Between the look and the lease somebody else may have finished.
    const stored = (await memory.readToken(name))?.token ?? null;
    if (stored !== null && stored !== want.token) return stored;
    const fetched = await fetch(account, want);
    if (await memory.swapToken(name, stored, fetched)) return fetched.token;
    return (await memory.readToken(name))?.token ?? fetched.token;
  }
}
