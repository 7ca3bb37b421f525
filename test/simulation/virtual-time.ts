import { DueQueue } from '../../src/simulator/pay/due-queue.ts';

/** Something that happens at a time to come, unless it is cancelled. */
export interface Planned {
  cancel(): void;
}

interface Item {
  run: (() => void) | null;
}

// A jump longer than this is worth asking whether something wants to happen before.
const IDLE_MS = 500;

/**
 * Time that moves only when everything has come to rest: every microtask is drained and nothing real (a statement of
 * the database) is under way. What happens at the same moment happens in one order, always the same.
 */
export class VirtualTime {
  readonly #queue = new DueQueue<Item>();
  #nowMs: number;
  #open = 0;
  #rested: (() => void) | null = null;
  /** Asked before a long jump; it may plan something. */
  onIdle: () => Promise<void> = async () => undefined;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** Unix ms with fractions. */
  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, run: () => void): Planned {
    const item: Item = { run };
    this.#queue.add(Math.max(atMs, this.#nowMs), item);
    return { cancel: () => (item.run = null) };
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => void this.at(this.#nowMs + durationMs, resolve));
  }

  /** Holds time still while something real is under way. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#open += 1;
    try {
      return await work();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#rested?.();
    }
  }

  /** Lets everything happen until this time, or until `isOver` says so at a moment of rest. */
  async run(untilMs: number, isOver: () => boolean): Promise<void> {
    for (;;) {
      await this.#rest();
      if (isOver()) return;
      const soon =
        this.#queue.takeDue(Math.min(untilMs, this.#nowMs + IDLE_MS)) ?? (await this.#nextAfterIdle(untilMs));
      if (soon === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, soon.dueMs);
      soon.item.run?.();
    }
  }

  async #nextAfterIdle(untilMs: number): Promise<{ dueMs: number; item: Item } | undefined> {
    await this.onIdle();
    await this.#rest();
    return this.#queue.takeDue(untilMs);
  }

  /** A turn of the event loop comes after every microtask. */
  async #rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#open > 0) {
      await new Promise<void>((resolve) => (this.#rested = resolve));
      this.#rested = null;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
