import { beijingDay } from '../../src/base/beijing-day.ts';
import { assert } from '../../src/base/errors.ts';
import type { MerchantId } from '../../src/base/ids.ts';
import type {
  CallPlan,
  CallPlanner,
  DueCall,
  MerchantPace,
  MerchantQueue,
  PersonDay,
} from '../../src/flows/ports/merchant-queue.ts';
import type { Attempt, Claim, ClaimedPayout, PayoutRequest, PayoutStore } from '../../src/flows/ports/payouts.ts';
import { payoutId, personOf } from './payout-tables.ts';
import type { PaceRow, PayoutRow, PayoutTables } from './payout-tables.ts';

type ClaimInput = Parameters<PayoutStore['claim']>[0];

/** A claim that was decided by what the tables held and is not written yet. */
export interface DecidedClaim {
  readonly queue: MerchantQueue;
  readonly plan: CallPlan;
}

// As the real store looks: beside those there are places for, so many sends.
const LOOK_FURTHER = 64;
const NOTHING = { sends: 0, queries: 0 } as const;

/** Takes due payouts as `PayoutStore.claim` says. */
export function claimFrom(tables: PayoutTables, plan: CallPlanner, input: ClaimInput): Claim {
  return takeDecided(tables, decideClaims(tables, plan, input), input);
}

/** Decides what each merchant's claim takes, by the tables as they are now. */
export function decideClaims(tables: PayoutTables, plan: CallPlanner, input: ClaimInput): readonly DecidedClaim[] {
  return [...tables.merchants.keys()].toSorted().flatMap((merchant) => {
    const queue = queueOf(tables, merchant);
    const held = input.held.get(merchant) ?? NOTHING;
    const due = dueRows(tables, queue, held, input.nowMs);
    if (due.length === 0) return [];
    const persons = personDays(tables, due, input.nowMs);
    const calls = due.map((row) => dueCall(row, input.nowMs));
    return [{ queue, plan: plan({ queue, nowMs: input.nowMs, held, due: calls, persons }) }];
  });
}

/** Writes what was decided and returns what was taken. */
export function takeDecided(tables: PayoutTables, decided: readonly DecidedClaim[], input: ClaimInput): Claim {
  const payouts: ClaimedPayout[] = [];
  let more = false;
  for (const { queue, plan } of decided) {
    for (const item of plan.taken) payouts.push(take(tables, item, input));
    for (const item of plan.deferred) change(tables, item.id, { dueAtMs: item.untilMs, reason: item.reason });
    countPersons(tables, queue.merchantId, plan, input.nowMs);
    writePace(tables, queue.merchantId, plan.pace);
    more ||= plan.more || plan.deferred.length > 0;
  }
  return { payouts: inCallOrder(payouts), more };
}

/** By the time handed out; a send and a query may have the same one. */
export function inCallOrder(payouts: readonly ClaimedPayout[]): readonly ClaimedPayout[] {
  return payouts.toSorted(
    (left, right) => left.callAtMs - right.callAtMs || (left.orderNumber < right.orderNumber ? -1 : 1),
  );
}

/** A merchant's queue as a claim sees it. */
export function queueOf(tables: PayoutTables, merchant: MerchantId): MerchantQueue {
  const row = tables.merchants.get(merchant);
  assert(row !== undefined, `no merchant ${merchant}`);
  const { noAuth: _, ...pace } = paceOf(tables, merchant);
  const open = row.state === 'open' && tables.sendingStopped === null;
  return { merchantId: merchant, open, limits: row.limits, pace };
}

export function paceOf(tables: PayoutTables, merchant: MerchantId): PaceRow {
  const unused = {
    handedOut: 0,
    slowUntilMs: null,
    warmUntilMs: null,
    sendsFromMs: null,
    day: null,
    dayFen: 0,
    noAuth: [],
  } as const;
  return tables.paces.get(merchant) ?? { nextSendAtMs: 0, nextQueryAtMs: 0, ...unused };
}

/** Writes a pace as a column of whole microseconds keeps it. */
export function writePace(tables: PayoutTables, merchant: MerchantId, pace: MerchantPace): void {
  const { nextSendAtMs, nextQueryAtMs } = pace;
  const times = { nextSendAtMs: asStored(nextSendAtMs), nextQueryAtMs: asStored(nextQueryAtMs) };
  tables.paces.set(merchant, { ...paceOf(tables, merchant), ...pace, ...times });
}

function asStored(atMs: number): number {
  return (Math.round(atMs * 1000) / 1_000_000) * 1000;
}

/** Replaces columns of a payout and returns it as it is then. */
export function change(tables: PayoutTables, id: string, columns: Partial<PayoutRow>): PayoutRow {
  const before = tables.payouts.get(id);
  assert(before !== undefined, `no payout ${id}`);
  const row = { ...before, ...columns };
  tables.payouts.set(id, row);
  return row;
}

export function personDayKey(row: PayoutRow, nowMs: number): string {
  return `${personOf(row)} ${row.merchantId} ${beijingDay(nowMs)}`;
}

