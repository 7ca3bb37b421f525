/** What all texts of one file may have, in bytes and in number. */
const BYTES_MAX = 100_000_000;
const TEXTS_MAX = 4_000_000;
const FIRST_BYTES = 1_048_576;

/** Many short texts by number, packed in one buffer: a million of them as strings would take three times as much. */
export class SharedTexts {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #ends = new Uint32Array(65_536);
  #count = 0;
  #used = 0;

  /** Adds a text; false when it is one too many. */
  add(text: string): boolean {
    const length = Buffer.byteLength(text);
    if (this.#count >= TEXTS_MAX || this.#used + length > BYTES_MAX) return false;
    if (this.#used + length > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#used + length);
    if (this.#count === this.#ends.length) {
      const ends = new Uint32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#used += this.#bytes.write(text, this.#used);
    this.#ends[this.#count] = this.#used;
    this.#count += 1;
    return true;
  }

  /** Returns a text by its number, empty for one there is not. */
  at(index: number): string {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return '';
    return this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }
}

function grown(bytes: Buffer, least: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.min(BYTES_MAX, Math.max(least, bytes.length * 2)));
  bytes.copy(larger);
  return larger;
}
