/** Money: a whole number of fen (1 yuan = 100 fen), never a fraction, never a float of yuan. */
export type Fen = number & { readonly __unit: 'fen' };

/** Largest amount this system handles: safe to add up a billion times without leaving the exact integers. */
export const FEN_MAX = 9_000_000_000_000;

/** Takes a number of fen and returns it as money. Throws RangeError unless it is a whole number within +-FEN_MAX. */
export function fen(amount: number): Fen {
  if (!Number.isSafeInteger(amount) || Math.abs(amount) > FEN_MAX) {
    throw new RangeError(`not an amount of fen: ${amount} (a whole number within ${FEN_MAX} is needed)`);
  }
  return amount as Fen;
}

/** Formats fen as yuan with two decimals: 1234 -> "12.34". */
export function formatYuan(amountFen: Fen): string {
  const sign = amountFen < 0 ? '-' : '';
  const digits = Math.abs(amountFen).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
