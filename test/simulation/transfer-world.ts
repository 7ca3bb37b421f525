import { WrongRequest } from '../../src/base/errors.ts';
import { accountId } from '../../src/base/ids.ts';
import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { Packet } from '../../src/simulator/pay/books.ts';
import type { Chance } from './chance.ts';
import type { Crew } from './crew.ts';
import type { History } from './history.ts';
import type { MerchantState } from './outside-world.ts';
import { DAY, HOUR, MINUTE, SECOND } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import type { PayoutView, SimulatedStore, StoreView } from './simulated-store.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Witness } from './witness.ts';

export interface TransferParts {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly witness: Witness;
  readonly store: Pick<SimulatedStore, 'view'>;
  readonly payouts: Pick<PayoutStore, 'askNow' | 'cancelTransfer'>;
  readonly crew: Pick<Crew, 'wake'>;
  readonly merchants: readonly MerchantState[];
  readonly onFault: (kind: string) => void;
  /** Keeps the world going until the work is done. */
  readonly work: (work: () => Promise<void>) => void;
}

/** What becomes of notices beside being told at once. */
export const NOTICE_FAULTS = ['notice lost', 'notice late', 'notice doubled'] as const;
/** An operator's order, at any time or in the moment in which the winner confirms. */
export const CANCELLATIONS = ['taken back', 'taken back while confirming'] as const;

const LOOK_AGAIN_MS = 10 * MINUTE;

/**
 * Around transfers: winners who confirm with what their page of awards gives them, WeChat Pay that tells how each ended,
 * and operators who want one back.
 */
export class TransferWorld {
  readonly #parts: TransferParts;
  readonly #looked = new Set<string>();

  constructor(parts: TransferParts) {
    this.#parts = parts;
  }

  start(): void {
    for (const merchant of this.#parts.merchants)
      merchant.paySide.books.onChange((packet) => {
        if (packet.transfer === undefined) return;
        if (packet.status === 'SENT') this.#mayConfirm(merchant, packet.number);
        else if (['RECEIVED', 'REFUND', 'FAILED'].includes(packet.status)) this.#tell(merchant, packet);
      });
  }

  /** An operator looks at every transfer once, and wants some back. Returns whether any was ordered. */
  async cancelSome({ payouts }: StoreView): Promise<boolean> {
    const { chance, scenario } = this.#parts;
    let ordered = false;
    for (const payout of payouts) {
      const isOpen = ['waiting', 'unknown', 'sent'].includes(payout.state);
      if (payout.rail !== 'transfer' || !isOpen || this.#looked.has(payout.orderNumber)) continue;
      this.#looked.add(payout.orderNumber);
      if (!chance.happens(scenario.cancelledShare)) continue;
      await this.#cancel(payout, 'taken back');
      ordered = true;
    }
    return ordered;
  }

  async #cancel(payout: PayoutView, how: (typeof CANCELLATIONS)[number]): Promise<void> {
    const { payouts, time, history, crew, onFault } = this.#parts;
    history.note('operator', `wants ${payout.orderNumber} back`);
    try {
      await payouts.cancelTransfer(payout, Math.floor(time.nowMs));
      onFault(how);
      crew.wake();
    } catch (error) {
      if (!(error instanceof WrongRequest)) throw error;
      history.note('operator', `cannot have ${payout.orderNumber} back: ${error.code}`);
    }
  }

  #mayConfirm(merchant: MerchantState, number: string): void {
    const { chance, scenario } = this.#parts;
    if (chance.happens(scenario.openedShare))
      this.#confirmAfter(chance.spread(2 * SECOND, 30 * HOUR), merchant, number);
  }

  /** The winner opens the page of awards, and looks again later when there is nothing to confirm with yet. */
  #confirmAfter(afterMs: number, merchant: MerchantState, number: string): void {
    const { time, store, witness, history, chance, scenario, work } = this.#parts;
    const { books } = merchant.paySide;
    const wantedBack = chance.happens(scenario.cancelledShare / 2);
    time.at(time.nowMs + afterMs, () =>
      work(async () => {
        if (books.packet(number)?.status !== 'SENT') return;
        const payout = (await store.view()).payouts.find((item) => item.orderNumber === number);
        const packageInfo = payout?.packageInfo ?? null;
        if (payout === undefined || packageInfo === null) {
          history.note('person', `finds nothing to confirm ${number} with`);
          return this.#confirmAfter(LOOK_AGAIN_MS, merchant, number);
        }
        if (wantedBack) await this.#cancel(payout, 'taken back while confirming');
        if (wantedBack) await time.sleep(chance.spread(1, 5 * SECOND));
        const packet = books.packet(number);
        if (packet?.status !== 'SENT') return;
        if (packet.transfer?.packageInfo !== packageInfo) witness.violate('confirmed with its own', number);
        history.note('person', `confirms ${number}`);
        books.open(number);
      }),
    );
  }

  #tell(merchant: MerchantState, { number }: Packet): void {
    const { chance, scenario, onFault } = this.#parts;
    const fault = chance.happens(scenario.noticesSpoiled) ? chance.pick(NOTICE_FAULTS) : null;
    if (fault !== null) onFault(fault);
    if (fault === 'notice lost') return;
    const copies = fault === 'notice doubled' ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1)
      this.#deliverAfter(
        fault === 'notice late' ? chance.spread(HOUR, 3 * DAY) : chance.spread(20, 5000),
        merchant,
        number,
      );
  }

  /** What a notice that is believed leads to: the number is asked about. */
  #deliverAfter(afterMs: number, { id }: MerchantState, number: string): void {
    const { time, payouts, history, crew, work } = this.#parts;
    time.at(time.nowMs + afterMs, () =>
      work(async () => {
        // Each merchant pays for an account of its own, of the same name.
        const accounts = [accountId(id)];
        const orderNumber = number as PayoutView['orderNumber'];
        const asked = await payouts.askNow({ merchantId: id, orderNumber, accounts }, Math.floor(time.nowMs));
        history.note('WeChat', `tells of ${number}${asked ? '' : ', which nobody asks about'}`);
        if (asked) crew.wake();
      }),
    );
  }
}
