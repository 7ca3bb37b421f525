import type { Openid } from '../base/ids.ts';
import type { ChainedRule } from './chains.ts';
import type { Mark, SaidCode } from './facts.ts';
import { entryPool } from './rule-pools.ts';

/** What a rule needs to know of codes: the pool people enter by, and the pools its prizes are handed out from. */
export interface CodesNeeded {
  readonly entry: string | null;
  readonly vouchers: readonly { readonly pool: string; readonly prizeId: string }[];
}

/** What is known of codes when a batch begins. */
export interface LaneCodes {
  /** Those that were said and exist, by who used them; null for one nobody used. */
  readonly said: ReadonlyMap<string, Openid | null>;
  /** The next vouchers of each pool, as many as the batch could need. */
  readonly vouchers: ReadonlyMap<string, readonly string[]>;
}

const NO_CODES: LaneCodes = { said: new Map(), vouchers: new Map() };

/** Returns what a rule needs to know of codes, or null for a rule without any. */
export function codesNeeded(rule: ChainedRule): CodesNeeded | null {
  const entry = entryPool(rule);
  const vouchers = rule.prizes.flatMap((prize) =>
    prize.kind === 'voucher' ? [{ pool: prize.pool, prizeId: prize.id }] : [],
  );
  return entry === null && vouchers.length === 0 ? null : { entry, vouchers };
}

/** The codes of one batch, as its decisions use them up one after the other. */
export class CodesInBatch {
  readonly #used: Map<string, Openid | null>;
  readonly #next: Map<string, string>;
  readonly #rest: ReadonlyMap<string, readonly string[]>;
  readonly #taken = new Map<string, number>();

  constructor({ said, vouchers }: LaneCodes = NO_CODES) {
    this.#used = new Map(said);
    this.#rest = vouchers;
    this.#next = new Map([...vouchers].flatMap(([pool, [code]]) => (code === undefined ? [] : [[pool, code]])));
  }

  /** Whether a code can be used by somebody now. */
  saidBy(person: Openid, code: string | null): SaidCode | null {
    if (code === null) return null;
    const by = this.#used.get(code);
    return { code, use: by === undefined ? 'unknown' : by === null ? 'free' : by === person ? 'mine' : 'taken' };
  }

  /** The next voucher of each pool; a pool that is empty is missing. */
  get vouchers(): ReadonlyMap<string, string> {
    return this.#next;
  }

  /** Takes what a decision used up. */
  left(person: Openid, marks: readonly Mark[]): void {
    for (const mark of marks) {
      if (mark.kind === 'code') this.#used.set(mark.code, person);
      if (mark.kind === 'voucher') this.#handOut(mark.pool);
    }
  }

  #handOut(pool: string): void {
    const taken = (this.#taken.get(pool) ?? 0) + 1;
    const next = this.#rest.get(pool)?.[taken];
    this.#taken.set(pool, taken);
    if (next === undefined) this.#next.delete(pool);
    else this.#next.set(pool, next);
  }
}
