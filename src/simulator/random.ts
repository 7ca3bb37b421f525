import { createCipheriv, createHash } from 'node:crypto';

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A stream of luck that repeats itself for the same seed, so that a failed run can be played again. */
export class Random {
  readonly seed: string;
  readonly #stream: ReturnType<typeof createCipheriv>;
  /** Drawn ahead, because a call of the cipher for each letter of an openid takes 4 s for 100,000 people. */
  #drawn = Buffer.alloc(0);

  constructor(seed: string) {
    this.seed = seed;
    const key = createHash('sha256').update(seed).digest();
    this.#stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** An independent stream: drawing from one never shifts the other. */
  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  bytes(count: number): Buffer {
    if (this.#drawn.length < count) {
      const more = this.#stream.update(Buffer.alloc(Math.max(4096, count)));
      this.#drawn = Buffer.concat([this.#drawn, more]);
    }
    const taken = this.#drawn.subarray(0, count);
    this.#drawn = this.#drawn.subarray(count);
    return taken;
  }

  /** A whole number from 0 to below - 1. Six bytes keep the bias of the remainder under 2^-16 for any 32-bit bound. */
  whole(below: number): number {
    return this.bytes(6).readUIntBE(0, 6) % below;
  }

  /** True with the given probability from 0 to 1. */
  chance(probability: number): boolean {
    return this.whole(1_000_000) < probability * 1_000_000;
  }

  text(length: number, alphabet: string = alphanumeric): string {
    return Array.from({ length }, () => alphabet.charAt(this.whole(alphabet.length))).join('');
  }

  hex(length: number): string {
    return this.text(length, '0123456789abcdef');
  }

  digits(length: number): string {
    return this.text(length, '0123456789');
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, order: this.whole(2 ** 40) }))
      .sort((left, right) => left.order - right.order)
      .map(({ item }) => item);
  }
}
