import type { SimulatorClock } from '../clock.ts';
import { beijingDay } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Books, Packet } from './books.ts';
import type { Fault, Faults } from './faults.ts';
import type { KnownPeople } from './packet-desk.ts';
import type { PayRules } from './pay-rules.ts';
import { readTransfer, TransferRefused, type TransferOrder } from './transfer-checks.ts';
import { rfc3339 } from './v3-keys.ts';

/** A call with its signature judged: undefined when the merchant signed it. */
export type TransferCall = { method: string; path: string; body: string; signatureFault: string | undefined };
/** The answer, and the fault that the wire still has to play. */
export type TransferResult = { status: number; body: object; fault?: Fault };
export type TransferState = 'PROCESSING' | 'WAIT_USER_CONFIRM' | 'SUCCESS' | 'FAIL' | 'CANCELING' | 'CANCELLED';

export type TransferDeskParts = {
  mchId: string;
  boundAppIds: ReadonlySet<string>;
  rules: PayRules;
  clock: SimulatorClock;
  books: Books;
  people: KnownPeople;
  faults: Faults;
  random: Random;
  /** Opens a sealed name. */
  openName: (sealed: string) => string | undefined;
};

export const transfersPath = '/v3/fund-app/mch-transfer/transfer-bills';
const numberPath = /^\/v3\/fund-app\/mch-transfer\/transfer-bills\/out-bill-no\/([0-9A-Za-z]{1,32})(\/cancel)?$/;
const callsPerSecondMax = 100;
/** Somebody whose account takes no money: the transfer fails as soon as it is worked on. */
const failsAfterMs = 1000;

/**
 * Decides transfers: signature, fields, binding, person, product, known number, rate, balance. They lie in the same books
 * as packets: what is a packet in the chat there waits for the person's confirmation here.
 */
export class TransferDesk {
  readonly #parts: TransferDeskParts;
  #callTimesMs: number[] = [];

  constructor(parts: TransferDeskParts) {
    this.#parts = parts;
  }

  answer(call: TransferCall): TransferResult {
    try {
      if (call.signatureFault !== undefined) throw new TransferRefused(401, 'SIGN_ERROR', call.signatureFault);
      return this.#decide(call);
    } catch (error) {
      if (!(error instanceof TransferRefused)) throw error;
      return { status: error.status, body: { code: error.code, message: error.message } };
    }
  }