function dueRows(
  tables: PayoutTables,
  queue: MerchantQueue,
  held: { readonly sends: number; readonly queries: number },
  nowMs: number,
): readonly PayoutRow[] {
  const { callsMax } = queue.limits;
  const mayHold = queue.open && held.sends < callsMax ? callsMax - held.sends + LOOK_FURTHER : 0;
  const left = { live: mayHold, batch: mayHold, query: Math.max(callsMax - held.queries, 0) };
  return [...tables.payouts.values()]
    .filter((row) => row.merchantId === queue.merchantId && isDue(row, nowMs))
    .toSorted(byDueTime)
    .filter((row) => (left[row.nextCall === 'query' ? 'query' : row.class] -= 1) >= 0);
}

function isDue(row: PayoutRow, nowMs: number): boolean {
  return row.dueAtMs !== null && row.dueAtMs <= nowMs && (row.leaseUntilMs === null || row.leaseUntilMs <= nowMs);
}

function byDueTime(left: PayoutRow, right: PayoutRow): number {
  return (left.dueAtMs ?? 0) - (right.dueAtMs ?? 0) || (left.orderNumber < right.orderNumber ? -1 : 1);
}

function dueCall(row: PayoutRow, nowMs: number): DueCall {
  const today = beijingDay(nowMs);
  return {
    id: payoutId(row),
    call: row.nextCall,
    class: row.class,
    person: personOf(row),
    amountFen: row.amountFen,
    uncounted: row.countedOn === null || (row.countedOn !== today && row.attempts.every(paidNothing)),
  };
}

function paidNothing({ kind, outcome }: Attempt): boolean {
  return kind === 'query' || outcome?.kind === 'refused';
}

function personDays(tables: PayoutTables, due: readonly PayoutRow[], nowMs: number): ReadonlyMap<string, PersonDay> {
  const days = new Map<string, PersonDay>();
  for (const row of due) {
    const day = tables.personDays.get(personDayKey(row, nowMs));
    if (day !== undefined) days.set(personOf(row), day);
  }
  return days;
}

function countPersons(tables: PayoutTables, merchant: MerchantId, plan: CallPlan, nowMs: number): void {
  for (const [person, more] of plan.persons) {
    const key = `${person} ${merchant} ${beijingDay(nowMs)}`;
    const day = tables.personDays.get(key) ?? { packets: 0, amountFen: 0, full: false };
    const counted = { packets: day.packets + more.packets, amountFen: day.amountFen + more.amountFen };
    tables.personDays.set(key, { ...day, ...counted });
  }
}

function take(tables: PayoutTables, item: CallPlan['taken'][number], input: ClaimInput): ClaimedPayout {
  const before = tables.payouts.get(item.id);
  assert(before !== undefined, `no payout ${item.id}`);
  const request = before.request ?? freeze(tables, before);
  const row = change(tables, item.id, {
    request,
    leaseToken: input.leaseToken,
    leaseUntilMs: input.nowMs + input.leaseMs,
    ...(item.counted ? { countedOn: beijingDay(input.nowMs) } : {}),
  });
  return {
    ...factsOf(tables, row),
    accountId: row.accountId,
    orderNumber: row.orderNumber,
    awardId: row.awardId,
    activityId: row.activityId,
    merchantId: row.merchantId,
    openid: row.openid,
    amountFen: row.amountFen,
    request,
    leaseToken: input.leaseToken,
    createdAtMs: row.createdAtMs,
    callAtMs: item.callAtMs,
    call: row.nextCall,
  };
}

/** What the state machine looks at. */
export function factsOf(tables: PayoutTables, row: PayoutRow) {
  return {
    state: row.state,
    attempts: row.attempts,
    askFromMs: row.askFromMs,
    retryAtMs: row.retryAtMs,
    cancelAtMs: row.cancelAtMs,
    rail: row.request?.rail ?? ('red-packet' as const),
    returnsToBudget: tables.activities.get(row.activityId)?.returnsToBudget ?? false,
  };
}

/** The texts are those of this moment: what the merchant or the activity becomes later does not change them. */
function freeze(tables: PayoutTables, row: PayoutRow): PayoutRequest {
  const merchant = tables.merchants.get(row.merchantId);
  const activity = tables.activities.get(row.activityId);
  assert(merchant !== undefined && activity !== undefined, `no merchant or activity of ${row.orderNumber}`);
  if ((row.rail ?? merchant.rail) === 'transfer') {
    return {
      rail: 'transfer',
      orderNumber: row.orderNumber,
      appId: row.payee?.appId ?? activity.appId,
      mchId: merchant.mchId,
      openid: row.openid,
      amountFen: row.amountFen,
      activityName: activity.activityName,
      reward: activity.wishing,
      remark: activity.remark,
      look: 'CONFIRM_PAGE',
      notifyUrl: null,
      userName: null,
    };
  }
  const needsScene = row.amountFen < 100 || row.amountFen > 20_000;
  return {
    orderNumber: row.orderNumber,
    appId: row.payee?.appId ?? activity.appId,
    mchId: merchant.mchId,
    openid: row.openid,
    amountFen: row.amountFen,
    sendName: merchant.sendName,
    activityName: activity.activityName,
    wishing: activity.wishing,
    remark: activity.remark,
    clientIp: merchant.clientIp,
    sceneId: needsScene ? activity.sceneId : null,
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    riskInfo: null,
  };
}
