import { randomUUID } from 'node:crypto';
import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { SharedMemory } from '../flows/ports/shared-memory.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import type { ApiAnswer, ApiClient, ApiRefusal, ApiRequest } from './api-client.ts';

type TokenMemory = Pick<SharedMemory, 'readToken' | 'swapToken' | 'holdLease' | 'releaseLease' | 'takeNonce'>;

/** The token that was sent is not, or no longer, the right one; WeChat checks it before anything else of a call. */
const TOKEN_FAULTS: ReadonlySet<number> = new Set([40001, 40014, 42001]);
/** WeChat is busy or we are too fast: the same call may succeed soon. Any other refusal of a token needs a person. */
const PASSING: ReadonlySet<number> = new Set([-1, 45009, 45011]);

const LEASE_MS = 15_000;
const WAIT_STEP_MS = 100;
const WAIT_STEPS_MAX = 60;
/** WeChat takes one forced renewal in 30 s, 20 a day. */
const FORCE_PAUSE_MS = 31_000;
/** After a refusal only a person can lift, nothing is asked for so long: loops have burned whole daily quotas. */
const REFUSAL_PAUSE_MS = 60_000;
/** The stable endpoint renews a token 5 minutes before its end, the old one living on meanwhile. */
const RENEW_BEFORE_SECONDS = 300;

/**
 * The account's API access token: one for all processes, held in shared memory, fetched by whoever has the lease and
 * swapped in only for the token that failed, so that many callers with a dead token cause one fetch.
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
  readonly #refusals = new Map<string, { readonly untilMs: number; readonly error: OutsideTrouble }>();

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
    return this.#api.call(withToken(await this.#renewed(account, token)));
  }

  /** Returns the token in use, fetching one when there is none. Throws OutsideTrouble. */
  async current(account: Account): Promise<string> {
    const stored = await this.#memory.readToken(nameOf(account));
    return stored?.token ?? this.#renewed(account, null);
  }

  /** One renewal per account at a time in this process; `failed` is the token not to come back with. */
  async #renewed(account: Account, failed: string | null): Promise<string> {
    const running = this.#renewals.get(account.appId);
    if (running !== undefined) {
      const token = await running;
      return token === failed ? this.#renewed(account, failed) : token;
    }
    const renewal = this.#renew(account, failed).finally(() => this.#renewals.delete(account.appId));
    this.#renewals.set(account.appId, renewal);
    return renewal;
  }

  async #renew(account: Account, failed: string | null): Promise<string> {
    const name = nameOf(account);
    for (let step = 0; step < WAIT_STEPS_MAX; step += 1) {
      const stored = (await this.#memory.readToken(name))?.token ?? null;
      if (stored !== null && stored !== failed) return stored;
      const refused = this.#refusals.get(account.appId);
      if (refused !== undefined && refused.untilMs > this.#clock.nowMs()) throw refused.error;
      if (await this.#memory.holdLease(name, this.#owner, LEASE_MS)) {
        try {
          return await this.#fetchAndStore(account, failed);
        } finally {
          await this.#memory.releaseLease(name, this.#owner);
        }
      }
      await this.#clock.sleep(WAIT_STEP_MS);
    }
    throw new OutsideTrouble('access-token-busy', 'another process has been renewing the access token for too long');
  }

  async #fetchAndStore(account: Account, failed: string | null): Promise<string> {
    const name = nameOf(account);
    // Between the look and the lease somebody else may have finished.
    const stored = (await this.#memory.readToken(name))?.token ?? null;
    if (stored !== null && stored !== failed) return stored;
    let fetched = await this.#fetch(account, false);
    // The stable endpoint hands out the token it believes in; only force replaces one that its own API refuses.
    if (fetched.token === failed && this.#endpoint === 'stable') {
      if (!(await this.#memory.takeNonce(`force:${name}`, FORCE_PAUSE_MS))) {
        throw new OutsideTrouble(
          'access-token-not-accepted',
          'WeChat refuses its own token and was just asked for another',
        );
      }
      fetched = await this.#fetch(account, true);
    }
    if (await this.#memory.swapToken(name, stored, { token: fetched.token, ttlMs: fetched.ttlMs }))
      return fetched.token;
    return (await this.#memory.readToken(name))?.token ?? fetched.token;
  }

  async #fetch(account: Account, force: boolean): Promise<{ token: string; ttlMs: number }> {
    const owner = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };
    const answer = await this.#api.call(
      this.#endpoint === 'token'
        ? { method: 'GET', path: '/cgi-bin/token', query: owner }
        : { method: 'POST', path: '/cgi-bin/stable_token', json: { ...owner, force_refresh: force } },
    );
    if (answer.kind === 'refused') throw this.#refused(account, answer);
    const { access_token: token, expires_in: seconds } = answer.body;
    if (typeof token !== 'string' || token === '' || typeof seconds !== 'number' || !(seconds > 0)) {
      throw new OutsideTrouble('wechat-garbled', 'the token endpoint answered without a token');
    }
    this.#logger.info({ account: account.id, seconds, force }, 'access-token-fetched');
    return { token, ttlMs: Math.ceil(Math.max(seconds - RENEW_BEFORE_SECONDS, seconds / 2) * 1000) };
  }

  #refused(account: Account, { errcode, errmsg, rid }: ApiRefusal): OutsideTrouble {
    const error = new OutsideTrouble('access-token-refused', `WeChat gives no access token: ${errcode} ${errmsg}`);
    const fields = { account: account.id, errcode, errmsg, rid };
    if (PASSING.has(errcode)) {
      this.#logger.warn(fields, 'access-token-refused');
      return error;
    }
    // A wrong secret (40001, 40125), a missing address in the whitelist (40164), a frozen secret (40243) and the like.
    this.#logger.error(fields, 'access-token-needs-operator');
    this.#refusals.set(account.appId, { untilMs: this.#clock.nowMs() + REFUSAL_PAUSE_MS, error });
    return error;
  }
}

function nameOf(account: Account): string {
  return `access-token:${account.appId}`;
}
