import { randomUUID } from 'node:crypto';
import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { SharedMemory } from '../flows/ports/shared-memory.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { garbled } from './api-client.ts';
import type { ApiAnswer, ApiClient, ApiRequest } from './api-client.ts';
import type { ApiRefusal } from './api-refusal.ts';
import { troubleOf } from './api-refusal.ts';

type TokenMemory = Pick<SharedMemory, 'readToken' | 'swapToken' | 'holdLease' | 'releaseLease' | 'takeNonce'>;

/** Why another token is wanted: there is none, the one in use nears its end, or WeChat does not accept it. */
interface Want {
  readonly because: 'none' | 'ending' | 'not-accepted';
  readonly token: string | null;
}

interface Refusal {
  readonly untilMs: number;
  readonly error: OutsideTrouble;
  /** The app secret it was about. */
  readonly secret: string;
}

/** The token that was sent is not, or no longer, the right one; WeChat checks it before anything else of a call. */
const TOKEN_FAULTS: ReadonlySet<number> = new Set([40001, 40014, 42001]);

const TOKEN_PATHS = { stable: '/cgi-bin/stable_token', token: '/cgi-bin/token' } as const;

const LEASE_MS = 15_000;
const WAIT_STEP_MS = 100;
const WAIT_STEPS_MAX = 60;
const JOINS_MAX = 3;
/** WeChat takes 20 forced renewals a day; this makes at most 19. */
const FORCE_PAUSE_MS = 75 * 60_000;
/** After a refusal nothing is asked for so long: loops have burned whole daily quotas. */
const REFUSAL_PAUSE_MS = 60_000;
/** Each time an unknown address asks, WeChat writes to the administrator again. */
const CONFIRM_PAUSE_MS = 600_000;
const CONFIRM_CODES: ReadonlySet<number> = new Set([89501, 89503, 89506, 89507]);
/** WeChat is busy: the same may succeed soon. */
const BUSY_PAUSE_MS = 1000;
/** The stable endpoint gives a new token in the last 5 minutes of the old one, which lives on meanwhile. */
const RENEW_AHEAD_MS = 240_000;
const RENEW_AHEAD_PAUSE_MS = 30_000;
/** Not counted on: the way of the answer, and clocks that differ. */
const LIFE_MARGIN_SECONDS = 10;

/**
 * The account's API access token: one for all processes, held in shared memory, fetched by whoever has the lease and
 * swapped in only for the token that failed, so that many callers with a dead token cause one fetch. Near its end it is
 * replaced beside the calls, none of which waits.
 * `stable` (https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html) gives every
 * asker the same token; `token` kills its predecessor after 5 minutes and suits accounts without the stable endpoint.
 */
export class AccessTokens {
  readonly #api: Pick<ApiClient, 'call'>;
  readonly #memory: TokenMemory;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #endpoint: 'stable' | 'token';
  readonly #owner = randomUUID();
  readonly #renewals = new Map<string, Promise<string>>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #renewedAheadMs = new Map<string, number>();

  constructor(options: {
    readonly api: Pick<ApiClient, 'call'>;
    readonly memory: TokenMemory;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly endpoint?: 'stable' | 'token';
  }) {
    this.#api = options.api;
    this.#memory = options.memory;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#endpoint = options.endpoint ?? 'stable';
  }

  /**
   * Calls the API with the account's token and, if WeChat does not accept the token, once more with a new one.
   * Returns whatever the last call said. Throws OutsideTrouble when WeChat or a token cannot be had.
   */
  async call(account: Account, request: ApiRequest): Promise<ApiAnswer> {
    const withToken = (token: string): ApiRequest => ({ ...request, query: { access_token: token, ...request.query } });
    const token = await this.current(account);
    const answer = await this.#api.call(withToken(token));
    if (answer.kind === 'ok' || !TOKEN_FAULTS.has(answer.errcode)) return answer;
    this.#logger.info({ account: account.id, errcode: answer.errcode, rid: answer.rid }, 'access-token-not-accepted');
    return this.#api.call(withToken(await this.#renewed(account, { because: 'not-accepted', token })));
  }

  /** Returns the token in use, fetching one when there is none. Throws OutsideTrouble. */
  async current(account: Account): Promise<string> {
    const stored = await this.#memory.readToken(nameOf(account));
    if (stored === null) return this.#renewed(account, { because: 'none', token: null });
    if (stored.livesMs <= RENEW_AHEAD_MS) this.#renewAhead(account, stored.token);
    return stored.token;
  }

