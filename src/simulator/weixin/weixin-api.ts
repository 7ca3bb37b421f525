import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import type { Random } from '../random.ts';
import { ApiFault, faultReply, jsonReply, requireGet, type ApiCall, type ApiReply } from './api-call.ts';
import type { CustomerMessages } from './customer-messages.ts';
import type { Tokens } from './tokens.ts';
import type { WebAuthorization } from './web-authorization.ts';

export type WeixinParts = {
  clock: SimulatorClock;
  random: Random;
  followers: Followers;
  tokens: Tokens;
  authorization: WebAuthorization;
  customerMessages: CustomerMessages;
};

type Handler = (call: ApiCall) => object;

/** api.weixin.qq.com and open.weixin.qq.com by path. Every API answer has status 200; the JSON says what happened. */
export class WeixinApi {
  readonly #parts: WeixinParts;
  readonly #open: ReadonlyMap<string, Handler>;
  readonly #tokenGuarded: ReadonlyMap<string, Handler>;

  constructor(parts: WeixinParts) {
    this.#parts = parts;
    const { tokens, authorization, customerMessages } = parts;
    this.#open = new Map<string, Handler>([
      ['/cgi-bin/token', (call) => tokens.token(call)],
      ['/cgi-bin/stable_token', (call) => tokens.stableToken(call)],
      ['/sns/oauth2/access_token', (call) => authorization.accessToken(call)],
      ['/sns/oauth2/refresh_token', (call) => authorization.refreshToken(call)],
      ['/sns/userinfo', (call) => authorization.userInfo(call)],
      ['/sns/auth', (call) => authorization.checkAuthorization(call)],
    ]);
    this.#tokenGuarded = new Map<string, Handler>([
      ['/cgi-bin/ticket/getticket', (call) => tokens.ticket(call)],
      ['/cgi-bin/user/info', (call) => this.#userInfo(call)],
      ['/cgi-bin/message/custom/send', (call) => customerMessages.send(call)],
      ['/cgi-bin/getcallbackip', (call) => this.#callbackAddresses(call)],
    ]);
  }

  /** Whether a path belongs to WeChat at all. */
  static owns(path: string): boolean {
    return /^\/(cgi-bin|sns|connect)\//.test(path);
  }

  handle(call: ApiCall): ApiReply {
    if (call.path === '/connect/oauth2/authorize') return this.#parts.authorization.authorize(call);
    try {
      return jsonReply(call.path, this.#answer(call));
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      return faultReply(call.path, error, this.#parts.clock.nowMs(), this.#parts.random);
    }
  }

  #answer(call: ApiCall): object {
    const open = this.#open.get(call.path);
    if (open) return open(call);
    const guarded = this.#tokenGuarded.get(call.path);
    if (!guarded) throw new ApiFault(40066, 'invalid url');
    this.#parts.tokens.check(call);
    return guarded(call);
  }

  /** Since 2021 without nickname and picture; somebody who does not follow is only an openid. */
  #userInfo(call: ApiCall): object {
    requireGet(call);
    const follower = this.#parts.followers.find(call.query.get('openid') ?? '');
    if (!follower) throw new ApiFault(40003, 'invalid openid');
    const { openid, subscribed, subscribedAtMs } = follower;
    if (!subscribed) return { subscribe: 0, openid };
    const time = Math.floor(subscribedAtMs / 1000);
    const scene = { subscribe_scene: 'ADD_SCENE_SEARCH', qr_scene: 0, qr_scene_str: '' };
    const tags = { remark: '', groupid: 0, tagid_list: [] };
    return { subscribe: 1, openid, language: 'zh_CN', subscribe_time: time, ...tags, ...scene };
  }

  #callbackAddresses(call: ApiCall): object {
    requireGet(call);
    return { ip_list: ['127.0.0.1'] };
  }
}
