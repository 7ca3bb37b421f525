/** What a text of yuan means in fen, or why it means nothing. */
export type ReadYuan =
  { readonly fen: number | null; readonly fault: null } | { readonly fen: null; readonly fault: 'not-money' };

const YUAN = /^(\d{1,9})(?:\.(\d{0,2}))?$/;

/** Reads "12.34" as 1234 fen without ever holding a fraction; empty text is null. Spaces, commas and ¥ do not count. */
export function readYuan(text: string): ReadYuan {
  const bare = text.normalize('NFKC').replaceAll(/[\s,¥]/g, '');
  if (bare === '') return { fen: null, fault: null };
  const found = YUAN.exec(bare);
  if (found === null) return { fen: null, fault: 'not-money' };
  return { fen: Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')), fault: null };
}

/** Writes fen as plain yuan for an input: 1234 -> "12.34", 1200 -> "12". */
export function writeYuan(amountFen: number | null): string {
  if (amountFen === null) return '';
  const cents = amountFen % 100;
  return `${Math.trunc(amountFen / 100)}${cents === 0 ? '' : `.${String(cents).padStart(2, '0')}`}`;
}

/** Shows fen as money: 123456 -> "¥1,234.56", with a true minus sign. */
export function showYuan(amountFen: number): string {
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const yuan = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${amountFen < 0 ? '−' : ''}¥${yuan}.${digits.slice(-2)}`;
}
