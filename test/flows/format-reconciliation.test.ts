import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BeijingDay } from '../../src/base/beijing-day.ts';
import { formatAge, formatReconciliation } from '../../src/flows/format-reconciliation.ts';
import type { ReconciliationBreak } from '../../src/flows/ports/reconciliation.ts';

const MADE_MS = Date.parse('2026-11-22T04:00:03+08:00');
const HOUR = 3_600_000;
const parked: ReconciliationBreak = {
  kind: 'parked',
  accountId: 'main',
  activityId: 'a1',
  awardId: 'w1',
  orderNumber: 'n1',
  amountFen: 188,
  awardState: 'parked',
  payoutState: 'parked',
  query: { status: 'SENDING', atMs: MADE_MS - 16 * HOUR },
  books: 'in-flight',
  reason: 'PARAM_ERROR',
  sinceMs: MADE_MS - 76 * HOUR,
};

test('a report reads as sums and breaks, the oldest first', () => {
  const books: ReconciliationBreak = {
    ...parked,
    kind: 'books',
    awardId: null,
    orderNumber: null,
    awardState: null,
    payoutState: null,
    query: null,
    books: '3',
    reason: 'wins: expected 2, found 3',
    amountFen: 1,
    sinceMs: MADE_MS - HOUR,
  };
  const report = {
    day: '2026-11-21' as BeijingDay,
    madeAtMs: MADE_MS,
    totals: [{ merchantId: 'main', state: 'parked', payouts: 12, amountFen: 120_050 }],
    breaks: [books, parked],
  };
  assert.deepEqual(formatReconciliation(report), [
    'Reconciliation of 2026-11-21, made 2026-11-22 04:00:03 Beijing time',
    'main  parked          12 payouts    1200.50 yuan',
    '2 breaks, the oldest first:',
    'BREAK parked  3 d 4 h  main a1 w1 n1  1.88 yuan  award parked, payout parked, asked 2026-11-21 12:00:03: SENDING, books in-flight; PARAM_ERROR',
    'BREAK books  1 h 0 min  main a1  0.01 yuan  wins: expected 2, found 3',
  ]);
});

test('a report without breaks says so', () => {
  const report = { day: '2026-11-21' as BeijingDay, madeAtMs: MADE_MS, totals: [], breaks: [] };
  assert.deepEqual(formatReconciliation(report).slice(1), [
    'nothing was open and nothing ended',
    'No breaks: awards, numbers, answers and books tell the same.',
  ]);
});

test('an age has its two largest units', () => {
  const ages = [-5, 59_999, 60_000, HOUR, 5 * HOUR + 12 * 60_000, 24 * HOUR, 50 * HOUR];
  assert.deepEqual(ages.map(formatAge), ['0 min', '0 min', '1 min', '1 h 0 min', '5 h 12 min', '1 d 0 h', '2 d 2 h']);
});