  #decide({ method, path, body }: TransferCall): TransferResult {
    if (path === transfersPath && method === 'POST') return this.#create(readTransfer(body));
    const [, number, cancel] = numberPath.exec(path) ?? [];
    if (number !== undefined && cancel !== undefined && method === 'POST') return this.#cancel(number, body);
    if (number !== undefined && cancel === undefined && method === 'GET') return this.#query(number);
    throw new TransferRefused(404, 'NOT_FOUND', '接口不存在');
  }

  #create(order: TransferOrder): TransferResult {
    const { boundAppIds, people, rules, faults } = this.#parts;
    if (!boundAppIds.has(order.appId)) throw new TransferRefused(400, 'PARAM_ERROR', '商户号和appid没有绑定关系');
    if (!people.belongs(order.openid, order.appId))
      throw new TransferRefused(400, 'PARAM_ERROR', 'openid与appid不匹配');
    if (order.userName !== undefined && this.#parts.openName(order.userName) === undefined)
      throw new TransferRefused(400, 'PARAM_ERROR', '收款用户姓名解密失败');
    if (!rules.productOpen) throw new TransferRefused(403, 'NO_AUTH', '商户号未开通商家转账产品');
    if (!rules.apiSwitchOn) throw new TransferRefused(403, 'NO_AUTH', '商户号已关闭API发起转账');
    this.#checkRate();
    const fault = faults.take('send');
    if (fault && !fault.paying && fault.kind !== 'processing')
      return { ...(fault.kind === 'unknown-code' ? newCode() : systemError()), fault };
    const packet = this.#carryOut(order, fault);
    if (fault?.kind === 'system-error') return { ...systemError(), fault };
    if (fault?.kind === 'unknown-code') return { ...newCode(), fault };
    const result = { status: 200, body: this.#told(packet) };
    return fault ? { ...result, fault } : result;
  }

  #carryOut(order: TransferOrder, fault: Fault | undefined): Packet {
    const { books, clock, rules, people, random } = this.#parts;
    const known = books.packet(order.number);
    if (known) {
      const same = known.openid === order.openid && known.amountFen === order.amountFen && known.appId === order.appId;
      if (same && known.transfer !== undefined && known.remark === order.remark) return known;
      books.violations.push({
        atMs: clock.nowMs(),
        kind: 'changed-request',
        number: order.number,
        text: 'other fields',
      });
      throw new TransferRefused(400, 'ALREADY_EXISTS', '单号已存在但信息不一致，请查单后比较确认');
    }
    if (books.totals().balanceFen < order.amountFen)
      throw new TransferRefused(403, 'NOT_ENOUGH', '商户运营账户资金不足');
    const packetOrder = {
      number: order.number,
      appId: order.appId,
      openid: order.openid,
      amountFen: order.amountFen,
      wishing: order.reward,
      sendName: order.activityName,
      actName: order.activityName,
      remark: order.remark,
      transfer: {
        packageInfo: `mchtransfer_${random.text(48)}`,
        redPacketLook: order.redPacketLook,
        ...(order.notifyUrl === undefined ? {} : { notifyUrl: order.notifyUrl }),
      },
    };
    const listId = `1330${beijingDay(clock.nowMs())}${random.digits(20)}`;
    if (people.isRisky(order.openid)) return books.refuse(packetOrder, listId, 'PAYEE_ACCOUNT_ABNORMAL', failsAfterMs);
    const sendingForMs = fault?.kind === 'processing' ? rules.processingForMs : rules.sendingForMs;
    const hiddenUntilMs = fault?.notFoundForMs ? clock.nowMs() + fault.notFoundForMs : 0;
    return books.accept(packetOrder, { listId, sendingForMs, hiddenUntilMs });
  }

  #query(number: string): TransferResult {
    const { books, clock, rules, faults, mchId } = this.#parts;
    const fault = faults.take('query');
    if (fault?.kind === 'system-error') return { ...systemError(), fault };
    const packet = books.packet(number);
    const nowMs = clock.nowMs();
    const old = packet !== undefined && nowMs - packet.bookedAtMs > rules.queryableForMs;
    if (packet?.transfer === undefined || nowMs < packet.hiddenUntilMs || old)
      throw new TransferRefused(404, 'NOT_FOUND', '记录不存在');
    const { appId, openid, amountFen, remark } = packet;
    const { package_info: _, ...told } = this.#told(packet);
    const body = { mch_id: mchId, ...told, appid: appId, openid, transfer_amount: amountFen, transfer_remark: remark };
    return { status: 200, body, ...(fault ? { fault } : {}) };
  }

  /** Only before the person confirms; what happens to it shows in the query. */
  #cancel(number: string, body: string): TransferResult {
    const { books } = this.#parts;
    if (body !== '' && body !== '{}') throw new TransferRefused(400, 'PARAM_ERROR', '请求体应为空');
    const packet = books.packet(number);
    if (packet?.transfer === undefined) throw new TransferRefused(404, 'NOT_FOUND', '记录不存在');
    if (packet.status === 'SENT') books.takeBack(number);
    else if (transferState(packet) === 'SUCCESS' || transferState(packet) === 'FAIL')
      throw new TransferRefused(400, 'INVALID_REQUEST', '当前状态不可撤销');
    const { out_bill_no, transfer_bill_no, state, update_time } = this.#told(packet);
    return { status: 200, body: { out_bill_no, transfer_bill_no, state, update_time } };
  }

  #told(packet: Packet) {
    const state = transferState(packet);
    const { number, listId, bookedAtMs, history, transfer } = packet;
    return {
      out_bill_no: number,
      transfer_bill_no: listId,
      create_time: rfc3339(bookedAtMs),
      update_time: rfc3339(history.at(-1)?.atMs ?? bookedAtMs),
      state,
      ...(state === 'FAIL' ? { fail_reason: failReason(packet) } : {}),
      ...(state === 'WAIT_USER_CONFIRM' ? { package_info: transfer?.packageInfo ?? '' } : {}),
    };
  }

  #checkRate(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#callTimesMs = this.#callTimesMs.filter((calledMs) => calledMs > nowMs - 1000);
    if (this.#callTimesMs.length >= callsPerSecondMax)
      throw new TransferRefused(429, 'FREQUENCY_LIMIT_EXCEED', '频率超限，请降低请求接口频率');
    this.#callTimesMs.push(nowMs);
  }
}

/** A transfer's own word for where it is. */
export function transferState({ status, transfer }: Packet): TransferState {
  const takenBack = transfer?.takenBack === true;
  switch (status) {
    case 'SENDING':
      return 'PROCESSING';
    case 'SENT':
      return 'WAIT_USER_CONFIRM';
    case 'RECEIVED':
      return 'SUCCESS';
    case 'RFUND_ING':
      return takenBack ? 'CANCELING' : 'FAIL';
    case 'REFUND':
      return takenBack ? 'CANCELLED' : 'FAIL';
    case 'FAILED':
      return 'FAIL';
  }
}

export function failReason({ status, reason }: Packet): string {
  return status === 'FAILED' ? (reason ?? 'PAYEE_ACCOUNT_ABNORMAL') : 'OVERDUE_CLOSE';
}

function systemError(): { status: number; body: object } {
  return { status: 500, body: { code: 'SYSTEM_ERROR', message: '系统异常，请用相同参数重新调用' } };
}

/** A word that no table has yet. */
function newCode(): { status: number; body: object } {
  return { status: 400, body: { code: 'NEW_CODE', message: '新的错误码' } };
}
