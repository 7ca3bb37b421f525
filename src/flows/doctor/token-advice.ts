import { said } from './finding.ts';
import type { Advice } from './finding.ts';

const ADMIN = 'mp.weixin.qq.com > 设置与开发 > 开发接口管理 > 基本配置';

const NETWORK: Advice = {
  causes: [
    said(
      'this server cannot reach api.weixin.qq.com on port 443, or WeChat is in trouble',
      '本服务器无法访问 api.weixin.qq.com 的 443 端口，或微信侧故障',
    ),
  ],
  todo: [
    said(
      'on this server: curl -v https://api.weixin.qq.com/ ; open outgoing TCP 443 and DNS',
      '在本服务器执行 curl -v https://api.weixin.qq.com/ ，放行出站 TCP 443 与 DNS',
    ),
  ],
};
const SECRET: Advice = {
  causes: [
    said(
      'WECHAT_APP_SECRET is another one: it was reset, which makes the old one useless at once',
      'WECHAT_APP_SECRET 不对：AppSecret 被重置后旧值立即失效',
    ),
  ],
  todo: [
    said(
      `${ADMIN} > 开发者密码(AppSecret): reset it, and set the new one here`,
      `${ADMIN} > 开发者密码(AppSecret)：重置，并把新值配置到这里`,
    ),
  ],
};
const APP_ID: Advice = {
  causes: [said('WECHAT_APP_ID is mistyped, or of another account', 'WECHAT_APP_ID 填写有误，或属于另一个公众号')],
  todo: [
    said(`${ADMIN} > 开发者ID(AppID): compare all 18 characters`, `${ADMIN} > 开发者ID(AppID)：逐位核对 18 个字符`),
  ],
};
const ADDRESS: Advice = {
  causes: [
    said(
      'the address that WeChat sees, which its text names, is not on the account’s IP list',
      '微信看到的出口 IP（见其返回文字）不在公众号的 IP 白名单里',
    ),
  ],
  todo: [
    said(
      `${ADMIN} > IP白名单: add that address; it is the one an IP list of the merchant platform needs, too`,
      `${ADMIN} > IP白名单：加入该 IP；商户平台的 IP 设置也要填这个 IP`,
    ),
  ],
};
const UNKNOWN: Advice = {
  causes: [
    said(
      'WeChat refuses this account for a reason that its text and number tell',
      '微信拒绝了该公众号，原因见其错误码与文字',
    ),
  ],
  todo: [
    said(
      'look the number up: https://developers.weixin.qq.com/doc/service/guide/dev/api/errorcode.html',
      '查错误码：https://developers.weixin.qq.com/doc/service/guide/dev/api/errorcode.html',
    ),
  ],
};

const ADVICE: Readonly<Record<number, Advice>> = {
  0: NETWORK,
  40001: SECRET,
  40125: SECRET,
  41004: SECRET,
  40013: APP_ID,
  41002: APP_ID,
  40164: ADDRESS,
  61004: ADDRESS,
  89503: ADDRESS,
};

/** Returns what usually stands behind a number of WeChat's API when it is asked for a token; 0: it could not be asked. */
export function tokenAdvice(errcode: number): Advice {
  return ADVICE[errcode] ?? UNKNOWN;
}
