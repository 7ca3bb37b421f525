import { createHash } from 'node:crypto';
import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account } from '../../flows/ports/accounts.ts';
import type { PageSigner } from '../../flows/ports/page-signing.ts';
import type { Clock, Luck } from '../../flows/ports/time-and-luck.ts';
import { pauseAfter, readLifetime } from '../access-token.ts';
import type { AccessTokens } from '../access-token.ts';
import { troubleOf } from '../api-refusal.ts';
import { SharedToken } from './shared-token.ts';
import type { FetchedToken, TokenMemory } from './shared-token.ts';

const TICKET_PATH = '/cgi-bin/ticket/getticket';
const URL_CHARACTERS_MAX = 2048;

/**
 * The ticket that JS-SDK signatures are made with: one of each account for all processes, like the access token.
 * https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
 */
export class JsapiTickets {
  readonly #tokens: Pick<AccessTokens, 'call'>;
  readonly #shared: SharedToken;

  constructor(options: {
    readonly tokens: Pick<AccessTokens, 'call'>;
    readonly memory: TokenMemory;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    const { tokens, memory, clock, logger } = options;
    this.#tokens = tokens;
    const fetch = (account: Account) => this.#fetch(account);
    this.#shared = new SharedToken({ kind: 'jsapi-ticket', memory, clock, logger, fetch });
  }

  /** Returns the ticket in use, fetching one when there is none. Throws OutsideTrouble. */
  async current(account: Account): Promise<string> {
    return this.#shared.current(account);
  }

  async #fetch(account: Account): Promise<FetchedToken> {
    const request = { method: 'GET', path: TICKET_PATH, query: { type: 'jsapi' } } as const;
    const answer = await this.#tokens.call(account, request);
    if (answer.kind === 'refused') {
      throw this.#shared.pause(account, troubleOf(answer, account), pauseAfter(answer));
    }
    return readLifetime(TICKET_PATH, answer.body['ticket'], answer.body['expires_in']);
  }
}

/**
 * Signs a page's address for `wx.config`: SHA-1 over the raw values in this order. `url` is what the page shows, with
 * its query and without the part from `#` on; `timestamp` is in seconds.
 */
export function signJsSdk(input: {
  readonly ticket: string;
  readonly nonce: string;
  readonly timestamp: number;
  readonly url: string;
}): string {
  const { ticket, nonce, timestamp, url } = input;
  const text = `jsapi_ticket=${ticket}&noncestr=${nonce}&timestamp=${timestamp}&url=${url}`;
  return createHash('sha1').update(text).digest('hex');
}

/** Signs pages of `origins` (such as `https://activity.example`) only: a signature lets a page act as the account's. */
export function createPageSigner(options: {
  readonly tickets: Pick<JsapiTickets, 'current'>;
  readonly origins: readonly string[];
  readonly clock: Clock;
  readonly luck: Luck;
}): PageSigner {
  const { tickets, clock, luck } = options;
  const origins = new Set(options.origins);
  return {
    async sign(account, pageUrl) {
      const url = pageUrl.split('#', 1)[0] ?? '';
      if (url.length > URL_CHARACTERS_MAX || !URL.canParse(url) || !origins.has(new URL(url).origin)) {
        throw new WrongRequest('page-not-ours', 'only addresses of our own pages are signed');
      }
      const ticket = await tickets.current(account);
      const timestamp = Math.floor(clock.nowMs() / 1000);
      const nonce = luck.randomId();
      return {
        appId: account.appId,
        timestamp,
        nonceStr: nonce,
        signature: signJsSdk({ ticket, nonce, timestamp, url }),
      };
    },
  };
}
