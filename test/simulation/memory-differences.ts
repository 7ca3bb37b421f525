import type { EntryRow, PayoutRow, PayoutTables } from './payout-tables.ts';

const ACCOUNTS = ['reserved', 'in-flight', 'delivered', 'returned', 'budget'] as const;

/** What verify-books would find: books, states and attempts that do not tell the same. */
export function memoryDifferences(tables: PayoutTables): readonly string[] {
  const entries = Map.groupBy(tables.entries, (entry) => entry.awardId ?? '');
  return [...tables.payouts.values()].flatMap((row) => [
    ...bookDifferences(row, entries.get(row.awardId) ?? []),
    ...stateDifferences(tables, row),
  ]);
}

function bookDifferences(row: PayoutRow, entries: readonly EntryRow[]): readonly string[] {
  const reopened = entries.some((entry) => entry.kind === 'reopened');
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

function stateDifferences(tables: PayoutTables, row: PayoutRow): readonly string[] {
  const ends: Readonly<Record<string, string>> = { received: 'RECEIVED', returned: 'REFUND', dead: 'FAILED' };
  const end = ends[row.state];
  const proved = row.attempts.some(({ outcome }) => outcome?.kind === 'found' && outcome.status === end);
  const underWay = ['waiting', 'unknown', 'sent'].includes(row.state);
  const shown: Readonly<Record<string, string>> = { dead: 'parked', unknown: 'sending' };
  const award = tables.awards.get(row.awardId)?.state;
  const waits = row.attempts.some((attempt) => attempt.kind === 'send') ? 'sending' : 'reserved';
  const expected = row.state === 'waiting' ? waits : (shown[row.state] ?? row.state);
  return [
    ...(end !== undefined && !proved ? [`end is proved ${row.orderNumber}: ${row.state}`] : []),
    ...(underWay && row.dueAtMs === null ? [`what is under way will be called again ${row.orderNumber}`] : []),
    ...(award === expected ? [] : [`award shows its payout ${row.orderNumber}: ${expected} <> ${award}`]),
  ];
}
