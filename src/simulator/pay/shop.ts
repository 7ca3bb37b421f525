import { beijingText, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { writeXml, type XmlPairs } from '../wire/xml.ts';
import { payV2Sign } from './pay-sign.ts';

/** What a customer paid at a shop of the merchant. */
export type ShopOrder = {
  tradeNumber: string;
  transactionId: string;
  appId: string;
  openid: string;
  totalFen: number;
  /** As the order query spells it. */
  state: 'SUCCESS' | 'REFUND' | 'NOTPAY' | 'REVOKED';
  paidAtMs: number;
  refunds: { refundId: string; fen: number; atMs: number }[];
};

type Parts = { clock: SimulatorClock; random: Random; merchant: { mchId: string; apiKey: string } };
type Fields = ReadonlyMap<string, string>;

/** Orders of the merchant's shop, and the query about them: https://pay.weixin.qq.com/doc/v2/merchant/4011941128 */
export class Shop {
  readonly #parts: Parts;
  readonly #orders = new Map<string, ShopOrder>();
  /** How often each transaction was asked about. */
  readonly queries: string[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A customer pays, or stops before the end with another state. */
  order(payer: { openid: string; appId: string }, totalFen: number, state: ShopOrder['state'] = 'SUCCESS'): ShopOrder {
    if (!Number.isSafeInteger(totalFen) || totalFen < 1) throw new Error(`nobody pays ${totalFen} fen`);
    const { clock, random } = this.#parts;
    const atMs = clock.nowMs();
    const day = beijingText(atMs).slice(0, 10).replaceAll('-', '');
    const order: ShopOrder = {
      ...payer,
      totalFen,
      state,
      tradeNumber: `S${day}${random.digits(12)}`,
      transactionId: `42000${random.digits(5)}${day}${random.digits(10)}`,
      paidAtMs: Math.floor(atMs / 1000) * 1000,
      refunds: [],
    };
    this.#orders.set(order.transactionId, order);
    return order;
  }

  refund(transactionId: string, fen: number): { order: ShopOrder; refundId: string } {
    const order = this.#orders.get(transactionId);
    if (!order) throw new Error(`no order ${transactionId}`);
    const refundId = `50300${this.#parts.random.digits(18)}`;
    order.refunds.push({ refundId, fen, atMs: this.#parts.clock.nowMs() });
    order.state = 'REFUND';
    return { order, refundId };
  }

  /** Answers an order query, signed as it was asked by MD5. */
  answerQuery(fields: Fields): string {
    const { apiKey, mchId } = this.#parts.merchant;
    if (fields.get('sign') !== payV2Sign(fields, apiKey) || fields.get('mch_id') !== mchId) {
      return writeXml([
        ['return_code', 'FAIL'],
        ['return_msg', '签名错误'],
      ]);
    }
    this.queries.push(fields.get('transaction_id') ?? '');
    const order = this.#orders.get(fields.get('transaction_id') ?? '');
    const head: [string, string][] = [
      ['return_code', 'SUCCESS'],
      ['return_msg', 'OK'],
      ['appid', fields.get('appid') ?? ''],
      ['mch_id', mchId],
    ];
    if (!order || order.appId !== fields.get('appid')) {
      return this.sign([
        ...head,
        ['result_code', 'FAIL'],
        ['err_code', 'ORDERNOTEXIST'],
        ['err_code_des', '订单不存在'],
      ]);
    }
    const known: [string, string][] = order.state === 'NOTPAY' ? [] : factsOf(order).slice(1);
    return this.sign([...head, ['result_code', 'SUCCESS'], ['trade_state', order.state], ...known]);
  }

  /** The fields with nonce and signature, as one document. */
  sign(pairs: readonly [string, string][], algorithm: 'MD5' | 'HMAC-SHA256' = 'MD5'): string {
    const { random, merchant } = this.#parts;
    const whole: [string, string][] = [...pairs, ['nonce_str', random.hex(32)]];
    const signed: XmlPairs = [...whole, ['sign', payV2Sign(whole, merchant.apiKey, algorithm)]];
    return writeXml(signed);
  }
}

/** What a notice and a query tell of a paid order, the app id first. */
export function factsOf(order: ShopOrder): [string, string][] {
  return [
    ['appid', order.appId],
    ['openid', order.openid],
    ['is_subscribe', 'Y'],
    ['trade_type', 'JSAPI'],
    ['bank_type', 'OTHERS'],
    ['total_fee', String(order.totalFen)],
    ['fee_type', 'CNY'],
    ['cash_fee', String(order.totalFen)],
    ['transaction_id', order.transactionId],
    ['out_trade_no', order.tradeNumber],
    ['time_end', beijingText(order.paidAtMs).replaceAll(/[^0-9]/g, '')],
  ];
}
