import type { BeijingDay } from '../../src/base/beijing-day.ts';
import type { Fen } from '../../src/base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../src/base/ids.ts';
import type { MerchantLimits } from '../../src/flows/ports/accounts.ts';
import type { AlarmKind } from '../../src/flows/ports/alarms.ts';
import type { MerchantPace, PersonDay, PersonRefused } from '../../src/flows/ports/merchant-queue.ts';
import type { Attempt, PayoutRequest, PayoutState, PayoutStep, Rail } from '../../src/flows/ports/payouts.ts';

export interface MerchantRow {
  readonly id: MerchantId;
  readonly mchId: string;
  readonly sendName: string;
  readonly clientIp: string;
  readonly state: 'open' | 'stopped';
  readonly stoppedReason: string | null;
  readonly limits: MerchantLimits;
  readonly rail?: Rail;
}

export interface ActivityRow {
  readonly accountId: AccountId;
  readonly id: ActivityId;
  readonly appId: string;
  readonly activityName: string;
  readonly wishing: string;
  readonly remark: string;
  readonly sceneId: string | null;
  readonly returnsToBudget: boolean;
  /** Whether a packet that came back may be issued again. */
  readonly reissuesReturned: boolean;
  readonly budgetFen: number;
}

export interface PaceRow extends MerchantPace {
  readonly noAuth: readonly PersonRefused[];
}

export interface AwardRow {
  readonly accountId: AccountId;
  readonly id: AwardId;
  readonly activityId: ActivityId;
  readonly openid: Openid;
  readonly amountFen: Fen;
  readonly state: PayoutStep['award'];
}

export interface PayoutRow {
  readonly accountId: AccountId;
  readonly orderNumber: OrderNumber;
  readonly awardId: AwardId;
  readonly activityId: ActivityId;
  readonly merchantId: MerchantId;
  /** The account that pays when it is another than the award's; an empty openid means that nobody knows the payee yet. */
  readonly payee: { readonly accountId: AccountId; readonly appId: string } | null;
  readonly openid: Openid;
  readonly amountFen: Fen;
  readonly class: 'live' | 'batch';
  /** 0 for the first number of an award, one more for each re-issue. */
  readonly series: number;
  readonly state: PayoutState;
  readonly nextCall: 'send' | 'query';
  readonly dueAtMs: number | null;
  readonly leaseToken: string | null;
  readonly leaseUntilMs: number | null;
  readonly request: PayoutRequest | null;
  readonly firstSentAtMs: number | null;
  readonly lastSentAtMs: number | null;
  readonly countedOn: BeijingDay | null;
  readonly askFromMs: number | null;
  readonly retryAtMs: number | null;
  readonly cancelAtMs: number | null;
  /** The rail chosen for this number; null lets the merchant say. */
  readonly rail: Rail | null;
  readonly reason: string | null;
  readonly createdAtMs: number;
  readonly attempts: readonly Attempt[];
}

/** The person a payout goes to, as the daily limits know them. */
export function personOf(row: PayoutRow): string {
  return `${row.payee?.accountId ?? row.accountId} ${row.openid}`;
}

/** An amount that moved from `credit` to `debit`. */
export interface EntryRow {
  readonly kind: string;
  readonly activityId: ActivityId;
  readonly awardId: AwardId | null;
  readonly debit: string;
  readonly credit: string;
  readonly amountFen: number;
}

export interface AlarmRow {
  readonly kind: AlarmKind;
  readonly subject: string;
  readonly message: string;
  readonly raisedAtMs: number;
  readonly clearedAtMs: number | null;
}

/** The tables of the payouts as one value: rows never change, they are replaced, so a copy of the maps is a backup. */
export interface PayoutTables {
  readonly merchants: Map<MerchantId, MerchantRow>;
  readonly activities: Map<ActivityId, ActivityRow>;
  readonly paces: Map<MerchantId, PaceRow>;
  /** By `account openid merchant day`. */
  readonly personDays: Map<string, PersonDay>;
  readonly awards: Map<AwardId, AwardRow>;
  /** By `account number`. */
  readonly payouts: Map<string, PayoutRow>;
  readonly entries: EntryRow[];
  readonly alarms: AlarmRow[];
  sendingStopped: { readonly reason: string; readonly sinceMs: number } | null;
}

export function emptyTables(): PayoutTables {
  return {
    merchants: new Map(),
    activities: new Map(),
    paces: new Map(),
    personDays: new Map(),
    awards: new Map(),
    payouts: new Map(),
    entries: [],
    alarms: [],
    sendingStopped: null,
  };
}

/** A backup: what is written to either afterwards does not show in the other. */
export function copyOfTables(tables: PayoutTables): PayoutTables {
  return {
    merchants: new Map(tables.merchants),
    activities: new Map(tables.activities),
    paces: new Map(tables.paces),
    personDays: new Map(tables.personDays),
    awards: new Map(tables.awards),
    payouts: new Map(tables.payouts),
    entries: [...tables.entries],
    alarms: [...tables.alarms],
    sendingStopped: tables.sendingStopped,
  };
}

export function payoutId(key: { readonly accountId: AccountId; readonly orderNumber: OrderNumber }): string {
  return `${key.accountId} ${key.orderNumber}`;
}

/** What an account of the books holds, of one activity. */
export function balanceFen(tables: PayoutTables, activity: ActivityId, account: string): number {
  let balance = 0;
  for (const entry of tables.entries) {
    if (entry.activityId !== activity) continue;
    if (entry.debit === account) balance += entry.amountFen;
    if (entry.credit === account) balance -= entry.amountFen;
  }
  return balance;
}
