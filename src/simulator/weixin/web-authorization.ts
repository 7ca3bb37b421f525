import type { SimulatorClock } from '../clock.ts';
import type { Follower, Followers } from '../followers.ts';
import type { Random } from '../random.ts';
import type { Timeline } from '../timeline.ts';
import type { AccountPeople } from './account-people.ts';
import { ApiFault, requireGet, type ApiCall, type ApiReply } from './api-call.ts';
import type { Rights } from './rights.ts';
import { checkSecret } from './tokens.ts';

type Scope = 'snsapi_base' | 'snsapi_userinfo';
type Grant = { appId: string; openid: string; person: string; scope: Scope; snapshot: boolean };
type Code = Grant & { madeAtMs: number; used: boolean };
type SnsToken = Grant & { expiresAtMs: number };
type Parts = {
  clock: SimulatorClock;
  random: Random;
  followers: Followers;
  timeline: Timeline;
  secrets: ReadonlyMap<string, string>;
  /** What is known of people under an account that is played. */
  accountOf: (appId: string) => { readonly people: AccountPeople; readonly rights: Rights };
};

const codeLifetimeMs = 300_000;
const tokenLifetimeMs = 7_200_000;
const refreshLifetimeMs = 30 * 86_400_000;
const namesInOrder = ['appid', 'redirect_uri', 'response_type', 'scope', 'state'];
const optionalNames = ['forcePopup', 'forceSnapShot', 'connect_redirect'];

/** Faults that the authorize page shows by number: https://developers.weixin.qq.com/doc/service/guide/h5/auth.html */
const pageFaults: Readonly<Record<string, string>> = {
  '10003': 'redirect_uri域名与后台配置不一致',
  '10005': '该公众号没有scope权限',
  '10010': 'scope不能为空',
  '10011': 'redirect_uri不能为空',
  '10012': 'appid不能为空',
  '10013': 'state不能为空',
  '10016': '不支持该appid',
  'parameter-order': '请在微信客户端打开链接（参数顺序或编码不符）',
  'state-form': 'state只能是128字节以内的字母和数字',
  'no-such-user': '没有这个微信用户',
};

/** Web authorization: the authorize page and the sns endpoints behind it. */
export class WebAuthorization {
  /** While on, pages get a virtual user as on a snapshot page. */
  snapshotMode = false;
  /** The flag of a virtual user is reported missing at times. */
  snapshotFlag: 'told' | 'missing' = 'told';
  /** Whether people consent to show their profile; who refuses comes back with the state alone. */
  consent: 'given' | 'refused' = 'given';
  readonly #parts: Parts;
  readonly #codes = new Map<string, Code>();
  readonly #tokens = new Map<string, SnsToken>();
  readonly #refreshTokens = new Map<string, SnsToken>();
  #hosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Bare host names that pages may come back to: no scheme, no port, no path. Throws for anything else. */
  setHosts(hosts: readonly string[]): void {
    const wrong = hosts.find((host) => !/^[A-Za-z0-9.-]+$/.test(host));
    if (wrong !== undefined) throw new Error(`${wrong} is no bare host name`);
    this.#hosts = new Set(hosts);
  }

  /** The page that a phone opens: straight back with a code, or a small page that names the fault. */
  authorize(call: ApiCall): ApiReply {
    const fault = this.#authorizeFault(call);
    if (fault !== undefined) return faultPage(fault);
    const { query } = call;
    const follower = this.#currentUser(call.cookie);
    const appId = query.get('appid') ?? '';
    const openid = follower && this.#parts.followers.openidFor(follower, appId);
    if (!follower || openid === undefined) return faultPage('no-such-user');
    const scope = query.get('scope') as Scope;
    const code = this.#makeCode({ appId, openid, person: follower.openid, scope, snapshot: this.snapshotMode });
    const back = query.get('redirect_uri') ?? '';
    const refused = scope === 'snsapi_userinfo' && this.consent === 'refused';
    const told = refused ? '' : `code=${code}&`;
    const location = `${back}${back.includes('?') ? '&' : '?'}${told}state=${query.get('state')}`;
    const [title, titleEn] = refused
      ? ['拒绝网页授权', 'Web authorization refused']
      : ['网页授权', 'Web authorization'];
    this.#note(follower, title, titleEn, { scope, host: new URL(back).host });
    return { status: 302, contentType: 'text/html; charset=utf-8', body: '', location };
  }

