import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { AccountId, Openid } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { Account, AccountDirectory } from './ports/accounts.ts';
import type { LoginKey, LoginRecord, OauthLogins } from './ports/oauth-logins.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';
import type { WebAuthorization } from './ports/web-authorization.ts';

/** Someone a page knows. `snapshot`: WeChat made this person up for a snapshot page; no draw, no row, no packet. */
export interface PageVisitor {
  readonly openid: Openid;
  readonly snapshot: boolean;
}

export interface AuthorizePage {
  /**
   * Returns where to send the browser and the state to bind to it. `callbackUrl` is our absolute callback address.
   * Throws WrongRequest `account-unknown` (404).
   */
  begin(account: AccountId, callbackUrl: string): Promise<{ readonly authorizeUrl: string; readonly state: string }>;
  /**
   * Returns who came back. The code is exchanged once: a second callback with the same code and state, here or at
   * another process, gets the same person. Throws WrongRequest `oauth-code-invalid`, `oauth-code-used` or
   * `oauth-state-used` (start over), OutsideTrouble when WeChat does not answer (the same callback may be tried again).
   */
  finish(key: LoginKey): Promise<PageVisitor>;
}

export interface AuthorizePageOptions {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly authorization: WebAuthorization;
  readonly logins: OauthLogins;
  readonly clock: Clock;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

// The process that exchanges a code has 5 s for WeChat; whoever waits for it gives up a little later.
const WAIT_STEP_MS = 100;
const WAIT_STEPS = 60;

/**
 * Web authorization as https://developers.weixin.qq.com/doc/service/guide/h5/auth.html describes it, with the silent
 * scope: some clients open the callback twice, and a code works once.
 */
export function createAuthorizePage(options: AuthorizePageOptions): AuthorizePage {
  return {
    async begin(accountId, callbackUrl) {
      const account = await knownAccount(options, accountId);
      const state = options.luck.randomId();
      const request = { redirectUri: callbackUrl, scope: 'snsapi_base', state } as const;
      return { authorizeUrl: options.authorization.authorizeUrl(account, request), state };
    },
    async finish(key) {
      const account = await knownAccount(options, key.account);
      const claim = await options.logins.claim({ ...key, atMs: options.clock.nowMs() });
      switch (claim.kind) {
        case 'foreign':
          throw new WrongRequest('oauth-state-used', 'this way in was used before; start again');
        case 'ours':
          return exchange(options, account, key);
        case 'pending':
          return visitorOf(await awaitOther(options, key));
        default:
          return visitorOf(claim);
      }
    },
  };
}

async function knownAccount({ accounts }: AuthorizePageOptions, id: AccountId): Promise<Account> {
  const account = await accounts.account(id);
  if (account === undefined) throw new WrongRequest('account-unknown', 'there is no such account', { status: 404 });
  return account;
}

async function exchange(options: AuthorizePageOptions, account: Account, key: LoginKey): Promise<PageVisitor> {
  const { authorization, logins, logger } = options;
  const person = await authorization.exchangeCode(account, key.code).catch(async (error: unknown) => {
    const done =
      error instanceof WrongRequest
        ? logins.settle(key, { kind: 'refused', code: error.code })
        : // Nobody knows whether WeChat took the code: a reload may try it again.
          logins.release(key);
    // What WeChat said matters more than that it could not be written down.
    await done.catch(() => {});
    throw error;
  });
  await logins.settle(key, { kind: 'person', openid: person.openid, snapshot: person.snapshotUser });
  logger.info({ account: account.id, snapshot: person.snapshotUser }, 'page-authorized');
  return { openid: person.openid, snapshot: person.snapshotUser };
}

/** Another callback with this code was first: its outcome is ours. */
async function awaitOther({ logins, clock }: AuthorizePageOptions, key: LoginKey): Promise<LoginRecord> {
  for (let step = 0; step < WAIT_STEPS; step += 1) {
    await clock.sleep(WAIT_STEP_MS);
    const record = await logins.find(key);
    if (record === undefined) break;
    if (record.kind !== 'pending') return record;
  }
  throw new OutsideTrouble('oauth-not-answered', 'WeChat did not answer the exchange of the code');
}

function visitorOf(record: LoginRecord): PageVisitor {
  switch (record.kind) {
    case 'person':
      return { openid: record.openid, snapshot: record.snapshot };
    case 'refused':
      throw new WrongRequest(record.code, 'WeChat refused the code; start again');
    case 'pending':
      throw new OutsideTrouble('oauth-not-answered', 'the exchange of the code is still under way');
  }
}

const RETURN_PATHS = [
  /^\/a\/[a-z0-9][a-z0-9-]{0,63}(?:\?lang=(?:en|zh))?$/,
  /^\/me\/awards(?:\?account=[a-z0-9][a-z0-9-]{0,31}(?:&lang=(?:en|zh))?)?$/,
];

/** Returns the path if a browser may be sent there after web authorization, else undefined: nothing but our own pages. */
export function allowedReturnPath(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  return RETURN_PATHS.some((allowed) => allowed.test(path)) ? path : undefined;
}
