import { assert } from '../../src/base/errors.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import type { Attempt, Rail } from '../../src/flows/ports/payouts.ts';
import { judgeReissue } from '../../src/store/reissue-judgement.ts';
import type { UnpaidNumber } from '../../src/store/reissue-judgement.ts';
import { showAward } from './memory-record.ts';
import { balanceFen, payoutId } from './payout-tables.ts';
import type { PayoutRow, PayoutTables } from './payout-tables.ts';

/** A number that is to be issued again, with the attempt that is its proof. */
export interface ReissueItem {
  readonly id: string;
  readonly proof: number;
}

/** Numbers proved unpaid whose awards have no other. */
export function reissueItems(tables: PayoutTables): readonly ReissueItem[] {
  return [...tables.payouts.values()].flatMap((row) => {
    const proof = row.attempts.findLast((attempt) => statusOf(attempt) === proofOf(row));
    const item = proof === undefined ? null : { id: payoutId(row), proof: proof.number };
    return item !== null && judgeReissue(unpaidNumber(tables, row, item), Infinity).kind === 'issue' ? [item] : [];
  });
}

/** Issues each under the award's next number, if its proof still stands. Returns how many were. */
export function issueAgain(
  tables: PayoutTables,
  items: readonly ReissueItem[],
  { nowMs, rail }: { readonly nowMs: number; readonly rail: Rail | null },
): number {
  let issued = 0;
  for (const item of items) {
    const row = tables.payouts.get(item.id);
    if (row === undefined) continue;
    const leftFen = balanceFen(tables, row.activityId, 'budget');
    const verdict = judgeReissue(unpaidNumber(tables, row, item), leftFen);
    if (verdict.kind === 'left out') continue;
    issue(tables, { ...row, rail: rail ?? row.rail }, nowMs);
    issued += 1;
    const { activityId, awardId, amountFen } = row;
    if (verdict.from === 'reserved') continue;
    const moved = { debit: 'reserved', credit: verdict.from, amountFen };
    tables.entries.push({ kind: 'reissued', activityId, awardId, ...moved });
  }
  return issued;
}

/** The new number is asked about before it is sent: a restored backup may have forgotten that it was issued and paid. */
function issue(tables: PayoutTables, row: PayoutRow, nowMs: number): void {
  const number = orderNumber(row.awardId, 'test', row.series + 1);
  const fresh: PayoutRow = {
    ...row,
    orderNumber: number,
    series: row.series + 1,
    state: 'waiting',
    nextCall: 'query',
    dueAtMs: nowMs,
    leaseToken: null,
    leaseUntilMs: null,
    request: null,
    firstSentAtMs: null,
    lastSentAtMs: null,
    countedOn: null,
    askFromMs: nowMs,
    retryAtMs: null,
    cancelAtMs: null,
    reason: null,
    createdAtMs: nowMs,
    attempts: [],
  };
  assert(!tables.payouts.has(payoutId(fresh)), `${number} was issued before`);
  tables.payouts.set(payoutId(fresh), fresh);
  showAward(tables, fresh, 'reserved');
}

function unpaidNumber(tables: PayoutTables, row: PayoutRow, item: ReissueItem): UnpaidNumber {
  const proof = row.attempts.find((attempt) => attempt.number === item.proof);
  const others = [...tables.payouts.values()].filter((other) => other.awardId === row.awardId && other !== row);
  const balances = { reserved: 0, returned: 0, budget: 0 };
  for (const entry of tables.entries) {
    if (entry.awardId !== row.awardId) continue;
    for (const account of ['reserved', 'returned', 'budget'] as const) {
      if (entry.debit === account) balances[account] += entry.amountFen;
      if (entry.credit === account) balances[account] -= entry.amountFen;
    }
  }
  return {
    amountFen: row.amountFen,
    state: row.state,
    series: row.series,
    proof: proof === undefined ? null : statusOf(proof),
    doubted: proof !== undefined && row.attempts.some((other) => other !== proof && speaksAgainst(other, proof)),
    replaced: others.some((other) => !isUnpaid(other) || other.series > row.series),
    erased: false,
    returnedAllowed: tables.activities.get(row.activityId)?.reissuesReturned === true,
    reservedFen: balances.reserved,
    returnedFen: balances.returned,
    budgetFen: balances.budget,
  };
}

function speaksAgainst(other: Attempt, proof: Attempt): boolean {
  const { outcome } = other;
  const status = statusOf(other);
  const later = other.answeredAtMs !== null && other.answeredAtMs >= (proof.answeredAtMs ?? 0);
  if (later && (outcome?.kind === 'paid' || status === 'SENT' || status === 'RFUND_ING')) return true;
  if (status === 'RECEIVED' || (status === 'REFUND' && statusOf(proof) !== 'REFUND')) return true;
  return other.kind === 'send' && other.number > proof.number && outcome?.kind !== 'refused';
}

function isUnpaid({ state }: PayoutRow): boolean {
  return state === 'dead' || state === 'returned';
}

function proofOf({ state }: PayoutRow): string {
  return state === 'dead' ? 'FAILED' : state === 'returned' ? 'REFUND' : 'none';
}

function statusOf({ outcome }: Attempt): string | null {
  return outcome?.kind === 'found' ? outcome.status : null;
}
