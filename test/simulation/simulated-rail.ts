import type { Merchant } from '../../src/flows/ports/accounts.ts';
import type { PayRail, QueryOutcome, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { readQueryAnswer, readSendAnswer } from '../../src/pay/red-packet-answer.ts';
import { queryRedPacketXml, sendRedPacketXml } from '../../src/pay/red-packet-request.ts';
import type { Fault } from '../../src/simulator/pay/faults.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { PaySide } from './pay-side.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { drawPassage } from './simulated-network.ts';
import type { Passage, WireFault } from './simulated-network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The longest a call may take, as in the real rail. */
const DEADLINE_MS = 20_000;
const BAD_GATEWAY = '<html><head><title>502 Bad Gateway</title></head><body></body></html>';

/** What came of a call: an answer with its status, or how it broke. */
type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'broken'; readonly code: string };

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
    if (request.rail === 'transfer' || request.rail === 'coupon')
      return { kind: 'refused', code: 'REQUEST_INVALID', message: '', raw: '' };
    if (request.mchId !== merchant.mchId)
      return { kind: 'refused', code: 'REQUEST_INVALID', message: `frozen for merchant ${request.mchId}`, raw: '' };
    const xml = sendRedPacketXml(request, this.#material(merchant));
    const posted = await this.#post(merchant, { call: 'send', orderNumber: request.orderNumber, xml }, signal);
    return { ...judge(posted, (text) => readSendAnswer(text, request)), raw: bodyOf(posted) };
  }

  async query(...[merchant, packet, signal]: Parameters<PayRail['query']>): Promise<QueryOutcome & { raw: string }> {
    const query = { ...packet, mchId: merchant.mchId };
    const xml = queryRedPacketXml(query, this.#material(merchant));
    const posted = await this.#post(merchant, { call: 'query', orderNumber: packet.orderNumber, xml }, signal);
    return { ...judge(posted, (text) => readQueryAnswer(text, query)), raw: bodyOf(posted) };
  }

  #material(merchant: Merchant) {
    return { apiKey: merchant.apiKey, nonce: this.#parts.chance.hex(32) };
  }

  /** Whatever happens in the network happens although the process may be dead by then; only its answer does not. */
  #post(
    merchant: Merchant,
    { call, orderNumber, xml }: { readonly call: 'send' | 'query'; readonly orderNumber: string; readonly xml: string },
    signal: AbortSignal | undefined,
  ): Promise<Posted> {
    const { time, chance, history, process, faulty, onDeparture, onFault } = this.#parts;
    const passage = drawPassage(chance, call, faulty());
    const fault = passage.desk?.kind ?? passage.wire ?? null;
    if (fault !== null) onFault(fault);
    history.note(process.name, `${call}s ${orderNumber}${fault === null ? '' : ` (${fault})`}`);
    onDeparture({ call, merchantId: merchant.id, orderNumber, atMs: time.nowMs });
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
      this.#travel({ merchant, call, xml, passage }, (posted, atMs) => void process.when(atMs, () => end(posted)));
    });
  }

  /** Takes the request there and tells what comes back, and when; nothing comes back from what hangs. */
  #travel(
    given: {
      readonly merchant: Merchant;
      readonly call: 'send' | 'query';
      readonly xml: string;
      readonly passage: Passage;
    },
    back: (posted: Posted, atMs: number) => void,
  ): void {
    const { time, history, paySide } = this.#parts;
    const { merchant, call, xml, passage } = given;
    const arrivesMs = time.nowMs + passage.thereMs;
    if (passage.wire === 'not-connected' || passage.wire === 'lost') {
      const code = passage.wire === 'lost' ? 'connection-lost' : 'not-connected';
      return back({ kind: 'broken', code }, arrivesMs);
    }
    time.at(arrivesMs, () => {
      const written = paySide(merchant).answer(call, xml, passage.desk);
      history.note('WeChat', `${call} ${/<err_code><!\[CDATA\[([^\]]*)/.exec(written.xml)?.[1] ?? ''}`);
      const posted = spoil(written.xml, written.fault, passage.wire);
      if (posted !== null) back(posted, arrivesMs + passage.backMs);
    });
  }
}

/** What reaches the caller of what was written; null when nothing does before the deadline. */
function spoil(xml: string, fault: Fault | undefined, wire: WireFault | undefined): Posted | null {
  if (wire === 'foreign') return answered(xml.replaceAll(/(<mch_billno><!\[CDATA\[)[^\]]*/g, '$1another'));
  if (wire === 'cut') return answered(xml.slice(0, Math.floor(xml.length / 2)));
  if (wire === 'proxy') return { kind: 'answered', status: 502, body: BAD_GATEWAY };
  switch (fault?.kind) {
    case 'answer-lost-after-paying':
    case 'reset':
      return { kind: 'broken', code: 'connection-lost' };
    case 'hang':
    case 'trickle':
      return null;
    case 'garbage':
      return answered(BAD_GATEWAY);
    case 'http-500':
      return { kind: 'answered', status: 500, body: BAD_GATEWAY };
    case 'system-error':
    case 'processing':
    case 'not-found-for':
    case 'unknown-code':
    case undefined:
      return answered(xml);
  }
}

function answered(body: string): Posted {
  return { kind: 'answered', status: 200, body };
}

function judge<T>(posted: Posted, read: (text: string) => T): T | Extract<SendOutcome, { kind: 'unknown' }> {
  if (posted.kind === 'broken') return { kind: 'unknown', code: posted.code, message: '' };
  if (posted.status !== 200) return { kind: 'unknown', code: `http-${posted.status}`, message: '' };
  return read(posted.body);
}

function bodyOf(posted: Posted): string {
  return posted.kind === 'answered' ? posted.body : '';
}
