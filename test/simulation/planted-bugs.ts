import { fen } from '../../src/base/fen.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { PayoutStore, RecordedAnswer } from '../../src/flows/ports/payouts.ts';
import { decideClaims, takeDecided } from './memory-claim.ts';
import type { MemoryPayoutStore } from './memory-payout-store.ts';
import { payoutId } from './payout-tables.ts';
import type { PayoutRow } from './payout-tables.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Mistakes that others made with money, put into the store on purpose: the simulation must find each of them. */
export const PLANTED_BUGS = {
  'renumber on unknown': renumberOnUnknown,
  'late paid dropped': dropLatePaid,
  'count before lock': countBeforeLock,
  'claim token overtaken': dropOvertakenPackage,
  'cancelled at its word': believeCancellation,
} as const;

export type PlantedBug = keyof typeof PLANTED_BUGS;

type Answer = Parameters<PayoutStore['recordAnswer']>[0];

// Between reading and writing of a claim that does not lock.
const ROUND_TRIP_MS = 2;
const SERIES_MAX = 61;

/** A packet without a clear answer gets a new number, as weiphp's does: what may have been paid is paid again. */
function renumberOnUnknown(store: MemoryPayoutStore): PayoutStore {
  return {
    ...methodsOf(store),
    async recordAnswer(answer: Answer): Promise<RecordedAnswer> {
      const recorded = await store.recordAnswer(answer);
      const row = store.tables.payouts.get(payoutId(answer.payout));
      if (answer.outcome.kind === 'unknown' && recorded.state === 'unknown' && row !== undefined) renumber(store, row);
      return recorded;
    },
  };
}

function renumber({ tables }: MemoryPayoutStore, row: PayoutRow): void {
  const sends = row.attempts.filter((attempt) => attempt.kind === 'send').length;
  const number = orderNumber(row.awardId, 'test', Math.min(sends, SERIES_MAX));
  tables.payouts.delete(payoutId(row));
  const next: PayoutRow = { ...row, orderNumber: number, request: null };
  tables.payouts.set(payoutId(next), next);
}

/** An answer counts only from the one who holds the lease: what a slow worker was told is lost. */
function dropLatePaid(store: MemoryPayoutStore): PayoutStore {
  return {
    ...methodsOf(store),
    async recordAnswer(answer: Answer): Promise<RecordedAnswer> {
      const row = store.tables.payouts.get(payoutId(answer.payout));
      if (row === undefined || row.leaseToken === answer.payout.leaseToken) return store.recordAnswer(answer);
      return { state: row.state, award: 'sending', reason: row.reason, actions: [], fresh: false };
    },
  };
}

/** A claim reads what is due and what was counted, and writes a round trip later what it made of it. */
function countBeforeLock(store: MemoryPayoutStore, time: VirtualTime): PayoutStore {
  const { planCalls } = createPayoutRules();
  return {
    ...methodsOf(store),
    async claim(input) {
      const decided = decideClaims(store.tables, planCalls, input);
      await time.sleep(ROUND_TRIP_MS);
      return takeDecided(store.tables, decided, input);
    },
  };
}

/** Once a query has shown the transfer, what an answer brings to confirm it with is written nowhere, as in ruoyi. */
function dropOvertakenPackage(store: MemoryPayoutStore): PayoutStore {
  return {
    ...methodsOf(store),
    async recordAnswer(answer: Answer): Promise<RecordedAnswer> {
      const row = store.tables.payouts.get(payoutId(answer.payout));
      const overtaken = row?.attempts.some(({ outcome }) => outcome?.kind === 'found');
      if (answer.outcome.kind !== 'paid' || overtaken !== true) return store.recordAnswer(answer);
      const { packageInfo: _, ...outcome } = answer.outcome;
      return store.recordAnswer({ ...answer, outcome });
    },
  };
}

/** A cancellation counts as done once it is ordered: its winner may confirm it all the same. */
function believeCancellation(store: MemoryPayoutStore): PayoutStore {
  return {
    ...methodsOf(store),
    async cancelTransfer(payout, nowMs) {
      await store.cancelTransfer(payout, nowMs);
      const row = store.tables.payouts.get(payoutId(payout));
      if (row === undefined) return;
      const number = (row.attempts.at(-1)?.number ?? 0) + 1;
      const outcome = {
        kind: 'found',
        status: 'FAILED',
        reason: 'CANCELLED',
        returnedFen: fen(0),
        openedAtMs: null,
      } as const;
      const attempt = { number, kind: 'query', startedAtMs: nowMs, answeredAtMs: nowMs, outcome } as const;
      const { activityId, awardId, amountFen } = row;
      const dead = { state: 'dead', dueAtMs: null, attempts: [...row.attempts, attempt] } as const;
      store.tables.payouts.set(payoutId(row), { ...row, ...dead });
      store.tables.entries.push({
        kind: 'failed',
        activityId,
        awardId,
        debit: 'reserved',
        credit: 'in-flight',
        amountFen,
      });
    },
  };
}

/** The store's methods as an object, so that some can be replaced. */
function methodsOf(store: MemoryPayoutStore): PayoutStore {
  return {
    claim: (input) => store.claim(input),
    takeTurn: (input) => store.takeTurn(input),
    beginAttempt: (input) => store.beginAttempt(input),
    recordAnswer: (answer) => store.recordAnswer(answer),
    release: (payout, notBeforeMs, call) => store.release(payout, notBeforeMs, call),
    stopMerchant: (merchant, reason, nowMs) => store.stopMerchant(merchant, reason, nowMs),
    resumeMerchant: (merchant, nowMs) => store.resumeMerchant(merchant, nowMs),
    stopSending: (reason, nowMs) => store.stopSending(reason, nowMs),
    resumeSending: (nowMs) => store.resumeSending(nowMs),
    retryParked: (payout, nowMs) => store.retryParked(payout, nowMs),
    askNow: (transfer, nowMs) => store.askNow(transfer, nowMs),
    cancelTransfer: (payout, nowMs) => store.cancelTransfer(payout, nowMs),
    askAllFirst: (nowMs) => store.askAllFirst(nowMs),
    askTooOld: (nowMs) => store.askTooOld(nowMs),
    unasked: () => store.unasked(),
  };
}
