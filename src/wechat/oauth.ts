import { assert, OutsideTrouble, WrongRequest } from '../base/errors.ts';
import { openid } from '../base/ids.ts';
import type { Openid } from '../base/ids.ts';
import { shortOpenid } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import type { FollowerDirectory, WebAuthorization } from '../flows/ports/web-authorization.ts';
import type { AccessTokens } from './access-token.ts';
import type { ApiClient, ApiRefusal } from './api-client.ts';

/** 40029 invalid, 41008 missing, 42003 expired, 40163 used; everything else is not the visitor's doing. */
const CODE_INVALID: ReadonlySet<number> = new Set([40029, 41008, 42003]);
const CODE_USED = 40163;
/** The openid is no follower of this account, or of another account altogether. */
const OPENID_UNKNOWN = 40003;

/**
 * Web authorization (https://developers.weixin.qq.com/doc/service/guide/h5/auth.html). `openUrl` is the host of the
 * authorize page.
 */
export function createWebAuthorization(options: {
  readonly api: Pick<ApiClient, 'call'>;
  readonly openUrl: string;
  readonly logger: Logger;
}): WebAuthorization {
  const { api, logger } = options;
  const openUrl = options.openUrl.replace(/\/$/, '');
  return {
    authorizeUrl(account, { redirectUri, scope, state }) {
      if (!/^[A-Za-z0-9]{1,128}$/.test(state)) {
        throw new WrongRequest('state-malformed', 'a state is 1-128 letters and digits');
      }
      assert(/^https?:\/\/[^#]+$/.test(redirectUri), 'a redirect address is absolute and has no fragment');
      // WeChat matches this address by a pattern: the order counts, and so does the fragment, also behind a redirect.
      return (
        `${openUrl}/connect/oauth2/authorize?appid=${account.appId}&redirect_uri=${encodeURIComponent(redirectUri)}` +
        `&response_type=code&scope=${scope}&state=${state}#wechat_redirect`
      );
    },

    async exchangeCode(account, code) {
      if (!/^[A-Za-z0-9_-]{1,512}$/.test(code)) throw codeInvalid();
      const query = { appid: account.appId, secret: account.appSecret, code, grant_type: 'authorization_code' };
      const answer = await api.call({ method: 'GET', path: '/sns/oauth2/access_token', query });
      if (answer.kind === 'refused') {
        if (CODE_INVALID.has(answer.errcode)) throw codeInvalid();
        if (answer.errcode === CODE_USED) {
          throw new WrongRequest('oauth-code-used', 'this authorization was already used: start over');
        }
        throw refused(answer, '/sns/oauth2/access_token', logger);
      }
      const { body } = answer;
      return {
        openid: receivedOpenid(body['openid']),
        // Present and 1 only on snapshot pages; anything else that is present is treated as one to be safe.
        snapshotUser: !(body['is_snapshotuser'] === undefined || body['is_snapshotuser'] === 0),
        unionId: textOrNull(body['unionid']),
      };
    },
  };
}

/** Followers, by `/cgi-bin/user/info` (https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo.html). */
export function createFollowerDirectory(options: {
  readonly tokens: Pick<AccessTokens, 'call'>;
  readonly logger: Logger;
}): FollowerDirectory {
  return {
    async userInfo(account, person) {
      const path = '/cgi-bin/user/info';
      const answer = await options.tokens.call(account, {
        method: 'GET',
        path,
        query: { openid: person, lang: 'zh_CN' },
      });
      if (answer.kind === 'refused') {
        if (answer.errcode !== OPENID_UNKNOWN) throw refused(answer, path, options.logger);
        options.logger.warn({ account: account.id, openid: shortOpenid(person), rid: answer.rid }, 'openid-unknown');
        return { subscribed: false, unionId: null };
      }
      const { subscribe } = answer.body;
      if (receivedOpenid(answer.body['openid']) !== person || (subscribe !== 0 && subscribe !== 1)) throw garbled();
      return { subscribed: subscribe === 1, unionId: textOrNull(answer.body['unionid']) };
    },
  };
}

function refused(answer: ApiRefusal, path: string, logger: Logger): OutsideTrouble {
  logger.warn({ path, errcode: answer.errcode, errmsg: answer.errmsg, rid: answer.rid }, 'wechat-refused');
  return new OutsideTrouble(`wechat-${answer.errcode}`, `${path} was refused: ${answer.errcode} ${answer.errmsg}`);
}

function codeInvalid(): WrongRequest {
  return new WrongRequest('oauth-code-invalid', 'this authorization is not valid any more: start over');
}

function receivedOpenid(value: unknown): Openid {
  try {
    if (typeof value === 'string') return openid(value);
  } catch {
    // Said below, like any other answer that cannot be used.
  }
  throw garbled();
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function garbled(): OutsideTrouble {
  return new OutsideTrouble('wechat-garbled', 'WeChat answered without a usable openid or subscription');
}
