import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How often a step of a process ends it or makes it stand still. */
export interface Hazards {
  readonly kill: number;
  readonly stall: number;
}

export interface ProcessParts {
  readonly name: string;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly history: History;
  readonly hazards: () => Hazards;
  /** How much later than asked timers fire: 1 on a quiet machine. */
  readonly lateness: number;
  /** Told of each kill and stall. */
  readonly onFault: (kind: 'kill' | 'stall', process: SimulatedProcess) => void;
}

/**
 * A process that may die or stand still between any two steps. Every port of it goes through here: a dead one's promises
 * never resolve, and one that stands still (SIGSTOP, a long collection of garbage) gets its answers when it wakes.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #parts: ProcessParts;
  readonly #skewMs: number;
  /** Resolves when it is killed. */
  readonly died: Promise<void>;
  #die: () => void = () => undefined;
  #alive = true;
  #asleepUntilMs = 0;
  #stalledAtMs = -Infinity;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.died = new Promise((resolve) => (this.#die = resolve));
    this.#skewMs = parts.chance.between(-2, 2);
    this.clock = { nowMs: () => Math.floor(this.#parts.time.nowMs + this.#skewMs), sleep: this.#sleep.bind(this) };
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#parts.history.note(this.name, 'is killed');
    this.#parts.onFault('kill', this);
    this.#die();
  }

  /** Whether it stood still at some time since then. */
  stalledSince(atMs: number): boolean {
    return this.#stalledAtMs >= atMs || this.#asleepUntilMs >= atMs;
  }

  stall(durationMs: number): void {
    this.#stalledAtMs = this.#parts.time.nowMs;
    this.#asleepUntilMs = Math.max(this.#asleepUntilMs, this.#parts.time.nowMs + durationMs);
    this.#parts.history.note(this.name, `stands still for ${Math.round(durationMs)} ms`);
    this.#parts.onFault('stall', this);
  }

  /** Runs something in this process as soon as it is awake; never in a dead one. */
  when(atMs: number, run: () => void): { cancel(): void } {
    const { time } = this.#parts;
    let planned = time.at(atMs, () => {
      if (!this.#alive) return;
      if (time.nowMs < this.#asleepUntilMs) planned = this.when(this.#asleepUntilMs, run);
      else run();
    });
    return { cancel: () => planned.cancel() };
  }

  /** Makes a step outside of the process: there, what happens there, and back. */
  async step<T>(what: string, happens: () => Promise<T>): Promise<T> {
    const { chance } = this.#parts;
    await this.#pass(chance.between(0.1, 1.5));
    await this.#fate(`before ${what}`);
    const outcome = await happens().then(
      (value) => ({ kind: 'value', value }) as const,
      (error: unknown) => ({ kind: 'error', error }) as const,
    );
    await this.#fate(`after ${what}`);
    await this.#pass(chance.between(0.1, 1.5));
    if (outcome.kind === 'error') throw outcome.error;
    return outcome.value;
  }

  /** Waits as long as this and as long as the process stands still. */
  #pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => void this.when(this.#parts.time.nowMs + durationMs, resolve));
  }

  async #fate(where: string): Promise<void> {
    const { chance, hazards, history } = this.#parts;
    const luck = chance.unit();
    const { kill, stall } = hazards();
    if (luck >= kill + stall) return;
    history.note(this.name, `hazard ${where}`);
    if (luck < kill) this.kill();
    else this.stall(chance.happens(0.6) ? chance.between(24_000, 60_000) : chance.spread(20, 20_000));
    await this.#pass(0);
  }

  /** Timers fire a little late, and now and then so late that a turn is missed. */
  #sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    const { chance, time, lateness } = this.#parts;
    const luck = chance.unit();
    const lateMs = (luck < 0.85 ? luck * 2 : luck < 0.97 ? luck * 8 : luck * 60) * lateness;
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        planned.cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const planned = this.when(time.nowMs + Math.max(durationMs, 0) + lateMs, done);
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
