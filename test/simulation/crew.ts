import type { Logger } from '../../src/base/logger.ts';
import type { Merchant } from '../../src/flows/ports/accounts.ts';
import type { PayoutMachine, PayoutWake } from '../../src/flows/ports/payouts.ts';
import { PayAwards } from '../../src/jobs/pay-awards.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { PaySide } from './pay-side.ts';
import { HOUR, SECOND } from './scenario.ts';
import type { SimulatedDatabase } from './simulated-database.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { Hazards } from './simulated-process.ts';
import { SimulatedRail } from './simulated-rail.ts';
import type { Planned, VirtualTime } from './virtual-time.ts';
import type { Witness } from './witness.ts';

/** Longer than a call's deadline of 20 s, as in production. */
const LEASE_MS = 25 * SECOND;
// A poll that finds nothing changes nothing: the world wakes the workers when there is something to find.
const POLL_MS = 6 * HOUR;
const STOP_WITHIN_MS = 25 * SECOND;
const IDLE_PAUSE_MAX_MS = 1_800_000;

export interface CrewParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly witness: Witness;
  readonly database: SimulatedDatabase;
  readonly machine: PayoutMachine;
  readonly merchant: (id: string) => Merchant;
  readonly paySide: (merchant: Merchant) => PaySide;
  readonly hazards: () => Hazards;
  readonly lateness: number;
  readonly faultyCalls: () => number;
  readonly onFault: (kind: string) => void;
}

interface Member {
  readonly process: SimulatedProcess;
  readonly worker: PayAwards;
  readonly wake: () => void;
}

/** The service's processes: started, woken when something is due, started again when they died. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #places: (Member | null)[];
  #births = 0;
  #closed = false;
  #pauseMs = SECOND;
  #progressSeen = -1;
  #plan: { readonly dueMs: number; readonly planned: Planned } | null = null;

  constructor(parts: CrewParts, size: number) {
    this.#parts = parts;
    this.#places = Array.from({ length: size }, () => null);
  }

  /** Starts what is not running. */
  start(): void {
    this.#closed = false;
    for (const place of this.#places.keys()) this.#spawn(place);
  }

  /** Ends every process at once and starts none until told. */
  killAll(): void {
    this.#closed = true;
    for (const member of this.#places) member?.process.kill();
  }

  /** Stops one process as SIGTERM does, and starts another one in its place. */
  async stopOne(): Promise<void> {
    const { time, chance, history, witness } = this.#parts;
    const place = chance.below(this.#places.length);
    const member = this.#places[place];
    if (member === null || member === undefined) return;
    const fromMs = time.nowMs;
    history.note(member.process.name, 'is told to stop');
    await Promise.race([member.worker.stop(), member.process.died]);
    if (!member.process.alive) return;
    const tookMs = time.nowMs - fromMs;
    history.note(member.process.name, `stopped after ${Math.round(tookMs)} ms`);
    if (tookMs > STOP_WITHIN_MS + SECOND && !member.process.stalledSince(fromMs))
      witness.violate('stops within 25 s', `${member.process.name} took ${Math.round(tookMs)} ms`);
    member.process.kill();
  }

  /** Wakes everybody now, as a notification of the database does. */
  wake(): void {
    this.#pauseMs = SECOND;
    const { time, chance } = this.#parts;
    const overMs = chance.happens(0.5) ? 0 : SECOND;
    for (const member of this.#places)
      if (member !== null) member.process.when(time.nowMs + chance.between(0, overMs), member.wake);
  }

  /** Wakes everybody when something is due: as often as the poll would, less often when nothing comes of it. */
  wakeWhenDue(dueMs: number): void {
    if (this.#plan?.dueMs === dueMs) return;
    this.#plan?.planned.cancel();
    const { time, chance, database } = this.#parts;
    const planned = time.at(Math.max(dueMs, time.nowMs + chance.between(0, this.#pauseMs)), () => {
      const idle = database.progress === this.#progressSeen;
      this.#progressSeen = database.progress;
      const pauseMs = idle ? Math.min(this.#pauseMs * 2, IDLE_PAUSE_MAX_MS) : SECOND;
      this.wake();
      this.#pauseMs = pauseMs;
      this.#plan = null;
    });
    this.#plan = { dueMs, planned };
  }

  #spawn(place: number): void {
    if (this.#closed || this.#places[place]?.process.alive === true) return;
    const { time, chance, history, database, machine, merchant, hazards, lateness } = this.#parts;
    this.#births += 1;
    const process = new SimulatedProcess({
      name: `process${this.#births}`,
      time,
      chance: chance.fork(`process ${this.#births}`),
      history,
      hazards,
      lateness,
      onFault: (kind, died) => this.#fault(kind, died, place),
    });
    let look: () => void = () => undefined;
    const wake: PayoutWake = { start: (onDue) => void (look = onDue), stop: async () => undefined };
    const luck = chance.fork(`luck ${this.#births}`);
    const worker = new PayAwards({
      payouts: database.of(process),
      rail: this.#rail(process),
      accounts: { merchant: (id) => process.step('read merchant', async () => merchant(id)) },
      machine,
      clock: process.clock,
      luck: { randomId: () => luck.hex(32) },
      logger: loggerOf(process.name, this.#parts),
      wake,
      leaseMs: LEASE_MS,
      pollMs: POLL_MS,
    });
    this.#places[place] = { process, worker, wake: () => look() };
    history.note(process.name, 'starts');
    worker.start();
  }

  #rail(process: SimulatedProcess): SimulatedRail {
    const { time, chance, history, witness, paySide, faultyCalls, onFault } = this.#parts;
    return new SimulatedRail({
      process,
      time,
      chance: chance.fork(`network ${process.name}`),
      history,
      paySide,
      onFault,
      faulty: faultyCalls,
      onDeparture: (departure) => witness.departed(departure),
    });
  }

  #fault(kind: 'kill' | 'stall', process: SimulatedProcess, place: number): void {
    const { time, chance, onFault } = this.#parts;
    onFault(kind);
    if (kind === 'stall') return;
    if (this.#places[place]?.process === process) this.#places[place] = null;
    time.at(time.nowMs + chance.spread(100, 120_000), () => this.#spawn(place));
  }
}

/** What only a bug of our own can make the product say. */
const BUGS = new Set([
  'pay-rail-threw',
  'payout-due-without-a-call',
  'payout-without-merchant',
  'payout-contradiction',
]);
/** Warnings in trouble; as errors they tell of something the product did not expect. */
const UNEXPECTED = new Set(['payouts-not-claimed', 'payout-left-to-its-lease']);

/** Everything the product says becomes part of the history; what it says of a bug of its own breaks a law. */
function loggerOf(name: string, { history, witness }: CrewParts): Logger {
  const at = (level: string) => (fields: object, event: string) => {
    const text = `${event} ${JSON.stringify(fields)}`;
    history.note(name, `${level} ${text}`);
    if (BUGS.has(event) || (level === 'error' && UNEXPECTED.has(event))) witness.violate('no bug of our own', text);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