  #renewAhead(account: Account, token: string): void {
    const nowMs = this.#clock.nowMs();
    if ((this.#renewedAheadMs.get(account.appId) ?? -Infinity) > nowMs - RENEW_AHEAD_PAUSE_MS) return;
    this.#renewedAheadMs.set(account.appId, nowMs);
    this.#join(account, { because: 'ending', token }).catch((error: unknown) =>
      this.#logger.warn({ account: account.id, error: String(error) }, 'access-token-not-renewed-ahead'),
    );
  }

  /** Returns another token than the one wanted replaced: the next of whoever is at it, or a new one. */
  async #renewed(account: Account, want: Want): Promise<string> {
    for (let join = 0; join < JOINS_MAX; join += 1) {
      const token = await this.#join(account, want);
      if (token !== want.token) return token;
    }
    throw notAccepted();
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
    const name = nameOf(account);
    for (let step = 0; step < WAIT_STEPS_MAX; step += 1) {
      const stored = (await this.#memory.readToken(name))?.token ?? null;
      if (stored !== null && stored !== want.token) return stored;
      const refusal = this.#refusals.get(account.appId);
      if (refusal !== undefined && refusal.untilMs > this.#clock.nowMs() && refusal.secret === account.appSecret) {
        throw refusal.error;
      }
      if (await this.#memory.holdLease(name, this.#owner, LEASE_MS)) {
        try {
          return await this.#fetchAndStore(account, want);
        } finally {
          await this.#memory.releaseLease(name, this.#owner);
        }
      }
      // Another process is at it, and the token lives on meanwhile.
      if (want.because === 'ending' && stored !== null) return stored;
      await this.#clock.sleep(WAIT_STEP_MS);
    }
    throw new OutsideTrouble('access-token-busy', 'another process has been renewing the access token for too long');
  }

  async #fetchAndStore(account: Account, want: Want): Promise<string> {
    const name = nameOf(account);
    // Between the look and the lease somebody else may have finished.
    const stored = (await this.#memory.readToken(name))?.token ?? null;
    if (stored !== null && stored !== want.token) return stored;
    let fetched = await this.#fetch(account, false);
    // The stable endpoint hands out the token it believes in; only force replaces one that its own API refuses.
    if (want.because === 'not-accepted' && fetched.token === want.token && this.#endpoint === 'stable') {
      if (!(await this.#memory.takeNonce(`force:${name}`, FORCE_PAUSE_MS))) throw this.#pause(account, notAccepted());
      fetched = await this.#fetch(account, true);
    }
    if (await this.#memory.swapToken(name, stored, fetched)) return fetched.token;
    return (await this.#memory.readToken(name))?.token ?? fetched.token;
  }

  async #fetch(account: Account, force: boolean): Promise<{ token: string; ttlMs: number }> {
    const owner = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };
    const path = TOKEN_PATHS[this.#endpoint];
    const answer = await this.#api.call(
      this.#endpoint === 'token'
        ? { method: 'GET', path, query: owner }
        : { method: 'POST', path, json: { ...owner, force_refresh: force } },
    );
    if (answer.kind === 'refused') throw this.#pause(account, troubleOf(answer, account), answer);
    const { access_token: token, expires_in: seconds } = answer.body;
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number' || !(seconds > 0)) {
      throw garbled(path, 'no token');
    }
    this.#logger.info({ account: account.id, seconds, force }, 'access-token-fetched');
    return { token, ttlMs: Math.ceil(Math.max(seconds - LIFE_MARGIN_SECONDS, seconds / 2) * 1000) };
  }

  /** Lets the callers of the next while fail at once with the same error, unless the account's secret is changed. */
  #pause(account: Account, error: OutsideTrouble, refusal?: ApiRefusal): OutsideTrouble {
    const pauseMs = refusal === undefined ? REFUSAL_PAUSE_MS : pauseAfter(refusal);
    this.#refusals.set(account.appId, { untilMs: this.#clock.nowMs() + pauseMs, error, secret: account.appSecret });
    return error;
  }
}

function nameOf(account: Account): string {
  return `access-token:${account.appId}`;
}

function pauseAfter({ errcode }: ApiRefusal): number {
  if (CONFIRM_CODES.has(errcode)) return CONFIRM_PAUSE_MS;
  return errcode === -1 ? BUSY_PAUSE_MS : REFUSAL_PAUSE_MS;
}

function notAccepted(): OutsideTrouble {
  return new OutsideTrouble('access-token-not-accepted', 'WeChat refuses its own token and was just asked for another');
}
