import { fen } from '../../src/base/fen.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import { memoryDifferences } from './memory-differences.ts';
import { MemoryPayoutStore } from './memory-payout-store.ts';
import { issueAgain, reissueItems } from './memory-reissue.ts';
import { balanceFen } from './payout-tables.ts';
import type { PayoutRow, PayoutTables } from './payout-tables.ts';
import type { PayoutView, SimulatedStore, Win } from './simulated-store.ts';

/** The world's store in memory. `plant` may put something broken in its place. */
export function openMemoryStore(plant: (store: MemoryPayoutStore) => PayoutStore = (store) => store): SimulatedStore {
  const store = new MemoryPayoutStore(createPayoutRules());
  return {
    payouts: plant(store),
    async begin(merchants, activities) {
      for (const row of merchants) store.addMerchant(row);
      for (const row of activities) store.addActivity(row);
    },
    win: async (win) => addWin(store, win),
    async view() {
      const { tables } = store;
      return {
        payouts: [...tables.payouts.values()].map((row) => viewOf(tables, row)).toSorted(byNumber),
        stoppedMerchants: [...tables.merchants.values()].filter((row) => row.state === 'stopped').map((row) => row.id),
      };
    },
    async askReissue(_, rail) {
      const items = reissueItems(store.tables);
      return async (nowMs) => issueAgain(store.tables, items, { nowMs, rail });
    },
    nextDueMs: async () => nextDueMs(store.tables),
    balanceFen: async (activity, account) => balanceFen(store.tables, activity, account),
    async backup() {
      const kept = store.backup();
      return async () => store.restore(kept);
    },
    differences: async () => memoryDifferences(store.tables),
    close: async () => undefined,
  };
}

function addWin(store: MemoryPayoutStore, win: Win): boolean {
  if (balanceFen(store.tables, win.activityId, 'budget') < win.amountFen) return false;
  const { awardId, accountId, activityId, openid, orderNumber, merchantId } = win;
  const award = { id: awardId, accountId, activityId, openid, amountFen: fen(win.amountFen) };
  store.addWin(award, { orderNumber, merchantId, class: win.class }, win.atMs);
  return true;
}

function viewOf(tables: PayoutTables, row: PayoutRow): PayoutView {
  const { accountId, orderNumber, awardId, activityId, merchantId, openid, amountFen, state, reason, series } = row;
  const award = tables.awards.get(awardId)?.state ?? 'none';
  const key = { accountId, orderNumber, awardId, activityId, merchantId, openid, amountFen };
  const paid = row.attempts.findLast(({ outcome }) => outcome?.kind === 'paid' && outcome.packageInfo !== undefined);
  const packageInfo = paid?.outcome?.kind === 'paid' ? (paid.outcome.packageInfo ?? null) : null;
  return { ...key, state, award, reason, series, rail: row.request?.rail ?? 'red-packet', packageInfo };
}

function byNumber(left: PayoutView, right: PayoutView): number {
  return left.orderNumber < right.orderNumber ? -1 : 1;
}

function nextDueMs(tables: PayoutTables): number | null {
  let next: number | null = null;
  for (const { dueAtMs, leaseUntilMs } of tables.payouts.values()) {
    if (dueAtMs === null) continue;
    const claimableMs = Math.max(dueAtMs, leaseUntilMs ?? 0);
    if (next === null || claimableMs < next) next = claimableMs;
  }
  return next;
}
