/** 100 -> "1", 188 -> "1.88": as the page's own script writes it. */
export function yuan(amountFen: number): string {
  return (amountFen / 100).toFixed(2).replace(/\.00$/, '');
}

const THREE_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** A share in percent to three significant digits, and whether that is all of it: 1 of 3 -> 33.3, not exact. */
export function percentOf(part: number, whole: number): { readonly shown: string; readonly exact: boolean } {
  const shown = THREE_DIGITS.format((part / whole) * 100);
  const [units = '', decimals = ''] = shown.split('.');
  // Compared as whole numbers, so that 1 of 3 is never taken for 33.3 %.
  const exact = BigInt(units + decimals) * BigInt(whole) === BigInt(part) * 100n * 10n ** BigInt(decimals.length);
  return { shown: `${shown}%`, exact };
}
