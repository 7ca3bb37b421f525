import { beijingDay, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Books, Packet, PacketOrder } from './books.ts';
import type { Fault, Faults } from './faults.ts';
import { oldNotFound, refusal, Refused, success, systemError, unknownCode, type PayAnswer } from './pay-answer.ts';
import type { PayRules } from './pay-rules.ts';
import { payV2Sign } from './pay-sign.ts';
import { describe, miniPackage, splitAtRandom } from './packet-kinds.ts';
import { checkQueryFields, checkSendFields, type Fields, type PacketKind } from './request-checks.ts';

/** What the desk must know of people: whether an openid exists under an app id, and whether it looks dangerous. */
export type KnownPeople = { belongs(openid: string, appId: string): boolean; isRisky(openid: string): boolean };

/** Who called: the merchant number in a certificate of ours, or nothing; and the address. */
export type Caller = { certificateMchId: string | undefined; address: string };

/** The answer, and the fault that the wire still has to play. */
export type DeskResult = { answer: PayAnswer; fault?: Fault };

export type DeskParts = {
  merchant: { mchId: string; apiKey: string };
  /** Official accounts bound to the merchant. */
  boundAppIds: ReadonlySet<string>;
  rules: PayRules;
  clock: SimulatorClock;
  books: Books;
  people: KnownPeople;
  faults: Faults;
  random: Random;
};

/** Timers of an honest client may fire this much early by another clock. */
const pauseToleranceMs = 10;
const repeatsRememberedMax = 100_000;

/**
 * Decides red-packet requests in the order: certificate, signature, fields, binding, person, switches, known number,
 * rate, amount, daily limits, risk, balance. The live order is not published; this one tells the least first.
 */
export class PacketDesk {
  readonly #parts: DeskParts;
  readonly #lastSentMs = new Map<string, number>();
  readonly #lastQueriedMs = new Map<string, number>();
  #sendTimesMs: number[] = [];

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  send(fields: Fields, caller: Caller, kind: PacketKind = 'plain'): DeskResult {
    const echo = echoOf(fields, ['mch_billno', 'mch_id', 'wxappid', 're_openid', 'total_amount']);
    return this.#answering(echo, () => {
      this.#checkCaller(fields, caller);
      checkSendFields(fields, this.#parts.rules, kind);
      this.#checkBinding(fields.get('wxappid') ?? '');
      this.#checkKind(fields.get('wxappid') ?? '', kind);
      const order = this.#orderOf(fields, kind);
      if (!this.#parts.people.belongs(order.openid, order.appId)) throw new Refused('OPENID_ERROR');
      this.#checkSwitches(caller);
      this.#checkRepeatPause(order);
      const fault = this.#parts.faults.take('send');
      const answer = this.#answerSend(order, fields.get('scene_id') ?? '', echo, fault);
      return fault ? { answer, fault } : { answer };
    });
  }

  query(fields: Fields, caller: Caller): DeskResult {
    return this.#answering(echoOf(fields, ['mch_billno', 'mch_id']), () => {
      this.#checkCaller(fields, caller);
      checkQueryFields(fields, this.#parts.rules);
      this.#checkBinding(fields.get('appid') ?? '');
      this.#checkSwitches(caller);
      const number = fields.get('mch_billno') ?? '';
      if (this.#tooSoon(this.#lastQueriedMs, number)) this.#refuseQueriedTooSoon(number);
      const fault = this.#parts.faults.take('query');
      const answer = fault?.kind === 'system-error' ? systemError() : this.#found(number);
      return fault ? { answer, fault } : { answer };
    });
  }

