import type { BucketAnswer, SharedMemory } from '../flows/ports/shared-memory.ts';

/** Most entries of each kind kept; beyond it the oldest go, so that a flood cannot fill the memory. */
const ENTRIES_MAX = 100_000;

interface Expiring<Value> {
  readonly value: Value;
  readonly untilMs: number;
}

/**
 * Shared memory for one process only: for the demo, and as what a process goes on with while Redis is away. Time is a
 * parameter, ms that never go back.
 */
export class ProcessMemory implements SharedMemory {
  readonly #nowMs: () => number;
  readonly #nonces = new Map<string, Expiring<true>>();
  readonly #leases = new Map<string, Expiring<string>>();
  readonly #tokens = new Map<string, Expiring<string>>();
  readonly #counts = new Map<string, Expiring<number>>();
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  async takeNonce(nonce: string, ttlMs: number): Promise<boolean> {
    if (this.#living(this.#nonces, nonce) !== undefined) return false;
    this.#keep(this.#nonces, nonce, true, ttlMs);
    return true;
  }

  async takeFromBucket(bucket: string, rate: { capacity: number; perSecond: number }): Promise<BucketAnswer> {
    const atMs = this.#nowMs();
    const before = this.#buckets.get(bucket) ?? { tokens: rate.capacity, atMs };
    const tokens = Math.min(rate.capacity, before.tokens + ((atMs - before.atMs) / 1000) * rate.perSecond);
    const allowed = tokens >= 1;
    this.#buckets.delete(bucket);
    this.#buckets.set(bucket, { tokens: allowed ? tokens - 1 : tokens, atMs });
    bound(this.#buckets);
    return { allowed, retryAfterMs: allowed ? 0 : Math.ceil(((1 - tokens) / rate.perSecond) * 1000) };
  }

  async holdLease(lease: string, owner: string, ttlMs: number): Promise<boolean> {
    const holder = this.#living(this.#leases, lease);
    if (holder !== undefined && holder.value !== owner) return false;
    this.#keep(this.#leases, lease, owner, ttlMs);
    return true;
  }

  async releaseLease(lease: string, owner: string): Promise<void> {
    if (this.#living(this.#leases, lease)?.value === owner) this.#leases.delete(lease);
  }

  async readToken(name: string): Promise<{ token: string; livesMs: number } | null> {
    const found = this.#living(this.#tokens, name);
    return found === undefined ? null : { token: found.value, livesMs: Math.floor(found.untilMs - this.#nowMs()) };
  }

  async swapToken(name: string, expected: string | null, next: { token: string; ttlMs: number }): Promise<boolean> {
    if ((this.#living(this.#tokens, name)?.value ?? null) !== expected) return false;
    this.#keep(this.#tokens, name, next.token, next.ttlMs);
    return true;
  }

  async countUp(name: string, ttlMs: number): Promise<number> {
    const before = this.#living(this.#counts, name);
    const livesMs = before === undefined ? ttlMs : before.untilMs - this.#nowMs();
    const count = (before?.value ?? 0) + 1;
    this.#keep(this.#counts, name, count, livesMs);
    return count;
  }

  health(): 'ok' {
    return 'ok';
  }

  #living<Value>(entries: Map<string, Expiring<Value>>, name: string): Expiring<Value> | undefined {
    const found = entries.get(name);
    if (found === undefined || found.untilMs > this.#nowMs()) return found;
    entries.delete(name);
    return undefined;
  }

  #keep<Value>(entries: Map<string, Expiring<Value>>, name: string, value: Value, ttlMs: number): void {
    // Set anew, so that the oldest entry always stands first.
    entries.delete(name);
    entries.set(name, { value, untilMs: this.#nowMs() + ttlMs });
    bound(entries);
  }
}

function bound(entries: Map<string, unknown>): void {
  for (const name of entries.keys()) {
    if (entries.size <= ENTRIES_MAX) return;
    entries.delete(name);
  }
}