  /** A code becomes an openid, once and within five minutes. */
  accessToken(call: ApiCall): object {
    requireGet(call);
    const { query } = call;
    const appId = checkSecret(this.#parts.secrets, query.get('appid'), query.get('secret'));
    if (query.get('grant_type') !== 'authorization_code') throw new ApiFault(40002, 'invalid grant_type');
    const text = query.get('code') ?? '';
    if (text === '') throw new ApiFault(41008, 'missing code');
    const code = this.#codes.get(text);
    const expired = !code || this.#parts.clock.nowMs() - code.madeAtMs > codeLifetimeMs;
    if (expired || code.appId !== appId) throw new ApiFault(40029, 'invalid code');
    if (code.used) throw new ApiFault(40163, 'code been used');
    code.used = true;
    return this.#grantAnswer(code);
  }

  refreshToken(call: ApiCall): object {
    requireGet(call);
    const { query } = call;
    const appId = query.get('appid');
    if (!this.#parts.secrets.has(appId ?? '')) throw new ApiFault(40013, 'invalid appid');
    if (query.get('grant_type') !== 'refresh_token') throw new ApiFault(40002, 'invalid grant_type');
    const text = query.get('refresh_token') ?? '';
    const grant = this.#refreshTokens.get(text);
    if (!grant || grant.appId !== appId) throw new ApiFault(40030, 'invalid refresh_token');
    if (grant.expiresAtMs <= this.#parts.clock.nowMs()) throw new ApiFault(42002, 'refresh_token expired');
    return { ...this.#tokenAnswer(grant), refresh_token: text };
  }

  userInfo(call: ApiCall): object {
    const grant = this.#checkToken(call);
    if (grant.scope !== 'snsapi_userinfo' || grant.snapshot) throw new ApiFault(48001, 'api unauthorized');
    const { nickname } = this.#parts.followers.get(grant.person);
    const place = { sex: 0, language: '', city: '', province: '', country: '', headimgurl: '', privilege: [] };
    return { openid: grant.openid, nickname, ...place, ...this.#unionId(grant) };
  }

  checkAuthorization(call: ApiCall): object {
    this.#checkToken(call);
    return { errcode: 0, errmsg: 'ok' };
  }

  #authorizeFault({ rawQuery, query }: ApiCall): string | undefined {
    if ((query.get('appid') ?? '') === '') return '10012';
    if ((query.get('redirect_uri') ?? '') === '') return '10011';
    if ((query.get('scope') ?? '') === '') return '10010';
    if ((query.get('state') ?? '') === '') return '10013';
    if (!inOrder(rawQuery) || query.get('response_type') !== 'code') return 'parameter-order';
    if (!this.#parts.secrets.has(query.get('appid') ?? '')) return '10016';
    if (!['snsapi_base', 'snsapi_userinfo'].includes(query.get('scope') ?? '')) return '10005';
    if (!this.#parts.accountOf(query.get('appid') ?? '').rights.mayAuthorizePeople()) return '10005';
    if (!/^[a-zA-Z0-9]{1,128}$/.test(query.get('state') ?? '')) return 'state-form';
    return this.#hostAllowed(query.get('redirect_uri') ?? '') ? undefined : '10003';
  }

  #hostAllowed(redirectUri: string): boolean {
    const url = URL.parse(redirectUri);
    return url !== null && /^https?:$/.test(url.protocol) && this.#hosts.has(url.hostname);
  }

  /** Whose phone it is: the cookie decides, otherwise the first person. */
  #currentUser(cookie: string): Follower | undefined {
    const { followers } = this.#parts;
    const chosen = /(?:^|;\s*)sim_openid=([^;]*)/.exec(cookie)?.[1];
    return chosen === undefined ? followers.list()[0] : followers.find(chosen);
  }

  #makeCode(grant: Grant): string {
    const { random, clock } = this.#parts;
    const nowMs = clock.nowMs();
    for (const [old, { madeAtMs }] of this.#codes) {
      if (nowMs - madeAtMs <= 2 * codeLifetimeMs) break;
      this.#codes.delete(old);
    }
    const code = random.text(32);
    const openid = grant.snapshot ? `${grant.openid.slice(0, 6)}${random.text(22)}` : grant.openid;
    this.#codes.set(code, { ...grant, openid, madeAtMs: nowMs, used: false });
    return code;
  }

  #grantAnswer({ appId, openid, person, scope, snapshot }: Code): object {
    const refreshToken = `${this.#parts.random.whole(90) + 10}_${this.#parts.random.text(86)}`;
    const grant = { appId, openid, person, scope, snapshot };
    const expiresAtMs = this.#parts.clock.nowMs() + refreshLifetimeMs;
    this.#refreshTokens.set(refreshToken, { ...grant, expiresAtMs });
    const answer = { ...this.#tokenAnswer(grant), refresh_token: refreshToken };
    return snapshot && this.snapshotFlag === 'told' ? { ...answer, is_snapshotuser: 1 } : answer;
  }

  #tokenAnswer({ appId, openid, person, scope, snapshot }: Grant): object {
    const text = `${this.#parts.random.whole(90) + 10}_${this.#parts.random.text(86)}`;
    const expiresAtMs = this.#parts.clock.nowMs() + tokenLifetimeMs;
    this.#tokens.set(text, { appId, openid, person, scope, snapshot, expiresAtMs });
    const known = { access_token: text, expires_in: tokenLifetimeMs / 1000, openid, scope };
    return { ...known, ...this.#unionId({ appId, openid, person, scope, snapshot }) };
  }

  /** A virtual user's is as made up as the rest. */
  #unionId({ appId, openid, person, snapshot }: Grant): { unionid?: string } {
    const follower = this.#parts.followers.get(person);
    const unionid = this.#parts.accountOf(appId).people.unionId({ follower });
    if (unionid === undefined) return {};
    return { unionid: snapshot ? `${unionid.slice(0, 6)}${openid.slice(6)}` : unionid };
  }

  #checkToken(call: ApiCall): SnsToken {
    requireGet(call);
    const text = call.query.get('access_token') ?? '';
    if (text === '') throw new ApiFault(41001, 'access_token missing');
    const grant = this.#tokens.get(text);
    if (!grant) throw new ApiFault(40001, 'invalid credential, access_token is invalid or not latest');
    if (grant.expiresAtMs <= this.#parts.clock.nowMs()) throw new ApiFault(42001, 'access_token expired');
    if (call.query.get('openid') !== grant.openid) throw new ApiFault(40003, 'invalid openid');
    return grant;
  }

  #note(follower: Follower, title: string, titleEn: string, detail: Record<string, string>): void {
    this.#parts.timeline.add({ kind: 'authorization', openid: follower.openid, title, titleEn, detail });
  }
}

/** The platform matches the link by a pattern: this order, everything of the return address encoded. */
function inOrder(rawQuery: string): boolean {
  const pairs = rawQuery.split('&').map((pair) => pair.split('='));
  const names = pairs.map(([name = '']) => name);
  const extra = names.slice(namesInOrder.length);
  return (
    namesInOrder.every((name, at) => names[at] === name) &&
    extra.every((name) => optionalNames.includes(name)) &&
    pairs.every((pair) => pair.length === 2 && !/[:/?#]/.test(pair[1] ?? ''))
  );
}

function faultPage(code: string): ApiReply {
  const text = pageFaults[code] ?? '';
  const body = `<!doctype html><meta charset="utf-8"><title>${code}</title><h1>${code}</h1><p>${text}</p>`;
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}
