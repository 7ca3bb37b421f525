import { assert, WrongRequest } from '../base/errors.ts';
import { openid } from '../base/ids.ts';
import type { Openid } from '../base/ids.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { AuthorizedPerson, WebAuthorization } from '../flows/ports/web-authorization.ts';
import { garbled } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { troubleOf } from './api-refusal.ts';

/**
 * 40029 invalid, 41008 missing, 42003 expired, 42007 void since a changed password, 40163 used; everything else is not
 * the visitor's doing.
 */
const CODE_INVALID: ReadonlySet<number> = new Set([40029, 41008, 42003, 42007]);
const CODE_USED = 40163;
const CODE_PATH = '/sns/oauth2/access_token';

/**
 * Web authorization (https://developers.weixin.qq.com/doc/service/guide/h5/auth.html). `openUrl` is the host of the
 * authorize page.
 */
export function createWebAuthorization(options: {
  readonly api: Pick<ApiClient, 'call'>;
  readonly openUrl: string;
}): WebAuthorization {
  const { api } = options;
  const openUrl = options.openUrl.replace(/\/$/, '');
  return {
    authorizeUrl(account, { redirectUri, scope, state }) {
      if (!/^[A-Za-z0-9]{1,128}$/.test(state)) {
        throw new WrongRequest('state-malformed', 'a state is 1-128 letters and digits');
      }
      assert(/^https?:\/\/[^#]+$/.test(redirectUri), 'a redirect address is absolute and has no fragment');
      // WeChat matches this address by a pattern: the order counts, and so does the fragment, also behind a redirect.
      return (
        `${openUrl}/connect/oauth2/authorize?appid=${account.appId}&redirect_uri=${encode(redirectUri)}` +
        `&response_type=code&scope=${scope}&state=${state}#wechat_redirect`
      );
    },

    async exchangeCode(account, code) {
      return (await exchangeForGrant(api, account, code)).person;
    },
  };
}

/**
 * Spends a code and returns who it was with the whole answer, in which the person's own token is. Throws as
 * `WebAuthorization.exchangeCode` says.
 */
export async function exchangeForGrant(
  api: Pick<ApiClient, 'call'>,
  account: Account,
  code: string,
): Promise<{ readonly person: AuthorizedPerson; readonly body: Readonly<Record<string, unknown>> }> {
  if (!/^[A-Za-z0-9_-]{1,512}$/.test(code)) throw codeInvalid();
  const query = { appid: account.appId, secret: account.appSecret, code, grant_type: 'authorization_code' };
  const answer = await api.call({ method: 'GET', path: CODE_PATH, query });
  if (answer.kind === 'ok') return { person: readPerson(answer.body), body: answer.body };
  if (CODE_INVALID.has(answer.errcode)) throw codeInvalid();
  if (answer.errcode === CODE_USED) {
    throw new WrongRequest('oauth-code-used', 'this authorization was already used: start over');
  }
  throw troubleOf(answer, account);
}

function readPerson(body: Readonly<Record<string, unknown>>): AuthorizedPerson {
  // Not used here, but an answer without a token is none to a code that was taken.
  if (typeof body['access_token'] !== 'string') throw garbled(CODE_PATH, 'no token');
  const snapshot = body['is_snapshotuser'];
  return {
    openid: receivedOpenid(CODE_PATH, body['openid']),
    // Present and 1 only on snapshot pages; anything else that is present is treated as one to be safe.
    snapshotUser: !(snapshot === undefined || snapshot === 0),
    unionId: receivedUnionId(CODE_PATH, body['unionid']),
  };
}

/** Encodes also what encodeURIComponent leaves as it is: the pattern wants the whole address encoded. */
function encode(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hex);
}

function codeInvalid(): WrongRequest {
  return new WrongRequest('oauth-code-invalid', 'this authorization is not valid any more: start over');
}

function receivedOpenid(path: string, value: unknown): Openid {
  try {
    if (typeof value === 'string') return openid(value);
  } catch {
    // Said below, like any other answer that cannot be used.
  }
  throw garbled(path, 'no openid');
}

function receivedUnionId(path: string, value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw garbled(path, 'a union id that is no text');
  return value;
}
