const COLUMNS = 12;
const ROWS = 6;

/** How much of a card is scratched off, counted on a coarse grid so that no pixel has to be read back. */
export class ScratchedArea {
  readonly #seen = new Set<number>();

  /** Marks what a finger of a certain radius touches; all numbers are shares of the card's width and height, 0 to 1. */
  touch(x: number, y: number, radius: { readonly x: number; readonly y: number }): void {
    for (let row = 0; row < ROWS; row += 1) {
      for (let column = 0; column < COLUMNS; column += 1) {
        const across = ((column + 0.5) / COLUMNS - x) / radius.x;
        const down = ((row + 0.5) / ROWS - y) / radius.y;
        if (across * across + down * down <= 1) this.#seen.add(row * COLUMNS + column);
      }
    }
  }

  /** The share that is scratched off, 0 to 1. */
  share(): number {
    return this.#seen.size / (COLUMNS * ROWS);
  }
}
