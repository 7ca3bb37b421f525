/** Formats fen as yuan without needless noughts: 100 -> "1", 188 -> "1.88", 880 -> "8.80". */
export function formatYuan(amountFen: number): string {
  const yuan = (amountFen / 100).toFixed(2);
  return yuan.endsWith('.00') ? yuan.slice(0, -3) : yuan;
}
