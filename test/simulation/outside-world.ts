import { WrongRequest } from '../../src/base/errors.ts';
import type { MerchantId } from '../../src/base/ids.ts';
import { askAfterRestore } from '../../src/flows/ask-after-restore.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { Chance } from './chance.ts';
import type { Crew } from './crew.ts';
import type { History } from './history.ts';
import type { PaySide } from './pay-side.ts';
import { DAY, HOUR, MINUTE, SECOND } from './scenario.ts';
import type { Scenario, Trouble } from './scenario.ts';
import type { SimulatedDatabase } from './simulated-database.ts';
import type { SimulatedStore, StoreView } from './simulated-store.ts';
import { TransferWorld } from './transfer-world.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { Witness } from './witness.ts';

/** A merchant's side at WeChat Pay, and whether our settings hold its right key. */
export interface MerchantState {
  readonly id: MerchantId;
  readonly paySide: PaySide;
  keyRight: boolean;
}

export interface OutsideParts {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly witness: Witness;
  readonly store: SimulatedStore;
  readonly payouts: PayoutStore;
  readonly database: SimulatedDatabase;
  readonly crew: Crew;
  readonly merchants: readonly MerchantState[];
  readonly onFault: (kind: string) => void;
}

const RETRIES_MAX = 3;
const REISSUES_MAX = 3;
const QUIET_VISITS = 6;
const ASK_PATIENCE_MS = HOUR;
const ASK_TRIES_MAX = 300;

/** People who open packets, operators who mend and resume, other systems, and what breaks. */
export class OutsideWorld {
  readonly #parts: OutsideParts;
  readonly #transfers: TransferWorld;
  /** Luck that transfers brought: the other stream stays what it was. */
  readonly #chance: Chance;
  readonly #retries = new Map<string, number>();
  #busy = 0;
  #quietVisits = 0;
  #reissues = 0;

