import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { AccountId, Openid } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { shownNickname } from '../base/nickname.ts';
import type { Account, AccountDirectory } from './ports/accounts.ts';
import type { FollowerBook, SeenProfile } from './ports/followers.ts';
import type { LoginKey, LoginRecord, OauthLogins } from './ports/oauth-logins.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';
import type { AuthorizedPerson, WebAuthorization } from './ports/web-authorization.ts';
import type { WebGrant, WebProfile, WebProfiles } from './ports/web-profiles.ts';

/**
 * Someone a page knows. `snapshot`: WeChat made this person up for a snapshot page; there is no openid to speak of, no
 * draw, no row, no packet.
 */
export type PageVisitor =
  { readonly openid: Openid; readonly snapshot: false } | { readonly openid: null; readonly snapshot: true };

export interface AuthorizePage {
  /**
   * Returns where to send the browser and the state to bind to it. `callbackUrl` is our absolute callback address.
   * Without `profile` nobody is asked anything; with it WeChat asks for consent to show nickname and picture, which may
   * follow a person's own tap only: on a page that asks by itself WeChat shows a snapshot.
   * Throws WrongRequest `account-unknown` (404).
   */
  begin(request: {
    readonly account: AccountId;
    readonly callbackUrl: string;
    readonly profile: boolean;
  }): Promise<{ readonly authorizeUrl: string; readonly state: string }>;
  /**
   * Returns who came back, and keeps what WeChat told of the person: the union id, and after `profile` nickname and
   * picture. The code is exchanged once: a second callback with the same code and state, here or at another process,
   * gets the same person. Throws WrongRequest `oauth-code-invalid`, `oauth-code-used` or `oauth-state-used` (start
   * over), OutsideTrouble when WeChat does not answer (the same callback may be tried again).
   */
  finish(callback: LoginKey & { readonly profile: boolean }): Promise<PageVisitor>;
}

