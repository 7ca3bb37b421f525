import type { Followers } from '../followers.ts';
import type { ApiCall, ApiReply } from '../weixin/api-call.ts';
import type { Books, Packet } from './books.ts';
import type { TransferNotices } from './transfer-notices.ts';

type Parts = { mchId: string; books: Books; followers: Followers; notices: TransferNotices };

/** What WeChat lays over a page that hands it a transfer: who pays how much, to confirm or to leave. */
export class ConfirmPage {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `GET` shows it, `POST` confirms and goes back. */
  answer({ method, query, cookie }: ApiCall): ApiReply {
    const back = query.get('back') ?? '';
    if (!/^https?:\/\/(127\.0\.0\.1|localhost)(:\d+)?\//.test(back)) return page('页面地址不对');
    const packet = this.#parts.books.packets().find(({ transfer }) => transfer?.packageInfo === query.get('package'));
    const fault = packet === undefined ? '没有这笔转账' : this.#faultOf(packet, query, cookie);
    if (packet === undefined || fault !== undefined) return page(fault ?? '', link(back));
    if (method !== 'POST') return page(`${packet.sendName}：${(packet.amountFen / 100).toFixed(2)} 元`, form(back));
    this.#parts.notices.confirm(packet.transfer?.packageInfo ?? '');
    return { status: 303, contentType: 'text/html; charset=utf-8', body: '', location: back };
  }

  /** Only who is paid may confirm, and only what waits for it. */
  #faultOf(packet: Packet, query: URLSearchParams, cookie: string): string | undefined {
    const { mchId, followers } = this.#parts;
    if (query.get('mch_id') !== mchId || query.get('appid') !== packet.appId) return '商户号或appid不对';
    const chosen = /(?:^|;\s*)sim_openid=([^;]*)/.exec(cookie)?.[1];
    const person = chosen === undefined ? followers.list()[0] : followers.find(chosen);
    if (person === undefined || followers.openidFor(person, packet.appId) !== packet.openid)
      return '收款人不是当前微信';
    return packet.status === 'SENT' ? undefined : '这笔转账已经结束';
  }
}

function form(back: string): string {
  return `<form method="post"><button>确认收款</button></form>${link(back)}`;
}

function link(back: string): string {
  return `<p><a href="${escaped(back)}">返回</a></p>`;
}

function page(text: string, more = ''): ApiReply {
  const title =
    '<title>商家转账</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1">';
  const body = `<!doctype html><html lang="zh-CN"><meta charset="utf-8">${title}<h1>${escaped(text)}</h1>${more}</html>`;
  return { status: 200, contentType: 'text/html; charset=utf-8', body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
