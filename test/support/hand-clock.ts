import { setTimeout as realSleep } from 'node:timers/promises';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';

/** A clock that stands still until a test moves it, for what lives by the clock alone. */
export interface HandClock extends Clock {
  /** How long each sleep was asked to last, in the order they began. */
  readonly slept: readonly number[];
  /** Resolves when somebody sleeps, which a loop does when its round has ended. */
  asleep(): Promise<void>;
  /** Moves on once somebody sleeps and wakes whoever is due. */
  pass(byMs: number): Promise<void>;
  /** The same, and resolves when somebody sleeps again. */
  advance(byMs: number): Promise<void>;
}

const PATIENCE_MS = 10_000;

export function handClock(startMs: number): HandClock {
  let nowMs = startMs;
  const slept: number[] = [];
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  async function asleep(): Promise<void> {
    const startedMs = performance.now();
    while (sleepers.size === 0) {
      if (performance.now() - startedMs > PATIENCE_MS) throw new Error('nobody sleeps');
      await realSleep(1);
    }
  }

  async function pass(byMs: number): Promise<void> {
    await asleep();
    nowMs += byMs;
    for (const sleeper of sleepers) if (sleeper.untilMs <= nowMs) sleeper.wake();
  }

  return {
    slept,
    asleep,
    pass,
    nowMs: () => nowMs,
    sleep(durationMs, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      slept.push(durationMs);
      return new Promise((resolve) => {
        const sleeper = {
          untilMs: nowMs + durationMs,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      });
    },
    async advance(byMs) {
      await pass(byMs);
      await asleep();
    },
  };
}
