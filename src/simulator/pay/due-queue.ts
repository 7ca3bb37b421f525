/** What waits for its time, earliest first: a binary heap, so that a hundred thousand open packets cost nothing. */
export class DueQueue<Item> {
  readonly #heap: { dueMs: number; item: Item }[] = [];

  add(dueMs: number, item: Item): void {
    this.#heap.push({ dueMs, item });
    let at = this.#heap.length - 1;
    while (at > 0 && this.#due(at) < this.#due((at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  /** Removes and returns the earliest item that is due at this time, if there is one. */
  takeDue(nowMs: number): { dueMs: number; item: Item } | undefined {
    if (this.#due(0) > nowMs) return undefined;
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#due(left + 1) < this.#due(left) ? left + 1 : left;
      if (this.#due(child) >= this.#due(at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #due(at: number): number {
    return this.#heap[at]?.dueMs ?? Infinity;
  }

  #swap(one: number, other: number): void {
    const [first, second] = [this.#heap[one], this.#heap[other]];
    if (!first || !second) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
