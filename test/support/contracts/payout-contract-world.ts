import assert from 'node:assert/strict';
import type { MerchantId } from '../../../src/base/ids.ts';
import type { MerchantLimits } from '../../../src/flows/ports/accounts.ts';
import type {
  CallsHeld,
  Claim,
  ClaimedPayout,
  PayoutKey,
  PayoutState,
  PayoutStore,
  QueryOutcome,
  Rail,
  RailStatus,
  RecordedAnswer,
  RefusalCode,
  SendOutcome,
} from '../../../src/flows/ports/payouts.ts';
import { fen } from '../../../src/base/fen.ts';

/** When the contract's stories begin: noon in Beijing. */
export const NOON = Date.parse('2026-11-21T12:00:00+08:00');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const LEASE = 25 * SECOND;

export interface WinGiven {
  readonly merchantId?: MerchantId;
  readonly openid?: string;
  readonly amountFen?: number;
  readonly class?: 'live' | 'batch';
  readonly dueAtMs?: number;
  /** Whether the activity takes money that comes back into its budget again. */
  readonly returnsToBudget?: boolean;
  /** Won in an account that pays through `main`; `openid` is the payee's then, empty while nobody knows the payee. */
  readonly throughMain?: boolean;
  /** The rail chosen for this number; the merchant's unless told. */
  readonly rail?: Rail;
}

export interface PayoutSeen {
  readonly state: PayoutState;
  readonly award: string;
  readonly dueAtMs: number | null;
  readonly reason: string | null;
  readonly leased: boolean;
}

/** A payout store with what a contract must prepare and see; every implementation brings its own. */
export interface PayoutContractWorld {
  readonly store: PayoutStore;
  /** Makes a merchant, or changes the one of this name. */
  merchant(id: string, limits?: Partial<MerchantLimits>): Promise<MerchantId>;
  /** Changes what a request is made from, so that a frozen one can be told from a fresh one. */
  rename(merchant: MerchantId, sendName: string): Promise<void>;
  /** Writes a won award with its payout, due at noon unless told. */
  win(given?: WinGiven): Promise<PayoutKey>;
  see(key: PayoutKey): Promise<PayoutSeen>;
  /** Kinds of the award's book entries, in order. */
  entries(key: PayoutKey): Promise<readonly string[]>;
  /** Open alarms as `kind subject`. */
  alarms(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export const paid: SendOutcome = { kind: 'paid', railNumber: '1000041701' };
export const unclear = (code = 'deadline') => ({ kind: 'unknown', code, message: '' }) as const;
export const refused = (code: RefusalCode, credentials?: 'work' | 'fail' | 'unclear'): SendOutcome => ({
  kind: 'refused',
  code,
  message: '原因',
  ...(credentials === undefined ? {} : { credentials }),
});
export const notFound: QueryOutcome = { kind: 'not-found' };
export const found = (status: RailStatus, reason = ''): QueryOutcome => ({
  kind: 'found',
  status,
  reason,
  returnedFen: fen(0),
  openedAtMs: null,
});

let tokens = 0;

/** Claims as a worker of its own that holds nothing. */
export function claim(
  store: PayoutStore,
  nowMs: number = NOON,
  held: ReadonlyMap<MerchantId, CallsHeld> = new Map(),
): Promise<Claim> {
  tokens += 1;
  return store.claim({ nowMs, leaseMs: LEASE, leaseToken: tokens.toString(16).padStart(32, '0'), held });
}

/** Claims, and expects exactly this payout. */
export async function claimOnly(store: PayoutStore, key: PayoutKey, nowMs: number = NOON): Promise<ClaimedPayout> {
  const { payouts } = await claim(store, nowMs);
  assert.deepEqual(numbersOf(payouts), [key.orderNumber]);
  return payouts[0] as ClaimedPayout;
}

export function numbersOf(payouts: readonly PayoutKey[]): readonly string[] {
  return payouts.map((payout) => payout.orderNumber);
}

export function begin(
  store: PayoutStore,
  payout: ClaimedPayout,
  nowMs: number,
  call: 'send' | 'query' = payout.call,
): Promise<number | null> {
  return store.beginAttempt({ payout, call, nowMs, leaseMs: LEASE });
}

export function record(
  store: PayoutStore,
  payout: ClaimedPayout,
  answer: { readonly number: number; readonly outcome: SendOutcome | QueryOutcome; readonly nowMs: number },
): Promise<RecordedAnswer> {
  return store.recordAnswer({ payout, raw: '<xml/>', ...answer });
}

/** Begins the call that is due and records its answer at the same moment. */
export async function callNow(
  store: PayoutStore,
  payout: ClaimedPayout,
  outcome: SendOutcome | QueryOutcome,
  nowMs: number,
): Promise<RecordedAnswer> {
  const query = outcome.kind === 'found' || outcome.kind === 'not-found';
  const number = await begin(store, payout, nowMs, query ? 'query' : 'send');
  assert.ok(number !== null, 'the call must not be made');
  return record(store, payout, { number, outcome, nowMs });
}

/** Claims the one payout that is due and makes its call. */
export async function play(
  store: PayoutStore,
  key: PayoutKey,
  outcome: SendOutcome | QueryOutcome,
  nowMs: number = NOON,
): Promise<RecordedAnswer> {
  return callNow(store, await claimOnly(store, key, nowMs), outcome, nowMs);
}