  #answering(echo: PayAnswer, decide: () => DeskResult): DeskResult {
    try {
      return decide();
    } catch (error) {
      if (error instanceof Refused) return { answer: refusal(error, echo) };
      throw error;
    }
  }

  #checkCaller(fields: Fields, { certificateMchId }: Caller): void {
    if (certificateMchId === undefined) throw new Refused('CA_ERROR');
    if (fields.get('mch_id') !== undefined && fields.get('mch_id') !== certificateMchId) throw new Refused('CA_ERROR');
    // The service signs over the fields it knows, and sign_type is none of them here.
    const signed = [...fields].filter(([name]) => name !== 'sign_type');
    if (fields.get('sign') !== payV2Sign(signed, this.#parts.merchant.apiKey)) throw new Refused('SIGN_ERROR');
  }

  #checkBinding(appId: string): void {
    const { boundAppIds, rules } = this.#parts;
    if (rules.illegalAppIds.includes(appId)) throw new Refused('ILLEGAL_APPID');
    if (!boundAppIds.has(appId)) throw new Refused('PARAM_ERROR', '商户号和wxappid不匹配');
  }

  /** Packets of mini programs go under a mini program's app id and the others under an official account's. */
  #checkKind(appId: string, kind: PacketKind): void {
    const { miniAppIds, groupPacketsOpen } = this.#parts.rules;
    if (miniAppIds.includes(appId) !== (kind === 'mini')) throw new Refused('ILLEGAL_APPID');
    if (kind === 'group' && !groupPacketsOpen) throw new Refused('NO_AUTH', '没有权限使用此API，该接口已下线');
  }

  #orderOf(fields: Fields, kind: PacketKind): PacketOrder {
    const order = orderOf(fields);
    const { random, merchant } = this.#parts;
    if (kind === 'mini') return { ...order, miniPackage: miniPackage({ ...merchant, appId: order.appId }, random) };
    if (kind === 'plain') return order;
    return { ...order, shares: splitAtRandom(order.amountFen, Number(fields.get('total_num')), random) };
  }

  #checkSwitches({ address }: Caller): void {
    const { productOpen, apiSwitchOn, allowedAddresses } = this.#parts.rules;
    if (!productOpen) throw new Refused('NO_AUTH', '没有权限使用此API，请登录商户平台开通产品');
    if (!apiSwitchOn) throw new Refused('API_METHOD_CLOSED');
    if (allowedAddresses.length > 0 && !allowedAddresses.includes(address)) {
      throw new Refused('NO_AUTH', 'IP地址非你在商户平台设置的可用IP地址');
    }
  }

  #checkRepeatPause({ number }: PacketOrder): void {
    if (!this.#tooSoon(this.#lastSentMs, number)) return;
    this.#violation('repeated-too-soon', number, 'the same order number within the shortest pause');
    throw new Refused('FREQ_LIMIT');
  }

  #refuseQueriedTooSoon(number: string): never {
    this.#violation('queried-too-soon', number, 'the same order number queried within the shortest pause');
    throw new Refused('FREQ_LIMIT');
  }

  #tooSoon(seen: Map<string, number>, number: string): boolean {
    const nowMs = this.#parts.clock.nowMs();
    const lastMs = seen.get(number) ?? -Infinity;
    if (seen.size >= repeatsRememberedMax) seen.clear();
    seen.set(number, nowMs);
    return nowMs - lastMs < this.#parts.rules.repeatPauseMs - pauseToleranceMs;
  }

  #answerSend(order: PacketOrder, scene: string, echo: PayAnswer, fault: Fault | undefined): PayAnswer {
    if (fault && !fault.paying && fault.kind !== 'processing') {
      return fault.kind === 'unknown-code' ? unknownCode(echo) : systemError();
    }
    const packet = this.#carryOut(order, scene, fault);
    if (fault?.kind === 'system-error') return systemError();
    if (fault?.kind === 'unknown-code') return unknownCode(echo);
    if (fault?.kind === 'processing') return refusal(new Refused('PROCESSING'), echo);
    return success('发放成功', {
      ...echo,
      total_amount: packet.amountFen,
      send_listid: packet.listId,
      ...(packet.miniPackage === undefined ? {} : { package: packet.miniPackage }),
    });
  }

  /** Returns the packet once it is paid, under this or an earlier request; throws Refused otherwise. */
  #carryOut(order: PacketOrder, scene: string, fault: Fault | undefined): Packet {
    const { books, clock, rules } = this.#parts;
    const known = books.packet(order.number);
    if (known) this.#checkUnchanged(known, order);
    if (known?.paidAtMs !== undefined) return this.#repeated(known);
    if (known?.status === 'FAILED') throw new Refused('SEND_FAILED');
    this.#checkRate();
    this.#checkAmount(order.amountFen / (order.shares?.length ?? 1), scene);
    const listId = this.#listId();
    const why = this.#refusalReason(order);
    if (why) {
      books.refuse(order, listId, why.message);
      throw why;
    }
    if (fault && !fault.paying) return books.refuse(order, listId, '');
    const sendingForMs = fault?.kind === 'processing' ? rules.processingForMs : rules.sendingForMs;
    const hiddenUntilMs = fault?.notFoundForMs ? clock.nowMs() + fault.notFoundForMs : 0;
    return books.accept(order, { listId, sendingForMs, hiddenUntilMs });
  }

  /** An accepted packet that is still on its way is not done yet, however often it is asked for. */
  #repeated(known: Packet): Packet {
    if (known.status === 'SENDING') throw new Refused('PROCESSING');
    if (this.#parts.rules.repeatAfterSuccess === 'refuse') throw new Refused('SEND_FAILED', '红包已发放，不能重复发放');
    return known;
  }

  #checkUnchanged(known: Packet, order: PacketOrder): void {
    const same = known.amountFen === order.amountFen && known.shares?.length === order.shares?.length;
    const changed = known.openid !== order.openid ? 'openid' : same ? '' : 'amount';
    if (changed === '') return;
    this.#violation('changed-request', order.number, `the same order number with another ${changed}`);
    throw new Refused('FATAL_ERROR', changed === 'amount' ? '金额和原始单参数不一致' : undefined);
  }

  #checkRate(): void {
    const nowMs = this.#parts.clock.nowMs();
    this.#sendTimesMs = this.#sendTimesMs.filter((sentMs) => sentMs > nowMs - 1000);
    if (this.#sendTimesMs.length >= this.#parts.rules.sendsPerSecondMax) throw new Refused('FREQ_LIMIT');
    this.#sendTimesMs.push(nowMs);
  }

  #checkAmount(fen: number, scene: string): void {
    const { packetFenMin, packetFenMax, scenePacketFenMax } = this.#parts.rules;
    const [leastFen, mostFen] = scene === '' ? [packetFenMin, packetFenMax] : [1, scenePacketFenMax];
    if (fen < leastFen || fen > mostFen) throw new Refused('MONEY_LIMIT');
  }

  /** Daily limits, risk and balance: these refusals are stored with the order. */
  #refusalReason({ openid, amountFen }: PacketOrder): Refused | undefined {
    const { books, clock, people, rules } = this.#parts;
    const day = beijingDay(clock.nowMs());
    const person = books.dayUse(day, openid);
    if (person.count >= rules.userPacketsPerDayMax) return new Refused('SENDNUM_LIMIT');
    if (person.fen + amountFen > rules.userFenPerDayMax) return new Refused('RCVDAMOUNT_LIMIT');
    if (books.dayUse(day, '').fen + amountFen > rules.merchantFenPerDayMax) return new Refused('SENDAMOUNT_LIMIT');
    if (people.isRisky(openid)) return new Refused('NO_AUTH');
    if (books.totals().balanceFen < amountFen) return new Refused('NOTENOUGH');
    return undefined;
  }

  #found(number: string): PayAnswer {
    const { books, clock, rules } = this.#parts;
    const packet = books.packet(number);
    const nowMs = clock.nowMs();
    const known = packet && nowMs >= packet.hiddenUntilMs && nowMs - packet.bookedAtMs <= rules.queryableForMs;
    if (known) return success('OK', describe(packet, this.#parts.merchant.mchId, rules.groupReceivedFrom));
    if (rules.notFoundShape === 'system-error') return oldNotFound();
    throw new Refused('NOT_FOUND');
  }

  #violation(kind: Books['violations'][number]['kind'], number: string, text: string): void {
    this.#parts.books.violations.push({ atMs: this.#parts.clock.nowMs(), kind, number, text });
  }

  /** 31 digits as the live service makes them: a fixed head, the Beijing day, luck. */
  #listId(): string {
    const { clock, random } = this.#parts;
    return `1000041701${beijingDay(clock.nowMs())}${random.digits(13)}`;
  }
}

function orderOf(fields: Fields): PacketOrder {
  const text = (name: string): string => fields.get(name) ?? '';
  return {
    number: text('mch_billno'),
    appId: text('wxappid'),
    openid: text('re_openid'),
    amountFen: Number(text('total_amount')),
    wishing: text('wishing'),
    sendName: text('send_name'),
    actName: text('act_name'),
    remark: text('remark'),
  };
}

function echoOf(fields: Fields, names: readonly string[]): PayAnswer {
  return Object.fromEntries(names.flatMap((name) => (fields.has(name) ? [[name, fields.get(name) ?? '']] : [])));
}
