import { createCipheriv, createHash } from 'node:crypto';
import { beijingText, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { writeXml } from '../wire/xml.ts';
import { factsOf, type Shop, type ShopOrder } from './shop.ts';
import { rfc3339, type V3Keys } from './v3-keys.ts';

/** How a notice travels, and what is wrong with it. */
export type NoticeOptions = {
  version?: 2 | 3;
  algorithm?: 'MD5' | 'HMAC-SHA256';
  fault?: 'twice-at-once' | 'delayed' | 'wrong-sign' | 'other-merchant';
  /** With `delayed`: how long before the first delivery. */
  delayMs?: number;
};

/** One delivery with what the service answered; status 0 when nobody did. */
export type NoticeDelivery = { transactionId: string; atMs: number; status: number; body: string; accepted: boolean };

type Notice = { order: ShopOrder; options: NoticeOptions; refundId?: string };
type Parts = {
  clock: SimulatorClock;
  random: Random;
  shop: Shop;
  merchant: { mchId: string; apiKey: string };
  keys: V3Keys;
  paid: (order: ShopOrder) => void;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Pauses before each repeat, until one is accepted: https://pay.weixin.qq.com/doc/v2/merchant/4011941129 */
const repeatPauses = [15 * second, 15 * second, 30 * second, 3 * minute, 10 * minute, 20 * minute, 30 * minute].concat([
  30 * minute,
  30 * minute,
  hour,
  3 * hour,
  3 * hour,
  3 * hour,
  6 * hour,
  6 * hour,
]);
const answerMaxMs = 5000;
const lookEveryMs = 200;

/** Tells the service of payments and refunds at the shop, again and again until it says SUCCESS. */
export class ShopNotices {
  readonly deliveries: NoticeDelivery[] = [];
  readonly #parts: Parts;
  readonly #waiting: { dueMs: number; notice: Notice; repeats: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #url: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.clock.onAdvance(() => this.#deliverDue());
  }

  setNotifyUrl(url: string): void {
    this.#url = url;
  }

  get apiV3Key(): string {
    return this.#parts.keys.apiV3Key;
  }

  /** WeChat Pay's public key of version 3. */
  get publicKey(): { id: string; pem: string } {
    return this.#parts.keys.publicKey;
  }

  /** A customer pays; the first delivery is done, whatever came of it, when this resolves. */
  async pay(
    payer: { openid: string; appId: string },
    totalFen: number,
    options: NoticeOptions = {},
  ): Promise<ShopOrder> {
    const order = this.#parts.shop.order(payer, totalFen);
    this.#parts.paid(order);
    await this.#begin({ order, options });
    return order;
  }

  async refund(transactionId: string, fen: number, options: NoticeOptions = {}): Promise<void> {
    const { order, refundId } = this.#parts.shop.refund(transactionId, fen);
    await this.#begin({ order, options, refundId });
  }

  /** Delivers the notice of an order once more, as a repeat after SUCCESS would. */
  async deliverAgain(order: ShopOrder, options: NoticeOptions = {}): Promise<NoticeDelivery> {
    return this.#deliver({ order, options });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#waiting.length = 0;
  }

  async #begin(notice: Notice): Promise<void> {
    const { fault, delayMs = minute } = notice.options;
    if (this.#url === undefined) return;
    if (fault === 'delayed') return this.#wait(notice, delayMs, 0);
    if (fault === 'twice-at-once') {
      await Promise.all([this.#deliver(notice), this.#deliver(notice)]);
      return;
    }
    await this.#try(notice, 0);
  }

  async #try(notice: Notice, repeats: number): Promise<void> {
    const { accepted } = await this.#deliver(notice);
    const pauseMs = repeatPauses[repeats];
    if (!accepted && pauseMs !== undefined) this.#wait(notice, pauseMs, repeats + 1);
  }

  #wait(notice: Notice, forMs: number, repeats: number): void {
    this.#waiting.push({ dueMs: this.#parts.clock.nowMs() + forMs, notice, repeats });
    this.#timer ??= setInterval(() => this.#deliverDue(), lookEveryMs).unref();
  }

  #deliverDue(): void {
    const nowMs = this.#parts.clock.nowMs();
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    for (const one of due) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      void this.#try(one.notice, one.repeats);
    }
  }

  async #deliver(notice: Notice): Promise<NoticeDelivery> {
    const { transactionId } = notice.order;
    const version = notice.options.version ?? 2;
    const { headers, body } = version === 2 ? this.#xml(notice) : this.#json(notice);
    const delivery: NoticeDelivery = {
      transactionId,
      atMs: this.#parts.clock.nowMs(),
      status: 0,
      body: '',
      accepted: false,
    };
    try {
      const signal = AbortSignal.timeout(answerMaxMs);
      const response = await fetch(this.#url ?? '', { method: 'POST', headers, body, signal });
      delivery.status = response.status;
      delivery.body = await response.text();
      const said = /<return_code><!\[CDATA\[SUCCESS\]\]><\/return_code>/.test(delivery.body);
      delivery.accepted = version === 2 ? response.status === 200 && said : [200, 204].includes(response.status);
    } catch {
      // Nobody there is as good as FAIL.
    }
    this.deliveries.push(delivery);
    return delivery;
  }

  #xml({ order, options, refundId }: Notice): { headers: Record<string, string>; body: string } {
    const { shop, merchant } = this.#parts;
    const mchId = options.fault === 'other-merchant' ? '1999999999' : merchant.mchId;
    const head: [string, string][] = [
      ['return_code', 'SUCCESS'],
      ['mch_id', mchId],
    ];
    const headers = { 'content-type': 'text/xml' };
    if (refundId !== undefined) {
      const body = writeXml([...head, ['appid', order.appId], ['req_info', this.#refundInfo(order, refundId)]]);
      return { headers, body };
    }
    const pairs: [string, string][] = [...head, ['result_code', 'SUCCESS'], ...factsOf(order)];
    const signed = shop.sign(pairs, options.algorithm);
    return {
      headers,
      body: options.fault === 'wrong-sign' ? signed.replace(/[0-9A-F](\]\]><\/sign>)/, 'G$1') : signed,
    };
  }

  #refundInfo(order: ShopOrder, refundId: string): string {
    const refund = order.refunds.find((one) => one.refundId === refundId);
    const pairs: [string, string][] = [
      ['transaction_id', order.transactionId],
      ['out_trade_no', order.tradeNumber],
      ['refund_id', refundId],
      ['total_fee', String(order.totalFen)],
      ['refund_fee', String(refund?.fen ?? 0)],
      ['refund_status', 'SUCCESS'],
      ['success_time', beijingText(refund?.atMs ?? 0)],
    ];
    const text = `<root>${pairs.map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`).join('')}</root>`;
    const key = createHash('md5').update(this.#parts.merchant.apiKey).digest('hex');
    const cipher = createCipheriv('aes-256-ecb', Buffer.from(key), null);
    return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
  }

  #json(notice: Notice): { headers: Record<string, string>; body: string } {
    const { keys } = this.#parts;
    const refund = notice.refundId !== undefined;
    const original = refund ? 'refund' : 'transaction';
    const event = refund
      ? { type: 'REFUND.SUCCESS', summary: '退款成功', original, associated: original }
      : { type: 'TRANSACTION.SUCCESS', summary: '支付成功', original, associated: original };
    const body = keys.notice(event, refund ? this.#refundPlain(notice) : this.#paidPlain(notice));
    const signed = keys.signed(body, notice.options.fault === 'wrong-sign');
    return { headers: { 'content-type': 'application/json', ...signed }, body };
  }

  #paidPlain({ order, options }: Notice): object {
    return {
      mchid: options.fault === 'other-merchant' ? '1999999999' : this.#parts.merchant.mchId,
      appid: order.appId,
      out_trade_no: order.tradeNumber,
      transaction_id: order.transactionId,
      trade_type: 'JSAPI',
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      bank_type: 'OTHERS',
      attach: '',
      success_time: rfc3339(order.paidAtMs),
      payer: { openid: order.openid },
      amount: { total: order.totalFen, payer_total: order.totalFen, currency: 'CNY', payer_currency: 'CNY' },
    };
  }

  #refundPlain({ order, refundId }: Notice): object {
    const refund = order.refunds.find((one) => one.refundId === refundId);
    return {
      mchid: this.#parts.merchant.mchId,
      out_trade_no: order.tradeNumber,
      transaction_id: order.transactionId,
      refund_id: refundId,
      refund_status: 'SUCCESS',
      success_time: rfc3339(refund?.atMs ?? 0),
      amount: {
        total: order.totalFen,
        refund: refund?.fen ?? 0,
        payer_total: order.totalFen,
        payer_refund: refund?.fen ?? 0,
      },
    };
  }
}
