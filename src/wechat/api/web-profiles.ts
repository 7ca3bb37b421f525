import type { WebGrant, WebProfiles } from '../../flows/ports/web-profiles.ts';
import { garbled } from '../api-client.ts';
import type { ApiAnswer, ApiClient } from '../api-client.ts';
import { troubleOf } from '../api-refusal.ts';
import { exchangeForGrant } from '../oauth.ts';
import { AnswerFields } from './answer-fields.ts';
import { errorRow } from './error-table.ts';

const PROFILE_PATH = '/sns/userinfo';
const REFRESH_PATH = '/sns/oauth2/refresh_token';
const PROFILE_SCOPE = 'snsapi_userinfo';

/** https://developers.weixin.qq.com/doc/service/guide/h5/auth.html, the part that needs the person's consent. */
export function createWebProfiles(api: Pick<ApiClient, 'call'>): WebProfiles {
  return {
    async exchange(account, code) {
      const { person, body } = await exchangeForGrant(api, account, code);
      const grant = readGrant('/sns/oauth2/access_token', body);
      // What a snapshot page would tell is made up.
      return { person, grant: person.snapshotUser ? { ...grant, mayReadProfile: false } : grant };
    },

    async profile(account, { openid, snapshotUser }, grant) {
      if (!grant.mayReadProfile || snapshotUser) return null;
      const query = { access_token: grant.accessToken, openid, lang: 'zh_CN' };
      const answer = await api.call({ method: 'GET', path: PROFILE_PATH, query });
      if (answer.kind === 'refused') {
        if (isOver(answer)) return null;
        throw troubleOf(answer, account);
      }
      const fields = new AnswerFields(PROFILE_PATH, answer.body);
      if (fields.openid('openid') !== openid) throw garbled(PROFILE_PATH, 'another openid');
      return { nickname: fields.text('nickname'), pictureUrl: fields.textOr('headimgurl', '') || null };
    },

    async refresh(account, { openid }, { refreshToken }) {
      const query = { appid: account.appId, grant_type: 'refresh_token', refresh_token: refreshToken };
      const answer = await api.call({ method: 'GET', path: REFRESH_PATH, query });
      if (answer.kind === 'refused') {
        if (isOver(answer)) return null;
        throw troubleOf(answer, account);
      }
      if (new AnswerFields(REFRESH_PATH, answer.body).openid('openid') !== openid) {
        throw garbled(REFRESH_PATH, 'another openid');
      }
      return readGrant(REFRESH_PATH, answer.body);
    },
  };
}

function readGrant(path: string, body: unknown): WebGrant {
  const fields = new AnswerFields(path, body);
  const scopes = fields.text('scope').split(/[\s,]+/);
  return {
    accessToken: fields.filled('access_token'),
    livesMs: fields.whole('expires_in') * 1000,
    refreshToken: fields.filled('refresh_token'),
    mayReadProfile: scopes.includes(PROFILE_SCOPE),
  };
}

/** A person's token that is over, void or never covered it: 40001 and 42001 here concern the person's, not ours. */
function isOver(answer: ApiAnswer & { kind: 'refused' }): boolean {
  const { action } = errorRow(answer);
  return action === 'restart-authorization' || action === 'new-token-once' || answer.errcode === 48001;
}
