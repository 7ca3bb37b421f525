import { SimulatorClock } from '../../src/simulator/clock.ts';
import { Books } from '../../src/simulator/pay/books.ts';
import { Faults } from '../../src/simulator/pay/faults.ts';
import type { Fault, FaultKind, FaultOptions } from '../../src/simulator/pay/faults.ts';
import { PacketDesk } from '../../src/simulator/pay/packet-desk.ts';
import { refusal, Refused, writePayAnswer } from '../../src/simulator/pay/pay-answer.ts';
import { defaultPayRules } from '../../src/simulator/pay/pay-rules.ts';
import type { PayRules } from '../../src/simulator/pay/pay-rules.ts';
import { Random } from '../../src/simulator/random.ts';
import { TransferDesk } from '../../src/simulator/pay/transfer-desk.ts';
import { flatFields, readXml } from '../../src/simulator/wire/xml.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface PaySideOptions {
  readonly time: VirtualTime;
  readonly seed: string;
  readonly mchId: string;
  readonly appId: string;
  readonly isRisky: (openid: string) => boolean;
}

/** What WeChat Pay writes to the wire, and the fault that the wire still has to play. */
export interface WrittenAnswer {
  readonly status: number;
  readonly body: string;
  readonly fault: Fault | undefined;
}

/** A call about a transfer, as far as it is not about its signature. */
export interface TransferCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
}

/** What a call meets at WeChat Pay. */
export interface DeskFault {
  readonly kind: FaultKind;
  readonly options: FaultOptions;
}

/**
 * One merchant at WeChat Pay: the simulator's own desk and books, without sockets and on the world's time. Its rules may
 * be changed while it runs: that is what operators and other systems of the same merchant do.
 */
export class PaySide {
  readonly mchId: string;
  readonly apiKey: string;
  readonly rules: PayRules;
  readonly books: Books;
  /** Whether the certificate that calls come with is good. */
  certificateGood = true;
  readonly #faults: Faults;
  readonly #desk: PacketDesk;
  readonly #transfers: TransferDesk;
  readonly #random: Random;

  constructor({ time, seed, mchId, appId, isRisky }: PaySideOptions) {
    const random = new Random(`${seed}/${mchId}`);
    const clock = new SimulatorClock(0, () => time.nowMs);
    this.mchId = mchId;
    this.apiKey = random.text(32);
    this.rules = defaultPayRules();
    this.books = new Books({ clock, rules: this.rules });
    // What moves on by itself does so when it is due, not when somebody asks.
    this.books.onChange(({ dueMs }) => {
      if (dueMs !== undefined) time.at(dueMs, () => this.books.settle());
    });
    this.#faults = new Faults(random.fork('faults'));
    this.#random = random.fork('answers');
    const { rules, books } = this;
    const people = { belongs: () => true, isRisky };
    const shared = { boundAppIds: new Set([appId]), rules, clock, books, people, faults: this.#faults };
    this.#desk = new PacketDesk({ merchant: { mchId, apiKey: this.apiKey }, ...shared, random: random.fork('desk') });
    this.#transfers = new TransferDesk({
      mchId,
      ...shared,
      random: random.fork('transfers'),
      openName: () => undefined,
    });
  }

  /** Takes a request as it arrives, with the fault it meets, and returns what is written back. */
  answer(call: 'send' | 'query', xml: string, fault?: DeskFault): WrittenAnswer {
    if (fault !== undefined) this.#faults.next(fault.kind, 1, { ...fault.options, on: call });
    const caller = { certificateMchId: this.certificateGood ? this.mchId : undefined, address: '127.0.0.1' };
    const fields = this.#read(xml);
    const result =
      fields === undefined ? { answer: refusal(new Refused('XML_ERROR')) } : this.#desk[call](fields, caller);
    this.#faults.clear();
    const body = writePayAnswer(result.answer, this.#random);
    return { status: 200, body, fault: 'fault' in result ? result.fault : undefined };
  }

  /** The same for a call about a transfer, signed by the merchant or not. */
  answerTransfer(call: TransferCall, isSigned: boolean, fault?: DeskFault): WrittenAnswer {
    const on = call.method === 'GET' ? 'query' : 'send';
    if (fault !== undefined) this.#faults.next(fault.kind, 1, { ...fault.options, on });
    const signatureFault = isSigned && this.certificateGood ? undefined : '签名错误';
    const { status, body, fault: met } = this.#transfers.answer({ ...call, signatureFault });
    this.#faults.clear();
    return { status, body: JSON.stringify(body), fault: met };
  }

  #read(xml: string): ReadonlyMap<string, string> | undefined {
    return flatFields(readXml(xml));
  }
}
