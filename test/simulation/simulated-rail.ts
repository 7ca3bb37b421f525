import type { Merchant } from '../../src/flows/ports/accounts.ts';
import type { PayRail, QueryOutcome, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { queryRedPacketXml, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import { readCancelAnswer, readTransferAnswer, readTransferQuery } from '../../src/pay/transfers/transfer-answer.ts';
import { transferFaults, transferJson, TRANSFERS_PATH } from '../../src/pay/transfers/transfer-request.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { DeskFault, PaySide, TransferCall, WrittenAnswer } from './pay-side.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { drawPassage } from './simulated-network.ts';
import type { Passage, WireFault } from './simulated-network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The longest a call may take, as in the real rail. */
const DEADLINE_MS = 20_000;
const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body></body></html>';

/** What came of a call: an answer with its status, or how it broke. */
type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly whole: boolean }
  | { readonly kind: 'broken'; readonly code: string };

/** What is asked of WeChat Pay, and how it is carried out there. */
interface Errand {
  readonly call: 'send' | 'query' | 'cancel';
  readonly orderNumber: string;
  readonly carryOut: (there: PaySide, fault: DeskFault | undefined) => WrittenAnswer;
}

/** A call as it leaves a process. */
export interface Departure {
  readonly call: 'send' | 'query';
  readonly merchantId: string;
  readonly orderNumber: string;
  readonly atMs: number;
}

export interface RailParts {
  readonly process: SimulatedProcess;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly paySide: (merchant: Merchant) => PaySide;
  /** How often a call meets a fault. */
  readonly faulty: () => number;
  readonly onDeparture: (departure: Departure) => void;
  readonly onFault: (kind: string) => void;
}

/**
 * The rail without sockets: real requests, written and signed by the code that runs in production, go to the simulator's
 * desk over a network that loses, delays and spoils them, and real answers are read by that code again.
 */
export class SimulatedRail implements PayRail {
  readonly #parts: RailParts;

  constructor(parts: RailParts) {
    this.#parts = parts;
  }

  async send(...[merchant, request, signal]: Parameters<PayRail['send']>): Promise<SendOutcome & { raw: string }> {
    if (request.mchId !== merchant.mchId)
      return { kind: 'refused', code: 'REQUEST_INVALID', message: `frozen for merchant ${request.mchId}`, raw: '' };
    const { orderNumber } = request;
    if (request.rail === 'transfer') {
      const [fault] = transferFaults(request);
      if (fault !== undefined) return { kind: 'refused', code: 'REQUEST_INVALID', message: fault.path, raw: '' };
      const created = { method: 'POST', path: TRANSFERS_PATH, body: transferJson(request, null) } as const;
      const posted = await this.#post(merchant, transferErrand('send', orderNumber, created, merchant), signal);
      return { ...judgeTransfer(posted, (answer) => readTransferAnswer(answer, request)), raw: bodyOf(posted) };
    }
    if (request.rail === 'coupon')
      return { kind: 'refused', code: 'REQUEST_INVALID', message: 'no coupons in this world', raw: '' };
    const xml = sendRedPacketXml(request, this.#material(merchant));
    const carryOut: Errand['carryOut'] = (there, fault) => there.answer('send', xml, fault);
    const posted = await this.#post(merchant, { call: 'send', orderNumber, carryOut }, signal);
    return { ...judge(posted, (text) => readSendAnswer(text, request)), raw: bodyOf(posted) };
  }

  async query(...[merchant, packet, signal]: Parameters<PayRail['query']>): Promise<QueryOutcome & { raw: string }> {
    const query = { ...packet, mchId: merchant.mchId };
    const { orderNumber } = packet;
    if (packet.rail === 'transfer') {
      const asked = { method: 'GET', path: `${TRANSFERS_PATH}/out-bill-no/${orderNumber}`, body: '' } as const;
      const posted = await this.#post(merchant, transferErrand('query', orderNumber, asked, merchant), signal);
      return { ...judgeTransfer(posted, (answer) => readTransferQuery(answer, query)), raw: bodyOf(posted) };
    }
    const xml = queryRedPacketXml(query, this.#material(merchant));
    const carryOut: Errand['carryOut'] = (there, fault) => there.answer('query', xml, fault);
    const posted = await this.#post(merchant, { call: 'query', orderNumber, carryOut }, signal);
    return { ...judge(posted, (text) => readQueryAnswer(text, query)), raw: bodyOf(posted) };
  }

  async cancel(...[merchant, { orderNumber }, signal]: Parameters<Required<PayRail>['cancel']>): Promise<{
    readonly said: string;
  }> {
    const path = `${TRANSFERS_PATH}/out-bill-no/${orderNumber}/cancel`;
    const asked = { method: 'POST', path, body: '{}' } as const;
    const posted = await this.#post(merchant, transferErrand('cancel', orderNumber, asked, merchant), signal);
    return { said: posted.kind === 'broken' ? posted.code : readCancelAnswer({ ...posted, signed: posted.whole }) };
  }

  #material(merchant: Merchant) {
    return { apiKey: merchant.apiKey, nonce: this.#parts.chance.hex(32) };
  }

  /** Whatever happens in the network happens although the process may be dead by then; only its answer does not. */
  #post(merchant: Merchant, errand: Errand, signal: AbortSignal | undefined): Promise<Posted> {
    const { time, chance, history, process, faulty, onDeparture, onFault } = this.#parts;
    const { call, orderNumber } = errand;
    const passage = drawPassage(chance, call, faulty());
    const fault = passage.desk?.kind ?? passage.wire ?? null;
    if (fault !== null) onFault(fault);
    history.note(process.name, `${call}s ${orderNumber}${fault === null ? '' : ` (${fault})`}`);
    if (call !== 'cancel') onDeparture({ call, merchantId: merchant.id, orderNumber, atMs: time.nowMs });
    return new Promise((resolve) => {
      const end = (posted: Posted): void => {
        deadline.cancel();
        signal?.removeEventListener('abort', aborted);
        resolve(posted);
      };
      const aborted = (): void => end({ kind: 'broken', code: 'aborted' });
      const deadline = process.when(time.nowMs + DEADLINE_MS, () => end({ kind: 'broken', code: 'deadline' }));
      if (signal?.aborted === true) return aborted();
      signal?.addEventListener('abort', aborted, { once: true });
      this.#travel({ merchant, errand, passage }, (posted, atMs) => void process.when(atMs, () => end(posted)));
    });
  }

  /** Takes the request there and tells what comes back, and when; nothing comes back from what hangs. */
  #travel(
    given: { readonly merchant: Merchant; readonly errand: Errand; readonly passage: Passage },
    back: (posted: Posted, atMs: number) => void,
  ): void {
    const { time, history, paySide } = this.#parts;
    const { merchant, errand, passage } = given;
    const arrivesMs = time.nowMs + passage.thereMs;
    if (passage.wire === 'not-connected' || passage.wire === 'lost') {
      const code = passage.wire === 'lost' ? 'connection-lost' : 'not-connected';
      return back({ kind: 'broken', code }, arrivesMs);
    }
    time.at(arrivesMs, () => {
      const written = errand.carryOut(paySide(merchant), passage.desk);
      const [, code] =
        /<err_code><!\[CDATA\[([^\]]*)|"(?:code|state)":"([^"]*)/.exec(written.body)?.filter(Boolean) ?? [];
      history.note('WeChat', `${errand.call} ${code ?? ''}`);
      const posted = spoil(written, passage.wire);
      if (posted !== null) back(posted, arrivesMs + passage.backMs);
    });
  }
}

