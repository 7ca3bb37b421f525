import type { AccountId, ActivityId, AwardId, MerchantId, Openid } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type { Merchant } from '../../src/flows/ports/accounts.ts';
import type { Rail } from '../../src/flows/ports/payouts.ts';
import { Chance } from './chance.ts';
import { Crew } from './crew.ts';
import { History } from './history.ts';
import { checkBudgets, checkEnd } from './laws.ts';
import type { Bench } from './laws.ts';
import { OutsideWorld } from './outside-world.ts';
import type { MerchantState } from './outside-world.ts';
import { PaySide } from './pay-side.ts';
import type { MerchantRow } from './payout-tables.ts';
import { plainActivity, plainMerchant } from './plain-rows.ts';
import { DAY, drawScenario } from './scenario.ts';
import type { PlannedWin, Scenario } from './scenario.ts';
import { SimulatedDatabase } from './simulated-database.ts';
import type { SimulatedStore, Win } from './simulated-store.ts';
import { VirtualTime } from './virtual-time.ts';
import { watchedStore } from './watched-store.ts';
import { Witness } from './witness.ts';
import type { Violation } from './witness.ts';

export interface RunOptions {
  readonly seed: string;
  /** Most awards of the run. */
  readonly winsMax?: number;
  /** Whether to keep the history's lines. */
  readonly keep?: boolean;
  readonly openStore: (time: VirtualTime) => Promise<SimulatedStore>;
}

export interface RunResult {
  readonly seed: string;
  readonly payouts: number;
  readonly faults: number;
  /** Every kind of fault that was met, in order of the first time. */
  readonly faultKinds: readonly string[];
  readonly violations: readonly Violation[];
  /** The same for the same seed. */
  readonly digest: string;
  readonly lines: readonly string[];
}

const WINS_MAX = 50;
/** WeChat Pay answers for 30 days; after each of a few re-issues and weeks of a day's limits everything has ended. */
const PLAYED_MS = 75 * DAY;

/** Plays one seed from the first award to the end of everything, and returns what was broken. */
export async function playSeed(options: RunOptions): Promise<RunResult> {
  const chance = new Chance(options.seed);
  const scenario = drawScenario(chance.fork('scenario'), { winsMax: options.winsMax ?? WINS_MAX });
  const time = new VirtualTime(scenario.startMs);
  const store = await options.openStore(time);
  try {
    const world = new World(options, { chance, scenario, time, store });
    return await world.play();
  } finally {
    await store.close();
  }
}

interface Parts {
  readonly chance: Chance;
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly store: SimulatedStore;
}

/** Everything of a run, joined once. */
class World {
  readonly #seed: string;
  readonly #parts: Parts;
  readonly #history: History;
  readonly #witness: Witness;
  readonly #merchants: readonly MerchantState[];
  readonly #rows: readonly MerchantRow[];
  readonly #activities: readonly ActivityId[];
  readonly #crew: Crew;
  readonly #outside: OutsideWorld;
  /** Awards as the store was told of them; a restored backup forgets the last ones. */
  readonly #won = new Map<string, Win>();
  #winsToCome: number;
  #faults = 0;
  readonly #faultKinds = new Set<string>();

  constructor(options: RunOptions, parts: Parts) {
    const { chance, scenario, time, store } = parts;
    this.#seed = options.seed;
    this.#parts = parts;
    this.#winsToCome = scenario.wins.length;
    this.#history = new History({ nowMs: () => time.nowMs, keep: options.keep ?? false });
    this.#rows = scenario.limits.map((limits, index) => merchantRow(limits, index, scenario.rails[index]));
    this.#activities = this.#rows.map(() => chance.fork('activities').hex(32) as ActivityId).map(numbered);
    this.#merchants = this.#rows.map((row) => ({ id: row.id, paySide: this.#paySide(row), keyRight: true }));
    const limitsOf = (id: string) => this.#row(id).limits;
    this.#witness = new Witness({ nowMs: () => time.nowMs, limits: limitsOf });
    const shared = { time, history: this.#history, witness: this.#witness, onFault: this.#fault.bind(this) };
    const payouts = watchedStore(store.payouts, this.#witness);
    const database = new SimulatedDatabase({ time, store: payouts, chance: chance.fork('database') });
    const crewParts = { ...shared, chance: chance.fork('crew'), database, machine: createPayoutMachine() };
    this.#crew = new Crew({ ...crewParts, ...this.#surroundings() }, scenario.processes);
    this.#outside = new OutsideWorld({
      ...shared,
      scenario,
      store,
      payouts,
      database,
      crew: this.#crew,
      merchants: this.#merchants,
      chance: chance.fork('outside'),
    });
  }

