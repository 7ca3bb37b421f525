import { SimulatorClock } from '../../src/simulator/clock.ts';
import { Books } from '../../src/simulator/pay/books.ts';
import { Faults } from '../../src/simulator/pay/faults.ts';
import type { Fault, FaultKind, FaultOptions } from '../../src/simulator/pay/faults.ts';
import { PacketDesk } from '../../src/simulator/pay/packet-desk.ts';
import { refusal, Refused, writePayAnswer } from '../../src/simulator/pay/pay-answer.ts';
import { defaultPayRules } from '../../src/simulator/pay/pay-rules.ts';
import type { PayRules } from '../../src/simulator/pay/pay-rules.ts';
import { Random } from '../../src/simulator/random.ts';
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
  readonly xml: string;
  readonly fault: Fault | undefined;
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
    this.#desk = new PacketDesk({
      merchant: { mchId, apiKey: this.apiKey },
      boundAppIds: new Set([appId]),
      rules: this.rules,
      clock,
      books: this.books,
      people: { belongs: () => true, isRisky },
      faults: this.#faults,
      random: random.fork('desk'),
    });
  }

  /** Takes a request as it arrives, with the fault it meets, and returns what is written back. */
  answer(
    call: 'send' | 'query',
    xml: string,
    fault?: { readonly kind: FaultKind; readonly options: FaultOptions },
  ): WrittenAnswer {
    if (fault !== undefined) this.#faults.next(fault.kind, 1, { ...fault.options, on: call });
    const caller = { certificateMchId: this.certificateGood ? this.mchId : undefined, address: '127.0.0.1' };
    const fields = this.#read(xml);
    const result =
      fields === undefined ? { answer: refusal(new Refused('XML_ERROR')) } : this.#desk[call](fields, caller);
    this.#faults.clear();
    return { xml: writePayAnswer(result.answer, this.#random), fault: 'fault' in result ? result.fault : undefined };
  }

  #read(xml: string): ReadonlyMap<string, string> | undefined {
    return flatFields(readXml(xml));
  }
}