  constructor(parts: OutsideParts) {
    this.#parts = parts;
    this.#chance = parts.chance.fork('rails');
    this.#transfers = new TransferWorld({
      ...parts,
      chance: parts.chance.fork('transfers'),
      work: (work) => {
        this.#busy += 1;
        this.#work(work);
      },
    });
  }

  /** Whether some trouble is still to come or under way. */
  get restless(): boolean {
    return this.#busy > 0;
  }

  /** Whether operators have looked several times and found nothing to do. */
  get settled(): boolean {
    return this.#quietVisits >= QUIET_VISITS;
  }

  start(): void {
    const { merchants, scenario, time } = this.#parts;
    for (const { paySide } of merchants) {
      paySide.books.onChange(({ status, number, transfer }) => {
        if (status === 'SENT' && transfer === undefined) this.#mayOpen(paySide, number);
      });
    }
    this.#transfers.start();
    for (const trouble of scenario.troubles) {
      this.#busy += 1;
      time.at(trouble.atMs, () => this.#work(() => this.#befall(trouble)));
    }
    this.#visitLater();
  }

  #work(work: () => Promise<void>): void {
    work().then(
      () => (this.#busy -= 1),
      (error: unknown) => {
        this.#busy -= 1;
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#parts.witness.violate('the world itself goes on', text);
      },
    );
  }

  #mayOpen(paySide: PaySide, number: string): void {
    const { chance, scenario, time, history } = this.#parts;
    if (!chance.happens(scenario.openedShare)) return;
    time.at(time.nowMs + chance.spread(2 * SECOND, 30 * HOUR), () => {
      if (paySide.books.packet(number)?.status !== 'SENT') return;
      history.note('person', `opens ${number}`);
      paySide.books.open(number);
    });
  }

  #visitLater(): void {
    const { time, chance, scenario } = this.#parts;
    const nextMs = time.nowMs + chance.spread(5 * MINUTE, 8 * HOUR);
    time.at(Math.max(nextMs, scenario.startMs + scenario.neglectedMs), () => {
      this.#busy += 1;
      this.#work(async () => {
        await this.#visit();
        this.#visitLater();
      });
    });
  }

  /** An operator looks at the console: mends what stopped a merchant, resumes it, tries parked payouts again. */
  async #visit(): Promise<void> {
    this.#quietVisits += 1;
    const { store, payouts, chance, time, merchants } = this.#parts;
    const view = await store.view();
    for (const id of view.stoppedMerchants) {
      const merchant = merchants.find((item) => item.id === id);
      if (merchant === undefined || chance.happens(0.2)) continue;
      if (chance.happens(0.9)) this.#mend(merchant);
      this.#parts.history.note('operator', `resumes ${id}`);
      await payouts.resumeMerchant(id, Math.floor(time.nowMs));
      this.#quietVisits = 0;
      this.#parts.crew.wake();
    }
    await this.#retryParked(view);
    if (await this.#transfers.cancelSome(view)) this.#quietVisits = 0;
    if (this.#reissues < REISSUES_MAX && chance.happens(0.3)) await this.#reissue();
  }

  /** One person asks for new numbers for what is proved unpaid, and somewhat later another one approves. */
  async #reissue(): Promise<void> {
    const { store, chance, time, history, crew } = this.#parts;
    const rescued = this.#chance.happens(this.#parts.scenario.rescuedShare);
    const rail = rescued ? this.#chance.pick(['transfer', 'red-packet'] as const) : null;
    const approve = await store.askReissue(Math.floor(time.nowMs), rail);
    await time.sleep(chance.spread(SECOND, HOUR));
    const issued = await approve(Math.floor(time.nowMs));
    if (issued === 0) return;
    history.note('operator', `gives ${issued} awards a new number${rail === null ? '' : `, by ${rail}`}`);
    if (rail !== null) this.#parts.onFault('rescued');
    this.#reissues += 1;
    this.#quietVisits = 0;
    crew.wake();
  }

  #mend({ paySide }: MerchantState): void {
    const { merchants } = this.#parts;
    for (const merchant of merchants) if (merchant.paySide === paySide) merchant.keyRight = true;
    paySide.certificateGood = true;
    paySide.rules.apiSwitchOn = true;
    paySide.rules.productOpen = true;
    paySide.books.deposit(10_000_000);
  }

  async #retryParked(view: StoreView): Promise<void> {
    const { payouts, chance, time, history, crew } = this.#parts;
    for (const payout of view.payouts) {
      const tries = this.#retries.get(payout.orderNumber) ?? 0;
      if (payout.state !== 'parked' || tries >= RETRIES_MAX || chance.happens(0.5)) continue;
      this.#retries.set(payout.orderNumber, tries + 1);
      try {
        if (this.#chance.happens(0.3)) {
          await this.#ask(payout);
          continue;
        }
        await payouts.retryParked(payout, Math.floor(time.nowMs));
        history.note('operator', `tries ${payout.orderNumber} again`);
        this.#quietVisits = 0;
        crew.wake();
      } catch (error) {
        if (!(error instanceof WrongRequest)) throw error;
        history.note('operator', `may not try ${payout.orderNumber} again: ${error.code}`);
      }
    }
  }

  /** Wants to know what became of a number that rests. */
  async #ask({ accountId, orderNumber, merchantId }: StoreView['payouts'][number]): Promise<void> {
    const { payouts, time, history, crew } = this.#parts;
    const asked = await payouts.askNow({ accounts: [accountId], orderNumber, merchantId }, Math.floor(time.nowMs));
    history.note('operator', `${asked ? 'asks' : 'cannot ask'} about ${orderNumber}`);
    if (!asked) return;
    this.#quietVisits = 0;
    crew.wake();
  }

  async #befall(trouble: Trouble): Promise<void> {
    const { history, merchants, onFault } = this.#parts;
    const merchant = merchants[trouble.merchant];
    if (merchant === undefined) return;
    history.note('trouble', `${trouble.kind} for ${Math.round(trouble.durationMs / SECOND)} s`);
    onFault(trouble.kind);
    await this.#happen(trouble, merchant);
  }

  async #happen({ kind, durationMs }: Trouble, merchant: MerchantState): Promise<void> {
    const { time, chance, store, database, crew } = this.#parts;
    const { rules } = merchant.paySide;
    const whileMs = Math.min(durationMs, kind === 'rate by others' ? 10 * MINUTE : DAY);
    switch (kind) {
      case 'rate by others':
        rules.sendsPerSecondMax = chance.below(6);
        await time.sleep(whileMs);
        rules.sendsPerSecondMax = 30;
        return;
      case 'person limit by others':
        rules.userPacketsPerDayMax = chance.below(3);
        await time.sleep(whileMs);
        rules.userPacketsPerDayMax = 10;
        return;
      case 'merchant limit by others':
        rules.merchantFenPerDayMax = chance.below(20_000);
        await time.sleep(whileMs);
        rules.merchantFenPerDayMax = 100_000_000;
        return;
      case 'certificate broken':
        merchant.paySide.certificateGood = false;
        await time.sleep(durationMs);
        merchant.paySide.certificateGood = true;
        return;
      case 'key wrong':
        merchant.keyRight = false;
        await time.sleep(durationMs);
        merchant.keyRight = true;
        return;
      case 'api switched off':
        rules.apiSwitchOn = false;
        await time.sleep(durationMs);
        rules.apiSwitchOn = true;
        return;
      case 'product closed':
        rules.productOpen = false;
        await time.sleep(durationMs);
        rules.productOpen = true;
        return;
      case 'all sending stopped':
        return this.#stopAll(whileMs);
      case 'database restart':
        return database.restart(durationMs);
      case 'process stopped':
        return crew.stopOne();
      case 'backup restored':
        return this.#restore(await store.backup(), durationMs);
    }
  }

  async #stopAll(whileMs: number): Promise<void> {
    const { payouts, time, crew } = this.#parts;
    await payouts.stopSending('an operator wants to look', Math.floor(time.nowMs));
    await time.sleep(whileMs);
    await payouts.resumeSending(Math.floor(time.nowMs));
    crew.wake();
  }

  /** What an operator does with an older backup: nothing is sent before every number was asked about. */
  async #restore(bringBack: () => Promise<void>, afterMs: number): Promise<void> {
    const { payouts, time, history, crew, witness } = this.#parts;
    const memory = witness.remember();
    await time.sleep(afterMs);
    crew.killAll();
    await time.sleep(30 * SECOND);
    await bringBack();
    witness.restore(memory);
    history.note('operator', 'brought the backup back');
    const clock = { nowMs: () => Math.floor(time.nowMs), sleep: (durationMs: number) => time.sleep(durationMs) };
    // The first try starts the workers, and they go on afterwards.
    let started = false;
    const startAsking = () => {
      if (!started) crew.start();
      started = true;
      return { stop: async () => undefined };
    };
    const asking = { payouts, clock, logger: quietLogger(), patienceMs: ASK_PATIENCE_MS, startAsking };
    for (let tries = 0; tries < ASK_TRIES_MAX; tries += 1) {
      const asked = await askAfterRestore(asking);
      history.note('operator', `asked about ${asked.payouts} payouts, ${asked.unasked} without an answer`);
      if (asked.resumed) break;
      await time.sleep(6 * HOUR);
    }
    crew.wake();
  }
}
