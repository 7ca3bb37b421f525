/** A few milliseconds of work. */
const PER_TURN_MAX = 64;

interface Waiting {
  readonly begin: () => void;
  readonly sinceMs: number;
}

/**
 * Begins a bounded number of requests in each turn of the event loop, in the order they came; the others wait for the
 * next. A turn would otherwise last as long as there is something to read, a second when thousands come at once, and
 * what is under way goes on only once a turn: with each answer of the database, of Redis and of a timer.
 */
export class RequestTurns {
  readonly #perTurnMax: number;
  #waiting: Waiting[] = [];
  #begunInTurn = 0;
  #delayMs = 0;

  constructor(perTurnMax = PER_TURN_MAX) {
    this.#perTurnMax = perTurnMax;
  }

  /** How long the request that was begun last had waited, in ms. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Calls `begin` now, or in one of the next turns. It must not throw. */
  take(begin: () => void): void {
    if (this.#begunInTurn === this.#perTurnMax) {
      this.#waiting.push({ begin, sinceMs: performance.now() });
      return;
    }
    if (this.#begunInTurn === 0) setImmediate(() => this.#nextTurn());
    this.#begunInTurn += 1;
    this.#delayMs = 0;
    begin();
  }

  #nextTurn(): void {
    const next = this.#waiting.splice(0, this.#perTurnMax);
    this.#begunInTurn = next.length;
    if (next.length > 0) setImmediate(() => this.#nextTurn());
    const nowMs = performance.now();
    for (const { begin, sinceMs } of next) {
      this.#delayMs = nowMs - sinceMs;
      begin();
    }
  }
}
