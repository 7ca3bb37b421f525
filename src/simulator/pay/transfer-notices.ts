import type { SimulatorClock } from '../clock.ts';
import type { Books, Packet } from './books.ts';
import { failReason, transferState } from './transfer-desk.ts';
import { rfc3339, type V3Keys } from './v3-keys.ts';

/** One delivery with what the service answered; status 0 when nobody did. */
export type TransferDelivery = { number: string; state: string; status: number; body: string };
/** What happens to a notice on its way. */
export type TransferNoticeFault = 'lost' | 'doubled' | 'late' | 'wrong-sign' | 'other-merchant';

type Parts = { clock: SimulatorClock; books: Books; keys: V3Keys; mchId: string };

const answerMaxMs = 5000;
const lookEveryMs = 200;
/** Pauses before each repeat, until one is accepted. */
const repeatPauses = [...Array<number>(10).fill(15_000), ...Array<number>(10).fill(300_000), 1_800_000, 1_800_000];
const ended = new Set(['SUCCESS', 'FAIL', 'CANCELLED']);

/** Tells the service how transfers ended: once, late, twice or never, and again until it is accepted. */
export class TransferNotices {
  readonly deliveries: TransferDelivery[] = [];
  readonly #parts: Parts;
  readonly #faults: { fault: TransferNoticeFault; delayMs: number }[] = [];
  readonly #waiting: { dueMs: number; packet: Packet; repeats: number; fault: TransferNoticeFault | undefined }[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #url: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.books.onChange((packet) => this.#noticeOf(packet));
    parts.clock.onAdvance(() => this.#deliverDue());
  }

  /** Where notices go when a transfer names no address. */
  setNotifyUrl(url: string): void {
    this.#url = url;
  }

  /** The next notice goes wrong in this way. */
  next(fault: TransferNoticeFault, delayMs = 3_600_000): void {
    this.#faults.push({ fault, delayMs });
  }

  /** The person confirms what the page handed to WeChat. Throws when there is no such transfer, or not any more. */
  confirm(packageInfo: string): Packet {
    const { books } = this.#parts;
    const packet = books.packets().find(({ transfer }) => transfer?.packageInfo === packageInfo);
    if (!packet) throw new Error('no transfer has this package');
    return books.open(packet.number);
  }

  /** Resolves when every delivery that is under way is over. */
  async delivered(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Tells of a transfer once more, as a repeat after it was accepted would. */
  async deliverAgain(number: string): Promise<void> {
    const packet = this.#parts.books.packet(number);
    if (packet) await this.#try(packet, repeatPauses.length, undefined);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#waiting.length = 0;
  }

  #noticeOf(packet: Packet): void {
    if (packet.transfer === undefined || packet.status === 'RFUND_ING' || !ended.has(transferState(packet))) return;
    const { fault, delayMs } = this.#faults.shift() ?? { fault: undefined, delayMs: 0 };
    if (fault === 'lost') return;
    if (fault === 'late') return this.#wait({ packet, repeats: 0, fault }, delayMs);
    for (let copies = fault === 'doubled' ? 2 : 1; copies > 0; copies -= 1) this.#begin(packet, 0, fault);
  }

  #begin(packet: Packet, repeats: number, fault: TransferNoticeFault | undefined): void {
    const work = this.#try(packet, repeats, fault).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  #wait(one: { packet: Packet; repeats: number; fault: TransferNoticeFault | undefined }, forMs: number): void {
    this.#waiting.push({ ...one, dueMs: this.#parts.clock.nowMs() + forMs });
    this.#timer ??= setInterval(() => this.#deliverDue(), lookEveryMs).unref();
  }

  #deliverDue(): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const one of this.#waiting.filter(({ dueMs }) => dueMs <= nowMs)) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      this.#begin(one.packet, one.repeats, one.fault);
    }
  }

  async #try(packet: Packet, repeats: number, fault: TransferNoticeFault | undefined): Promise<void> {
    const url = packet.transfer?.notifyUrl ?? this.#url;
    if (url === undefined) return;
    const { keys } = this.#parts;
    const event = { type: 'MCHTRANSFER.BILL.FINISHED', summary: '商家转账单据终态通知' };
    const body = keys.notice(
      { ...event, original: 'mch_payment', associated: 'mch_payment' },
      this.#plain(packet, fault),
    );
    const headers = { 'content-type': 'application/json', ...keys.signed(body, fault === 'wrong-sign') };
    const delivery: TransferDelivery = { number: packet.number, state: transferState(packet), status: 0, body: '' };
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(answerMaxMs) });
      delivery.status = response.status;
      delivery.body = await response.text();
    } catch {
      // Nobody there is as good as FAIL.
    }
    this.deliveries.push(delivery);
    const pauseMs = repeatPauses[repeats];
    if (![200, 204].includes(delivery.status) && pauseMs !== undefined)
      this.#wait({ packet, repeats: repeats + 1, fault: undefined }, pauseMs);
  }

  #plain(packet: Packet, fault: TransferNoticeFault | undefined): object {
    const { number, listId, amountFen, openid, bookedAtMs, history } = packet;
    const state = transferState(packet);
    return {
      out_bill_no: number,
      transfer_bill_no: listId,
      state,
      mch_id: fault === 'other-merchant' ? '1999999999' : this.#parts.mchId,
      transfer_amount: amountFen,
      openid,
      ...(state === 'FAIL' ? { fail_reason: failReason(packet) } : {}),
      create_time: rfc3339(bookedAtMs),
      update_time: rfc3339(history.at(-1)?.atMs ?? bookedAtMs),
    };
  }
}
