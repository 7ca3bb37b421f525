import type { EntryRow, PayoutRow, PayoutTables } from './payout-tables.ts';

const ACCOUNTS = ['reserved', 'in-flight', 'delivered', 'returned', 'budget'] as const;

/** What verify-books would find: books, states and attempts that do not tell the same. */
export function memoryDifferences(tables: PayoutTables): readonly string[] {
  const entries = Map.groupBy(tables.entries, (entry) => entry.awardId ?? '');
  const awards = Map.groupBy(tables.payouts.values(), (row) => row.awardId);
  return [...awards.values()].flatMap((rows) => {
    const last = rows.toSorted((left, right) => left.series - right.series).at(-1) as PayoutRow;
    const living = rows.filter((row) => row.state !== 'dead' && row.state !== 'returned');
    return [
      ...(living.length > 1 ? [`one living payout per award ${last.awardId}: ${living.length}`] : []),
      ...bookDifferences(last, entries.get(last.awardId) ?? []),
      ...awardDifferences(tables, last),
      ...rows.flatMap(stateDifferences),
    ];
  });
}

function bookDifferences(row: PayoutRow, entries: readonly EntryRow[]): readonly string[] {
  const reopened = entries.at(-1)?.kind === 'reopened';
  const place = placeOf(row, reopened);
  return ACCOUNTS.flatMap((account) => {
    const out = account === 'budget' && !reopened ? 0 - row.amountFen : 0;
    const expected = account === place && account !== 'budget' ? row.amountFen : out;
    const found = balance(entries, account);
    return expected === found ? [] : [`award ${account} ${row.orderNumber}: ${expected} <> ${found}`];
  });
}

function placeOf({ state, attempts }: PayoutRow, reopened: boolean): (typeof ACCOUNTS)[number] {
  if (state === 'received') return 'delivered';
  if (state === 'returned') return reopened ? 'budget' : 'returned';
  if (state === 'dead') return 'reserved';
  const known = attempts.some((attempt) => attempt.kind === 'send' || attempt.outcome?.kind === 'found');
  return known ? 'in-flight' : 'reserved';
}

function balance(entries: readonly EntryRow[], account: string): number {
  let sum = 0;
  for (const { debit, credit, amountFen } of entries) {
    if (debit === account) sum += amountFen;
    if (credit === account) sum -= amountFen;
  }
  return sum;
}

function stateDifferences(row: PayoutRow): readonly string[] {
  const ends: Readonly<Record<string, string>> = { received: 'RECEIVED', returned: 'REFUND', dead: 'FAILED' };
  const end = ends[row.state];
  const proved = row.attempts.some(({ outcome }) => outcome?.kind === 'found' && outcome.status === end);
  const underWay = ['waiting', 'unknown', 'sent'].includes(row.state) && row.openid !== '';
  return [
    ...(end !== undefined && !proved ? [`end is proved ${row.orderNumber}: ${row.state}`] : []),
    ...(underWay && row.dueAtMs === null ? [`what is under way will be called again ${row.orderNumber}`] : []),
  ];
}

function awardDifferences(tables: PayoutTables, row: PayoutRow): readonly string[] {
  const shown: Readonly<Record<string, string>> = { dead: 'parked', unknown: 'sending' };
  const award = tables.awards.get(row.awardId)?.state;
  const waits = placeOf(row, false) === 'in-flight' ? 'sending' : 'reserved';
  const expected = row.state === 'waiting' ? waits : (shown[row.state] ?? row.state);
  return award === expected ? [] : [`award shows its payout ${row.orderNumber}: ${expected} <> ${award}`];
}
