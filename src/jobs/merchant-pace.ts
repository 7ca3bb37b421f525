import type { MerchantId } from '../base/ids.ts';

// 34.5 ms apart and at most 10 ms late: no second holds more than 30, WeChat Pay's limit per merchant.
const LATE_MS = 10;
// On a machine too busy to wake in time the pace gives way in the end, rather than hold a payout for ever.
const TURNS_MAX = 20;

/** Hands out turns to call, evenly spaced per merchant within this process. */
export class MerchantPace {
  readonly #spacingMs: number;
  readonly #nextMs = new Map<MerchantId, number>();

  /** Takes the shortest time between two turns of one merchant. */
  constructor(spacingMs: number) {
    this.#spacingMs = spacingMs;
  }

  /** Resolves when it is this caller's turn. One who wakes more than 10 ms late takes a new turn. */
  async turn(merchant: MerchantId): Promise<void> {
    for (let taken = 0; taken < TURNS_MAX; taken += 1) {
      const turnMs = Math.max(performance.now(), this.#nextMs.get(merchant) ?? 0);
      this.#nextMs.set(merchant, turnMs + this.#spacingMs);
      const waitMs = turnMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
      if (performance.now() - turnMs <= LATE_MS) return;
    }
  }
}