export interface AuthorizePageOptions {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly authorization: WebAuthorization;
  readonly profiles: Pick<WebProfiles, 'exchange' | 'profile'>;
  readonly followers: Pick<FollowerBook, 'profileSeen' | 'unionIdSeen'>;
  readonly logins: OauthLogins;
  readonly clock: Clock;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

// The process that exchanges a code has 5 s for WeChat; whoever waits for it gives up a little later.
const WAIT_STEP_MS = 100;
const WAIT_STEPS = 60;
const PICTURE_URL_CHARACTERS_MAX = 1024;

/**
 * Web authorization as https://developers.weixin.qq.com/doc/service/guide/h5/auth.html describes it. Some clients open
 * the callback twice, and a code works once.
 *
 * The person's own tokens are used for the one profile and forgotten: WeChat tells no more by them, a refresh is only
 * good for asking again what a tap asks anew, and what is not kept cannot leak.
 */
export function createAuthorizePage(options: AuthorizePageOptions): AuthorizePage {
  return {
    async begin({ account: accountId, callbackUrl, profile }) {
      const account = await knownAccount(options, accountId);
      const state = options.luck.randomId();
      const scope = profile ? 'snsapi_userinfo' : 'snsapi_base';
      return {
        authorizeUrl: options.authorization.authorizeUrl(account, { redirectUri: callbackUrl, scope, state }),
        state,
      };
    },
    async finish({ profile, ...key }) {
      const account = await knownAccount(options, key.account);
      const claim = await options.logins.claim({ ...key, atMs: options.clock.nowMs() });
      switch (claim.kind) {
        case 'foreign':
          throw new WrongRequest('oauth-state-used', 'this way in was used before; start again');
        case 'ours':
          return enter(options, { account, key, profile });
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

/** One callback whose code is ours to spend. */
interface OurCallback {
  readonly account: Account;
  readonly key: LoginKey;
  readonly profile: boolean;
}

async function enter(options: AuthorizePageOptions, callback: OurCallback): Promise<PageVisitor> {
  const { account, key } = callback;
  const { person, grant } = await exchange(options, callback);
  await options.logins.settle(key, recordOf(person));
  options.logger.info(
    { account: account.id, snapshot: person.snapshotUser, profile: grant !== null },
    'page-authorized',
  );
  if (person.snapshotUser) return { openid: null, snapshot: true };
  await keepWhatWasTold(options, { account, person, grant }).catch((error: unknown) => {
    // Who it is stands; a name can be asked for again.
    if (!(error instanceof OutsideTrouble)) throw error;
    options.logger.warn({ account: account.id, code: error.code, error: error.message }, 'page-profile-not-kept');
  });
  return { openid: person.openid, snapshot: false };
}

async function exchange(
  { authorization, profiles, logins }: AuthorizePageOptions,
  { account, key, profile }: OurCallback,
): Promise<{ readonly person: AuthorizedPerson; readonly grant: WebGrant | null }> {
  try {
    if (profile) return await profiles.exchange(account, key.code);
    return { person: await authorization.exchangeCode(account, key.code), grant: null };
  } catch (error) {
    const done =
      error instanceof WrongRequest
        ? logins.settle(key, { kind: 'refused', code: error.code })
        : // Nobody knows whether WeChat took the code: a reload may try it again.
          logins.release(key);
    // What WeChat said matters more than that it could not be written down.
    await done.catch(() => {});
    throw error;
  }
}

async function keepWhatWasTold(
  { followers, profiles, clock }: AuthorizePageOptions,
  told: { readonly account: Account; readonly person: AuthorizedPerson; readonly grant: WebGrant | null },
): Promise<void> {
  const { account, person, grant } = told;
  const key = { account: account.id, openid: person.openid };
  if (person.unionId !== null) {
    await followers.unionIdSeen(key, { unionId: person.unionId, atMs: clock.nowMs() });
  }
  const profile = grant === null ? null : await profiles.profile(account, person, grant);
  const seen = profile && keptProfile(profile);
  if (seen !== null) await followers.profileSeen(key, seen, clock.nowMs());
}

/** What of a profile is fit to be kept; null when the name shows nothing. */
function keptProfile({ nickname, pictureUrl }: WebProfile): SeenProfile | null {
  const shown = shownNickname(nickname);
  if (shown === null) return null;
  const kept = pictureUrl !== null && /^https?:\/\/[\x21-\x7e]+$/.test(pictureUrl);
  return { nickname: shown, pictureUrl: kept && pictureUrl.length <= PICTURE_URL_CHARACTERS_MAX ? pictureUrl : null };
}

function recordOf(person: AuthorizedPerson): LoginRecord {
  return person.snapshotUser ? { kind: 'snapshot' } : { kind: 'person', openid: person.openid };
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
      return { openid: record.openid, snapshot: false };
    case 'snapshot':
      return { openid: null, snapshot: true };
    case 'refused':
      throw new WrongRequest(record.code, 'WeChat refused the code; start again');
    case 'pending':
      throw new OutsideTrouble('oauth-not-answered', 'the exchange of the code is still under way');
  }
}

const RETURN_PATHS = [
  /^\/a\/[a-z0-9][a-z0-9-]{0,63}(?:\?lang=(?:en|zh))?$/,
  /^\/a\/[a-z0-9][a-z0-9-]{0,63}\?i=[0-9a-f]{12}(?:&lang=(?:en|zh))?$/,
  /^\/me\/awards(?:\?account=[a-z0-9][a-z0-9-]{0,31}(?:&lang=(?:en|zh))?)?$/,
  /^\/payee\/v1(?:\.[\w-]{4,300}){3}(?:\?lang=(?:en|zh))?$/,
];

/** Returns the path if a browser may be sent there after web authorization, else undefined: nothing but our own pages. */
export function allowedReturnPath(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  return RETURN_PATHS.some((allowed) => allowed.test(path)) ? path : undefined;
}
