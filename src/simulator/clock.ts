const beijingOffsetMs = 8 * 3_600_000;

/** The simulator's own time: real time, or the time of a wholly virtual world, plus an offset that only grows. */
export class SimulatorClock {
  readonly #worldMs: () => number;
  #offsetMs: number;
  #latestMs = 0;
  readonly #listeners: ((nowMs: number) => void)[] = [];

  constructor(offsetMs = 0, worldMs: () => number = Date.now) {
    this.#worldMs = worldMs;
    this.#offsetMs = offsetMs;
  }

  /** Unix milliseconds. Never goes back, even when the machine's own clock is set back. */
  nowMs(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#worldMs() + this.#offsetMs);
    return this.#latestMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Jumps ahead by whole milliseconds; throws for anything that is not ahead. */
  advance(byMs: number): void {
    if (!Number.isSafeInteger(byMs) || byMs < 0) throw new Error(`the clock only goes ahead, not by ${byMs} ms`);
    this.#offsetMs += byMs;
    const nowMs = this.nowMs();
    for (const listener of this.#listeners) listener(nowMs);
  }

  onAdvance(listener: (nowMs: number) => void): void {
    this.#listeners.push(listener);
  }
}

/** `yyyy-MM-dd HH:mm:ss` in Beijing, the form of every time in WeChat Pay's version 2 answers. */
export function beijingText(atMs: number): string {
  return new Date(atMs + beijingOffsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** `yyyyMMdd` of the Beijing day, by which WeChat Pay counts its daily limits. */
export function beijingDay(atMs: number): string {
  return beijingText(atMs).slice(0, 10).replaceAll('-', '');
}
