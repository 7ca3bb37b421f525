/** A stream of luck that is the same for the same seed: sfc32, quick enough to be asked at every step. */
export class Chance {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: string) {
    this.#seed = seed;
    [this.#a, this.#b, this.#c, this.#counter] = [hash(seed, 1), hash(seed, 2), hash(seed, 3), 1];
    for (let index = 0; index < 12; index += 1) this.unit();
  }

  /** An independent stream: drawing from one never shifts the other. */
  fork(name: string): Chance {
    return new Chance(`${this.#seed}/${name}`);
  }

  /** A number in [0, 1). */
  unit(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.unit() * below);
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + this.unit() * (to - from);
  }

  /** A number in [from, to), small ones as likely as large ones of each order of magnitude. */
  spread(from: number, to: number): number {
    return from * (to / from) ** this.unit();
  }

  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits)
      text += Math.floor(this.unit() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  }
}

/** FNV-1a of a text. */
function hash(text: string, basis: number): number {
  let value = 0x811c9dc5 ^ basis;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
