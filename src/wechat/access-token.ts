import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { garbled } from './api-client.ts';
import type { ApiAnswer, ApiClient, ApiRequest, ReceivedFile } from './api-client.ts';
import type { ApiRefusal } from './api-refusal.ts';
import { troubleOf } from './api-refusal.ts';
import { errorRow } from './api/error-table.ts';
import { SharedToken } from './api/shared-token.ts';
import type { FetchedToken, TokenMemory, Want } from './api/shared-token.ts';

export type TokenEndpoint = 'stable' | 'token';

const TOKEN_PATHS = { stable: '/cgi-bin/stable_token', token: '/cgi-bin/token' } as const;

/** WeChat takes 20 forced renewals a day; this makes at most 19. */
const FORCE_PAUSE_MS = 75 * 60_000;
/** After a refusal nothing is asked for so long: loops have burned whole daily quotas. */
const REFUSAL_PAUSE_MS = 60_000;
/** Each time an unknown address asks, WeChat writes to the administrator again. */
const CONFIRM_PAUSE_MS = 600_000;
/** WeChat is busy: the same may succeed soon. */
const BUSY_PAUSE_MS = 1000;
/** Not counted on: the way of the answer, and clocks that differ. */
const LIFE_MARGIN_SECONDS = 10;

/**
 * The account's API access token: one for all processes (SharedToken says how).
 * `stable` (https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html) gives every
 * asker the same token; `token` kills its predecessor after 5 minutes and suits accounts without the stable endpoint.
 */
export class AccessTokens {
  readonly #api: Pick<ApiClient, 'call' | 'download'>;
  readonly #memory: TokenMemory;
  readonly #logger: Logger;
  readonly #endpointOf: (account: Account) => TokenEndpoint;
  readonly #shared: SharedToken;

  constructor(options: {
    readonly api: Pick<ApiClient, 'call' | 'download'>;
    readonly memory: TokenMemory;
    readonly clock: Clock;
    readonly logger: Logger;
    /** Of all accounts or of each; `stable` unless given. */
    readonly endpoint?: TokenEndpoint | ((account: Account) => TokenEndpoint);
  }) {
    this.#api = options.api;
    this.#memory = options.memory;
    this.#logger = options.logger;
    const { endpoint = 'stable' } = options;
    this.#endpointOf = typeof endpoint === 'string' ? () => endpoint : endpoint;
    const { memory, clock, logger } = options;
    const fetch = (account: Account, want: Want) => this.#fetchFor(account, want);
    this.#shared = new SharedToken({ kind: 'access-token', memory, clock, logger, fetch });
  }

  /**
   * Calls the API with the account's token and, if WeChat does not accept the token, once more with a new one.
   * Returns whatever the last call said. Throws OutsideTrouble when WeChat or a token cannot be had.
   */
  async call(account: Account, request: ApiRequest): Promise<ApiAnswer> {
    return this.#withToken(account, request, (sent) => this.#api.call(sent));
  }

  /** The same for what may answer a file. */
  async download(account: Account, request: ApiRequest): Promise<ReceivedFile | ApiAnswer> {
    return this.#withToken(account, request, (sent) => this.#api.download(sent));
  }

  async #withToken<Answer extends ReceivedFile | ApiAnswer>(
    account: Account,
    request: ApiRequest,
    send: (request: ApiRequest) => Promise<Answer>,
  ): Promise<Answer> {
    const withToken = (token: string): ApiRequest => ({ ...request, query: { access_token: token, ...request.query } });
    const token = await this.current(account);
    const answer = await send(withToken(token));
    if (answer.kind !== 'refused' || errorRow(answer).action !== 'new-token-once') return answer;
    this.#logger.info({ account: account.id, errcode: answer.errcode, rid: answer.rid }, 'access-token-not-accepted');
    return send(withToken(await this.#shared.insteadOf(account, token)));
  }

  /** Returns the token in use, fetching one when there is none. Throws OutsideTrouble. */
  async current(account: Account): Promise<string> {
    return this.#shared.current(account);
  }

  async #fetchFor(account: Account, want: Want): Promise<FetchedToken> {
    const fetched = await this.#fetch(account, false);
    // The stable endpoint hands out the token it believes in; only force replaces one that its own API refuses.
    if (want.because !== 'not-accepted' || fetched.token !== want.token || this.#endpointOf(account) !== 'stable')
      return fetched;
    if (!(await this.#memory.takeNonce(`force:${this.#shared.nameOf(account)}`, FORCE_PAUSE_MS))) {
      throw this.#shared.pause(account, notAccepted(), REFUSAL_PAUSE_MS);
    }
    return this.#fetch(account, true);
  }

  async #fetch(account: Account, force: boolean): Promise<FetchedToken> {
    const owner = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };
    const endpoint = this.#endpointOf(account);
    const path = TOKEN_PATHS[endpoint];
    const answer = await this.#api.call(
      endpoint === 'token'
        ? { method: 'GET', path, query: owner }
        : { method: 'POST', path, json: { ...owner, force_refresh: force } },
    );
    if (answer.kind === 'refused') {
      throw this.#shared.pause(account, troubleOf(answer, account), pauseAfter(answer));
    }
    const fetched = readLifetime(path, answer.body['access_token'], answer.body['expires_in']);
    this.#logger.info({ account: account.id, livesMs: fetched.ttlMs, force }, 'access-token-fetched');
    return fetched;
  }
}

/** Reads a token and the seconds it lives, less a margin. Throws OutsideTrouble `wechat-garbled`. */
export function readLifetime(path: string, token: unknown, seconds: unknown): FetchedToken {
  if (typeof token !== 'string' || token === '' || typeof seconds !== 'number' || !(seconds > 0)) {
    throw garbled(path, 'no token');
  }
  return { token, ttlMs: Math.ceil(Math.max(seconds - LIFE_MARGIN_SECONDS, seconds / 2) * 1000) };
}

/** How long nothing is asked for after a refusal, ms. */
export function pauseAfter(refusal: ApiRefusal): number {
  const { action } = errorRow(refusal);
  if (action === 'ask-administrator') return CONFIRM_PAUSE_MS;
  return action === 'retry-if-repeatable' ? BUSY_PAUSE_MS : REFUSAL_PAUSE_MS;
}

function notAccepted(): OutsideTrouble {
  return new OutsideTrouble('access-token-not-accepted', 'WeChat refuses its own token and was just asked for another');
}