/** What reaches the caller of what was written; null when nothing does before the deadline. */
function spoil({ status, body, fault }: WrittenAnswer, wire: WireFault | undefined): Posted | null {
  // Genuine, but the answer to somebody else.
  const foreign = /(<mch_billno><!\[CDATA\[|"out_bill_no":")[^\]"]*/g;
  if (wire === 'foreign') return { kind: 'answered', status, body: body.replaceAll(foreign, '$1another'), whole: true };
  if (wire === 'cut') return broken(status, body.slice(0, Math.floor(body.length / 2)));
  if (wire === 'proxy') return broken(502, BAD_GATEWAY);
  switch (fault?.kind) {
    case 'answer-lost-after-paying':
    case 'reset':
      return { kind: 'broken', code: 'connection-lost' };
    case 'hang':
    case 'trickle':
      return null;
    case 'garbage':
      return broken(200, BAD_GATEWAY);
    case 'http-500':
      return broken(500, BAD_GATEWAY);
    case 'system-error':
    case 'processing':
    case 'not-found-for':
    case 'unknown-code':
    case undefined:
      return { kind: 'answered', status, body, whole: true };
  }
}

/** What no signature of WeChat Pay fits any more. */
function broken(status: number, body: string): Posted {
  return { kind: 'answered', status, body, whole: false };
}

/** The merchant's key signs both kinds of calls here: with a wrong one neither is understood. */
function transferErrand(call: Errand['call'], orderNumber: string, asked: TransferCall, { apiKey }: Merchant): Errand {
  const carryOut: Errand['carryOut'] = (there, fault) => there.answerTransfer(asked, apiKey === there.apiKey, fault);
  return { call, orderNumber, carryOut };
}

function judgeTransfer<T>(
  posted: Posted,
  read: (answer: { status: number; body: string; signed: boolean }) => T,
): T | Extract<SendOutcome, { kind: 'unknown' }> {
  if (posted.kind === 'broken') return { kind: 'unknown', code: posted.code, message: '' };
  return read({ status: posted.status, body: posted.body, signed: posted.whole });
}

function judge<T>(posted: Posted, read: (text: string) => T): T | Extract<SendOutcome, { kind: 'unknown' }> {
  if (posted.kind === 'broken') return { kind: 'unknown', code: posted.code, message: '' };
  if (posted.status !== 200) return { kind: 'unknown', code: `http-${posted.status}`, message: '' };
  return read(posted.body);
}

function bodyOf(posted: Posted): string {
  return posted.kind === 'answered' ? posted.body : '';
}
