import { WrongRequest } from '../../src/base/errors.ts';
import type { PayoutRules } from '../../src/flows/ports/merchant-queue.ts';
import type { Claim, ClaimedPayout, PayoutKey, PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { RecordedAnswer } from '../../src/flows/ports/payouts.ts';
import type { TransferNamed } from '../../src/flows/ports/transfers.ts';
import { clearAlarm, raiseAlarm } from './memory-alarms.ts';
import { change, claimFrom, factsOf, queueOf, writePace } from './memory-claim.ts';
import { book, recordIn, resumeMerchantIn, showAward, stopMerchantIn } from './memory-record.ts';
import { copyOfTables, emptyTables, payoutId } from './payout-tables.ts';
import type { ActivityRow, AwardRow, MerchantRow, PayoutRow, PayoutTables } from './payout-tables.ts';

const SAME_NUMBER_MS = 1000;
const UNTOUCHED = {
  series: 0,
  state: 'waiting',
  nextCall: 'send',
  leaseToken: null,
  leaseUntilMs: null,
  request: null,
  firstSentAtMs: null,
  lastSentAtMs: null,
  countedOn: null,
  askFromMs: null,
  retryAtMs: null,
  cancelAtMs: null,
  rail: null,
  reason: null,
  attempts: [],
} as const;
const UNLEASED = { leaseToken: null, leaseUntilMs: null } as const;
const ENDED = new Set(['received', 'returned', 'dead']);

/**
 * The payouts in memory, by the same contract as the ones in Postgres. Every operation happens at one moment, so it is
 * a transaction; the methods come back in the next microtask. Nothing here depends on anything but what it is told.
 */
export class MemoryPayoutStore implements PayoutStore {
  readonly #rules: PayoutRules;
  #tables: PayoutTables = emptyTables();

  constructor(rules: PayoutRules) {
    this.#rules = rules;
  }

  /** What is in it, to look at and, by a planted bug, to break. */
  get tables(): PayoutTables {
    return this.#tables;
  }

  /** A backup, which `restore` brings back. */
  backup(): PayoutTables {
    return copyOfTables(this.#tables);
  }

  restore(backup: PayoutTables): void {
    this.#tables = copyOfTables(backup);
  }

  addMerchant(row: MerchantRow): void {
    this.#tables.merchants.set(row.id, row);
  }

  addActivity(row: ActivityRow): void {
    this.#tables.activities.set(row.id, row);
    if (row.budgetFen === 0) return;
    const moved = { debit: 'budget', credit: 'funding', amountFen: row.budgetFen };
    this.#tables.entries.push({ kind: 'budget', activityId: row.id, awardId: null, ...moved });
  }

  /** What a won draw writes: the award, its reserved money and its payout, due at once. */
  addWin(
    award: Omit<AwardRow, 'state'>,
    payout: Pick<PayoutRow, 'orderNumber' | 'merchantId' | 'class'> &
      Partial<Pick<PayoutRow, 'payee' | 'openid' | 'rail'>>,
    atMs: number,
  ): void {
    const { accountId, activityId, openid, amountFen } = award;
    this.#tables.awards.set(award.id, { ...award, state: 'reserved' });
    const row = { payee: null, openid, ...payout, accountId, activityId, amountFen, awardId: award.id };
    const resting = row.openid === '' ? { dueAtMs: null, reason: 'payee-unknown' } : { dueAtMs: atMs };
    this.#tables.payouts.set(payoutId(row), { ...UNTOUCHED, ...row, ...resting, createdAtMs: atMs });
    const moved = { debit: 'reserved', credit: 'budget', amountFen };
    this.#tables.entries.push({ kind: 'award', activityId, awardId: award.id, ...moved });
  }

  async claim(input: Parameters<PayoutStore['claim']>[0]): Promise<Claim> {
    return claimFrom(this.#tables, this.#rules.planCalls, input);
  }

  async takeTurn({ merchantId, call, nowMs }: Parameters<PayoutStore['takeTurn']>[0]): Promise<number> {
    const { callAtMs, pace } = this.#rules.anotherTurn(queueOf(this.#tables, merchantId), call, nowMs);
    writePace(this.#tables, merchantId, pace);
    return callAtMs;
  }

  async beginAttempt(input: Parameters<PayoutStore['beginAttempt']>[0]): Promise<number | null> {
    const { payout, call, nowMs, leaseMs } = input;
    const row = this.#tables.payouts.get(payoutId(payout));
    if (row === undefined || !this.#mayBegin(row, payout, call, nowMs)) return null;
    const number = row.attempts.length + 1;
    const step = this.#rules.machine(factsOf(this.#tables, row), { kind: 'begun', call, atMs: nowMs });
    const begun = { number, kind: call, startedAtMs: nowMs, answeredAtMs: null, outcome: null };
    change(this.#tables, payoutId(row), {
      leaseUntilMs: nowMs + leaseMs,
      attempts: [...row.attempts, begun],
      ...(call === 'send' ? { state: step.state, firstSentAtMs: row.firstSentAtMs ?? nowMs, lastSentAtMs: nowMs } : {}),
    });
    if (!step.actions.some((action) => action.kind === 'book')) return number;
    book(this.#tables, row, 'send');
    showAward(this.#tables, row, step.award);
    return number;
  }

  #mayBegin(row: PayoutRow, payout: ClaimedPayout, call: 'send' | 'query', nowMs: number): boolean {
    const held = row.leaseToken === payout.leaseToken && row.leaseUntilMs !== null && row.leaseUntilMs > nowMs;
    const known = row.attempts.length === payout.attempts.length;
    if (!held || !known || row.dueAtMs === null || row.dueAtMs > nowMs) return false;
    if (call === 'query') return true;
    // A late answer that shows it paid leaves only queries.
    if (row.nextCall !== 'send') return false;
    if (row.lastSentAtMs !== null && row.lastSentAtMs > nowMs - SAME_NUMBER_MS) return false;
    return this.#tables.sendingStopped === null && this.#tables.merchants.get(row.merchantId)?.state === 'open';
  }

  async recordAnswer(answer: Parameters<PayoutStore['recordAnswer']>[0]): Promise<RecordedAnswer> {
    return recordIn(this.#tables, this.#rules, answer);
  }

  async release(...[payout, notBeforeMs, call]: Parameters<PayoutStore['release']>): Promise<void> {
    const row = this.#tables.payouts.get(payoutId(payout));
    if (row === undefined || row.leaseToken !== payout.leaseToken) return;
    change(this.#tables, payoutId(payout), {
      leaseToken: null,
      leaseUntilMs: null,
      dueAtMs: row.dueAtMs === null ? null : Math.max(row.dueAtMs, notBeforeMs),
      nextCall: call ?? row.nextCall,
    });
  }

  async stopMerchant(...[merchant, reason, nowMs]: Parameters<PayoutStore['stopMerchant']>): Promise<void> {
    stopMerchantIn(this.#tables, merchant, reason, nowMs);
  }

  async resumeMerchant(...[merchant, nowMs]: Parameters<PayoutStore['resumeMerchant']>): Promise<boolean> {
    return resumeMerchantIn(this.#tables, merchant, nowMs);
  }

  async stopSending(reason: string, nowMs: number): Promise<void> {
    if (this.#tables.sendingStopped !== null) return;
    this.#tables.sendingStopped = { reason, sinceMs: nowMs };
    raiseAlarm(this.#tables, { kind: 'sending-stopped', subject: '', message: reason }, nowMs);
  }

  async resumeSending(nowMs: number): Promise<boolean> {
    if (this.#tables.sendingStopped === null) return false;
    this.#tables.sendingStopped = null;
    clearAlarm(this.#tables, { kind: 'sending-stopped', subject: '' }, nowMs);
    return true;
  }

  async retryParked(...[payout, nowMs]: Parameters<PayoutStore['retryParked']>): Promise<void> {
    const row = this.#tables.payouts.get(payoutId(payout));
    if (row?.state !== 'parked') throw new WrongRequest('payout-not-parked', 'only a parked payout can be sent again');
    if (row.firstSentAtMs !== null && nowMs > row.firstSentAtMs + this.#rules.resendWithinMs)
      throw new WrongRequest('payout-too-old', 'its first send is more than 72 hours ago');
    change(this.#tables, payoutId(row), { retryAtMs: nowMs, dueAtMs: nowMs, nextCall: 'send' });
  }

  async askNow({ accounts, orderNumber, merchantId }: TransferNamed, nowMs: number): Promise<boolean> {
    const row = accounts
      .map((accountId) => this.#tables.payouts.get(payoutId({ accountId, orderNumber })))
      .find(Boolean);
    if (row === undefined || row.merchantId !== merchantId || !this.#isAskable(row, nowMs)) return false;
    change(this.#tables, payoutId(row), { askFromMs: nowMs, dueAtMs: nowMs, nextCall: 'query' });
    return true;
  }

  async cancelTransfer(payout: PayoutKey, nowMs: number): Promise<void> {
    const row = this.#tables.payouts.get(payoutId(payout));
    if (row?.request?.rail !== 'transfer' || !this.#isAskable(row, nowMs))
      throw new WrongRequest('payout-not-cancellable', 'only a transfer under way can be taken back');
    const asked = { askFromMs: nowMs, dueAtMs: nowMs, nextCall: 'query' } as const;
    change(this.#tables, payoutId(row), { ...asked, cancelAtMs: row.cancelAtMs ?? nowMs });
  }

  /** Sent, not ended, and still answered for. */
  #isAskable({ firstSentAtMs, state }: PayoutRow, nowMs: number): boolean {
    return firstSentAtMs !== null && firstSentAtMs > nowMs - this.#rules.queryWithinMs && !ENDED.has(state);
  }

  async askAllFirst(nowMs: number): Promise<number> {
    const knownFromMs = nowMs - this.#rules.queryWithinMs;
    const unsettled = [...this.#tables.payouts.values()].filter(
      (row) => !ENDED.has(row.state) && (row.firstSentAtMs === null || row.firstSentAtMs > knownFromMs),
    );
    for (const row of unsettled) {
      const dueAtMs = row.openid === '' ? null : nowMs;
      change(this.#tables, payoutId(row), { ...UNLEASED, askFromMs: nowMs, dueAtMs, nextCall: 'query' });
    }
    return unsettled.length;
  }

  async askTooOld(nowMs: number): Promise<number> {
    const late = [...this.#tables.payouts.values()].filter(
      (row) =>
        ['waiting', 'unknown', 'sent'].includes(row.state) &&
        row.nextCall === 'send' &&
        row.dueAtMs !== null &&
        row.dueAtMs <= nowMs &&
        row.firstSentAtMs !== null &&
        row.firstSentAtMs < nowMs - this.#rules.resendWithinMs &&
        (row.leaseUntilMs === null || row.leaseUntilMs <= nowMs),
    );
    for (const row of late) change(this.#tables, payoutId(row), { nextCall: 'query' });
    return late.length;
  }

  async unasked(): Promise<number> {
    return [...this.#tables.payouts.values()].filter(
      (row) => !ENDED.has(row.state) && row.dueAtMs !== null && isUnasked(row),
    ).length;
  }
}

function isUnasked({ askFromMs, attempts }: PayoutRow): boolean {
  if (askFromMs === null) return false;
  return !attempts.some(
    ({ kind, startedAtMs, outcome }) =>
      kind === 'query' && startedAtMs >= askFromMs && outcome !== null && outcome.kind !== 'unknown',
  );
}
