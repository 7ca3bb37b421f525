import { createHash } from 'node:crypto';

/** What happened, in order: as a hash, by which two runs are compared, and as lines when somebody wants to read them. */
export class History {
  readonly #hash = createHash('sha256');
  readonly #lines: string[] | null;
  readonly #nowMs: () => number;

  constructor(options: { readonly nowMs: () => number; readonly keep: boolean }) {
    this.#nowMs = options.nowMs;
    this.#lines = options.keep ? [] : null;
  }

  note(who: string, what: string): void {
    const line = `${this.#nowMs().toFixed(2)} ${who} ${what}`;
    this.#hash.update(line);
    this.#lines?.push(`${timeText(this.#nowMs())} ${who.padEnd(9)} ${what}`);
  }

  /** Of everything noted so far; afterwards nothing can be noted any more. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }
}

/** Beijing time with milliseconds. */
export function timeText(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 23).replace('T', ' ');
}
