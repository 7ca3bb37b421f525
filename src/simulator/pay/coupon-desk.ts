import type { SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { writeXml } from '../wire/xml.ts';
import type { Fault, Faults } from './faults.ts';
import type { Caller, KnownPeople } from './packet-desk.ts';
import { refusal, Refused, systemError, unknownCode, type PayAnswer } from './pay-answer.ts';
import type { PayRules } from './pay-rules.ts';
import { payV2Sign } from './pay-sign.ts';

/** A coupon that somebody was given. */
export type Coupon = { id: string; number: string; stockId: string; appId: string; openid: string; givenAtMs: number };

type Fields = ReadonlyMap<string, string>;
type Parts = {
  merchant: { mchId: string; apiKey: string };
  boundAppIds: ReadonlySet<string>;
  rules: PayRules;
  clock: SimulatorClock;
  people: KnownPeople;
  faults: Faults;
  random: Random;
};

const required: readonly (readonly [name: string, form: RegExp])[] = [
  ['coupon_stock_id', /^[0-9A-Za-z]{1,64}$/],
  ['openid_count', /^1$/],
  ['partner_trade_no', /^[0-9A-Za-z]{1,32}$/],
  ['openid', /^.{1,64}$/],
  ['appid', /^.{1,32}$/],
  ['mch_id', /^[0-9]{1,32}$/],
  ['nonce_str', /^.{1,32}$/],
];
const known = new Set([...required.map(([name]) => name), 'sign', 'op_user_id', 'device_info', 'version', 'type']);

/** Gives coupons of the stocks that the merchant has: each number gives one, however often it comes. Its answers are signed. */
export class CouponDesk {
  readonly #parts: Parts;
  readonly #given = new Map<string, Coupon>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Every coupon given, in order. */
  coupons(): readonly Coupon[] {
    return [...this.#given.values()];
  }

  send(fields: Fields, caller: Caller): { answer: PayAnswer; fault?: Fault } {
    try {
      this.#check(fields, caller);
      const fault = this.#parts.faults.take('send');
      if (fault && !fault.paying)
        return { answer: fault.kind === 'unknown-code' ? unknownCode({}) : systemError(), fault };
      const answer = this.#carryOut(fields);
      if (fault?.kind === 'system-error' || fault?.kind === 'processing') return { answer: systemError(), fault };
      return fault ? { answer, fault } : { answer };
    } catch (error) {
      if (error instanceof Refused) return { answer: refusal(error) };
      throw error;
    }
  }

  /** Unlike a packet's, a coupon's answer carries a signature. */
  write(answer: PayAnswer): string {
    const fields = Object.entries(answer).map(([name, value]) => [name, String(value)] as const);
    const sign = payV2Sign(fields, this.#parts.merchant.apiKey);
    return writeXml([...Object.entries(answer), ['sign', sign]]);
  }

  #check(fields: Fields, { certificateMchId }: Caller): void {
    const { merchant, boundAppIds, people } = this.#parts;
    if (certificateMchId === undefined || fields.get('mch_id') !== certificateMchId) throw new Refused('CA_ERROR');
    if (fields.get('sign') !== payV2Sign(fields, merchant.apiKey)) throw new Refused('SIGN_ERROR');
    for (const [name, form] of required) {
      if (!form.test(fields.get(name) ?? '')) throw new Refused('PARAM_ERROR', `${name}字段不合法`);
    }
    const foreign = [...fields.keys()].find((name) => !known.has(name));
    if (foreign !== undefined) throw new Refused('PARAM_ERROR', `${foreign}字段不支持`);
    const appId = fields.get('appid') ?? '';
    if (!boundAppIds.has(appId)) throw new Refused('PARAM_ERROR', '商户号和appid不匹配');
    if (!people.belongs(fields.get('openid') ?? '', appId)) throw new Refused('OPENID_ERROR');
  }

  #carryOut(fields: Fields): PayAnswer {
    const { clock, people, random, rules } = this.#parts;
    const get = (name: string): string => fields.get(name) ?? '';
    const [number, stockId, openid] = [get('partner_trade_no'), get('coupon_stock_id'), get('openid')];
    const earlier = this.#given.get(number);
    if (earlier && (earlier.openid !== openid || earlier.stockId !== stockId)) throw new Refused('FATAL_ERROR');
    const left = (rules.couponStocks[stockId] ?? -1) - this.coupons().filter((one) => one.stockId === stockId).length;
    const why = people.isRisky(openid) ? '该用户为小号，不能领券' : left < 0 ? '批次不存在' : '批次已发完';
    const echo = { appid: get('appid'), mch_id: get('mch_id'), coupon_stock_id: stockId, openid };
    if (!earlier && (people.isRisky(openid) || left <= 0)) return outcome(echo, { why });
    const id = earlier?.id ?? random.digits(10);
    this.#given.set(number, earlier ?? { id, number, stockId, appId: get('appid'), openid, givenAtMs: clock.nowMs() });
    return outcome(echo, { id });
  }
}

function outcome(echo: PayAnswer, { id, why = '' }: { id?: string; why?: string }): PayAnswer {
  const given = id !== undefined;
  return {
    return_code: 'SUCCESS',
    ...echo,
    result_code: given ? 'SUCCESS' : 'FAIL',
    resp_count: 1,
    success_count: given ? 1 : 0,
    failed_count: given ? 0 : 1,
    ret_code: given ? 'SUCCESS' : 'FAILED',
    ...(given ? { coupon_id: id } : { ret_msg: why, err_code: 'FAIL', err_code_des: why }),
  };
}
