import type { SimulatorClock } from '../clock.ts';
import type { ConfirmPage } from '../pay/confirm-page.ts';
import type { Random } from '../random.ts';
import type { AccountDesk } from './account-desk.ts';
import { ApiFault, faultReply, FileReply, jsonReply, makeRid, type ApiCall, type ApiReply } from './api-call.ts';
import { jsSdkPath, jsSdkScript } from './js-sdk.ts';
import type { Tokens } from './tokens.ts';
import type { WebAuthorization } from './web-authorization.ts';

export type WeixinParts = {
  clock: SimulatorClock;
  random: Random;
  tokens: Tokens;
  authorization: WebAuthorization;
  /** Where people confirm transfers. */
  confirmPage: ConfirmPage;
  /** Every account played, by app id. */
  desks: ReadonlyMap<string, AccountDesk>;
};

type Handler = (call: ApiCall) => object;

const ticketPath = '/cgi-bin/ticket/getticket';
const uncounted = ['/cgi-bin/openapi/', '/cgi-bin/clear_quota'];

/** api.weixin.qq.com, mp.weixin.qq.com and open.weixin.qq.com by path. API answers have status 200; the JSON tells. */
export class WeixinApi {
  readonly #parts: WeixinParts;
  readonly #open: ReadonlyMap<string, Handler>;

  constructor(parts: WeixinParts) {
    this.#parts = parts;
    const { tokens, authorization } = parts;
    this.#open = new Map<string, Handler>([
      ['/cgi-bin/token', (call) => tokens.token(call)],
      ['/cgi-bin/stable_token', (call) => tokens.stableToken(call)],
      ['/sns/oauth2/access_token', (call) => authorization.accessToken(call)],
      ['/sns/oauth2/refresh_token', (call) => authorization.refreshToken(call)],
      ['/sns/userinfo', (call) => authorization.userInfo(call)],
      ['/sns/auth', (call) => authorization.checkAuthorization(call)],
    ]);
  }

  /** Whether a path belongs to WeChat at all. */
  static owns(path: string): boolean {
    return /^\/(cgi-bin|sns|connect)\//.test(path) || path === jsSdkPath;
  }

  handle(call: ApiCall): ApiReply {
    if (call.path === '/connect/oauth2/authorize') return this.#parts.authorization.authorize(call);
    if (call.path === '/connect/transfer') return this.#parts.confirmPage.answer(call);
    if (call.path === jsSdkPath) return { status: 200, contentType: 'text/javascript', body: jsSdkScript };
    if (call.path === '/cgi-bin/showqrcode') return this.#showCode(call.query.get('ticket') ?? '');
    const { clock, random } = this.#parts;
    try {
      const value = this.#answer(call);
      return value instanceof FileReply ? fileReply(value) : jsonReply(call.path, value);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      const rid = makeRid(clock.nowMs(), random);
      const reply = faultReply(call.path, error, rid);
      for (const desk of this.#parts.desks.values()) desk.quotas.record(rid, call, String(reply.body));
      return reply;
    }
  }

  /** In the order seen live: the token first, then rights and quotas, then method, body and fields. */
  #answer(call: ApiCall): object {
    const open = this.#open.get(call.path);
    if (open) return open(call);
    const known = [...this.#parts.desks.values()].some((desk) => desk.handler(call.path) !== undefined);
    if (!known && call.path !== ticketPath) throw new ApiFault(40066, 'invalid url');
    const appId = this.#parts.tokens.check(call);
    const desk = this.#parts.desks.get(appId);
    if (!desk) throw new ApiFault(40013, 'invalid appid');
    desk.rights.check(call.path);
    if (!uncounted.some((prefix) => call.path.startsWith(prefix))) desk.quotas.count(call.path);
    if (call.path === ticketPath) return this.#parts.tokens.ticket(call, appId);
    const handler = desk.handler(call.path);
    if (!handler) throw new ApiFault(40066, 'invalid url');
    return handler({ ...call, escapes: desk.rights.escapes });
  }

  #showCode(ticket: string): ApiReply {
    const pictures = [...this.#parts.desks.values()].flatMap((desk) => desk.sceneCodes.show(ticket) ?? []);
    const [picture] = pictures;
    if (!picture) return { status: 404, contentType: 'text/html', body: '' };
    return { status: 200, contentType: picture.contentType, body: picture.bytes };
  }
}

function fileReply({ contentType, bytes, fileName }: FileReply): ApiReply {
  const disposition = `attachment; filename="${encodeURIComponent(fileName)}"`;
  return { status: 200, contentType, body: bytes, disposition };
}
