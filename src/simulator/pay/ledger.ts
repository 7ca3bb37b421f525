/** funding is the world outside, balance the merchant's account, packets what waits to be opened, users what was. */
export type LedgerAccount = 'funding' | 'balance' | 'packets' | 'users';

/** One move of money: out of one account into another, positive fen. `number` is empty for a deposit. */
export type LedgerEntry = { atMs: number; number: string; from: LedgerAccount; to: LedgerAccount; fen: number };

/** The merchant's money in whole fen, taken from the ledger alone. */
export type Totals = {
  sentFen: number;
  receivedFen: number;
  refundedFen: number;
  pendingFen: number;
  balanceFen: number;
};

/** Append-only: every fen leaves one account and enters another, so the four always sum to nothing. */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #accounts: Record<LedgerAccount, number> = { funding: 0, balance: 0, packets: 0, users: 0 };
  readonly #moved = new Map<string, number>();
  readonly #paidCounts = new Map<string, number>();

  add(entry: LedgerEntry): void {
    if (!Number.isSafeInteger(entry.fen) || entry.fen <= 0) throw new Error(`a ledger entry of ${entry.fen} fen`);
    this.#entries.push(entry);
    this.#accounts[entry.from] -= entry.fen;
    this.#accounts[entry.to] += entry.fen;
    const way = `${entry.from}>${entry.to}`;
    this.#moved.set(way, (this.#moved.get(way) ?? 0) + entry.fen);
    if (way === 'balance>packets') this.#paidCounts.set(entry.number, (this.#paidCounts.get(entry.number) ?? 0) + 1);
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** How often money left the merchant under each order number. More than once is a double payment. */
  get paidCounts(): ReadonlyMap<string, number> {
    return this.#paidCounts;
  }

  get balanceFen(): number {
    return this.#accounts.balance;
  }

  totals(): Totals {
    return {
      sentFen: this.#moved.get('balance>packets') ?? 0,
      receivedFen: this.#moved.get('packets>users') ?? 0,
      refundedFen: this.#moved.get('packets>balance') ?? 0,
      pendingFen: this.#accounts.packets,
      balanceFen: this.#accounts.balance,
    };
  }
}