  async play(): Promise<RunResult> {
    const { scenario, time, store } = this.#parts;
    await store.begin(
      this.#rows,
      this.#activities.map((id, index) => ({
        ...plainActivity(id),
        appId: appIdOf(index),
        accountId: accountOf(index),
        amounts: scenario.amounts,
        returnsToBudget: scenario.returnsToBudget,
        reissuesReturned: scenario.reissuesReturned,
        budgetFen: scenario.budgetFen,
      })),
    );
    for (const [index, planned] of scenario.wins.entries()) this.#plan(planned, index);
    this.#outside.start();
    this.#crew.start();
    let isOver = false;
    time.onIdle = async () => {
      const dueMs = await store.nextDueMs();
      if (dueMs !== null) this.#crew.wakeWhenDue(dueMs);
      else isOver = this.#winsToCome === 0 && !this.#outside.restless && this.#outside.settled;
    };
    const lastMs = Math.max(...scenario.wins.map((win) => win.atMs), ...scenario.troubles.map((item) => item.atMs));
    await time.run(lastMs + scenario.neglectedMs + PLAYED_MS, () => isOver || this.#witness.violations.length > 0);
    return this.#judge();
  }

  async #judge(): Promise<RunResult> {
    const bench = await this.#bench();
    if (this.#witness.violations.length === 0) await checkEnd(bench);
    this.#crew.killAll();
    const { violations } = this.#witness;
    for (const { law, what } of violations) this.#history.note('LAW', `${law}: ${what}`);
    const { lines } = this.#history;
    const payouts = this.#won.size;
    const faultKinds = [...this.#faultKinds];
    const counts = { payouts, faults: this.#faults, faultKinds };
    return { seed: this.#seed, ...counts, violations, digest: this.#history.digest(), lines };
  }

  #fault(kind: string): void {
    this.#faults += 1;
    this.#faultKinds.add(kind);
  }

  async #bench(): Promise<Bench> {
    const { store, scenario } = this.#parts;
    return {
      store,
      view: await store.view(),
      witness: this.#witness,
      paySides: this.#merchants.map((merchant) => merchant.paySide),
      won: this.#won,
      budgetFen: scenario.budgetFen,
      activities: this.#activities,
    };
  }

  /** Writes a win when its time has come, as the draw flow does, if the budget holds it. */
  #plan(planned: PlannedWin, index: number): void {
    const { time, store, chance } = this.#parts;
    const award = chance.fork(`award ${index}`).hex(32) as AwardId;
    time.at(planned.atMs, () => {
      const row = this.#rows[planned.merchant];
      const activityId = this.#activities[planned.merchant];
      if (row === undefined || activityId === undefined) return;
      const win: Win = {
        accountId: accountOf(planned.merchant),
        awardId: award,
        activityId,
        merchantId: row.id,
        openid: `oPerson${planned.person}` as Openid,
        amountFen: planned.amountFen,
        class: planned.class,
        orderNumber: orderNumber(award, 'test'),
        atMs: Math.floor(time.nowMs),
      };
      this.#write(win, store).catch((error: unknown) => this.#witness.violate('awards are written', String(error)));
    });
  }

  async #write(win: Win, store: SimulatedStore): Promise<void> {
    const held = await store.win(win);
    this.#winsToCome -= 1;
    this.#history.note('draw', `${held ? 'wins' : 'finds no budget for'} ${win.orderNumber} ${win.amountFen} fen`);
    if (!held) return;
    this.#won.set(win.orderNumber, win);
    checkBudgets(await this.#bench());
    this.#crew.wake();
  }

  #surroundings() {
    const { scenario } = this.#parts;
    const state = (id: string): MerchantState => {
      const found = this.#merchants.find((merchant) => merchant.id === id);
      if (found === undefined) throw new Error(`no merchant ${id}`);
      return found;
    };
    return {
      merchant: (id: string) => merchantOf(this.#row(id), state(id)),
      paySide: (merchant: Merchant) => state(merchant.id).paySide,
      hazards: () => scenario.hazards,
      lateness: scenario.lateness,
      faultyCalls: () => scenario.faultyCalls,
    };
  }

  #row(id: string): MerchantRow {
    const row = this.#rows.find((item) => item.id === id);
    if (row === undefined) throw new Error(`no merchant ${id}`);
    return row;
  }

  #paySide(row: MerchantRow): PaySide {
    const { time, scenario, chance } = this.#parts;
    const risk = chance.fork('risk');
    const risky = new Set(
      Array.from({ length: 30 }, (_, person) => `oPerson${person}`).filter(() => risk.happens(scenario.riskyShare)),
    );
    const isRisky = (openid: string): boolean => risky.has(openid);
    const paySide = new PaySide({
      time,
      seed: this.#seed,
      mchId: row.mchId,
      appId: appIdOf(this.#rows.indexOf(row)),
      isRisky,
    });
    const totalFen = scenario.wins.reduce((sum, win) => sum + win.amountFen, 0);
    paySide.rules.repeatAfterSuccess = scenario.repeatAfterSuccess;
    paySide.rules.notFoundShape = scenario.notFoundShape;
    paySide.books.deposit(Math.ceil(totalFen * scenario.fundedShare));
    return paySide;
  }
}

function merchantRow(limits: MerchantRow['limits'], index: number, rail: Rail = 'red-packet'): MerchantRow {
  const id = index === 0 ? 'main' : `other${index}`;
  return { ...plainMerchant(id), mchId: `190000010${index}`, limits, rail };
}

/** Each merchant pays for an account of its own. */
function accountOf(merchant: number): AccountId {
  return (merchant === 0 ? 'main' : `other${merchant}`) as AccountId;
}

function appIdOf(merchant: number): string {
  return `wx000000000000000${merchant + 1}`;
}

/** Activities of several merchants get different ids. */
function numbered(id: ActivityId, index: number): ActivityId {
  return `${index}${id.slice(1)}` as ActivityId;
}

function merchantOf(row: MerchantRow, { paySide, keyRight }: MerchantState): Merchant {
  const { id, mchId, sendName, clientIp, limits } = row;
  return {
    id: id satisfies MerchantId,
    mchId,
    sendName,
    clientIp,
    limits,
    state: 'open',
    stoppedReason: null,
    certificatePem: '',
    privateKeyPem: '',
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    apiKey: keyRight ? paySide.apiKey : 'x'.repeat(32),
  };
}
