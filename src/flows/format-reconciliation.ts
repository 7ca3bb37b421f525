import { beijingTime } from '../base/beijing-day.ts';
import { fen, formatYuan } from '../base/fen.ts';
import type { Reconciliation, ReconciliationBreak } from './ports/reconciliation.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** Writes a report as lines of text: sums by merchant and state, then every break with its age, the oldest first. */
export function formatReconciliation(report: Reconciliation): readonly string[] {
  const { day, madeAtMs, totals, breaks } = report;
  const sums = totals.map(
    ({ merchantId, state, payouts, amountFen }) =>
      `${merchantId}  ${state.padEnd(8)}  ${String(payouts).padStart(8)} payouts  ${yuan(amountFen).padStart(14)}`,
  );
  return [
    `Reconciliation of ${day}, made ${beijingTime(madeAtMs)} Beijing time`,
    ...(sums.length === 0 ? ['nothing was open and nothing ended'] : sums),
    breaks.length === 0
      ? 'No breaks: awards, numbers, answers and books tell the same.'
      : `${breaks.length} breaks, the oldest first:`,
    ...breaks.toSorted((one, other) => one.sinceMs - other.sinceMs).map((item) => breakLine(item, madeAtMs)),
  ];
}

/** Writes how long something has lasted in its two largest units: `3 d 4 h`, `5 h 12 min`, `0 min`. */
export function formatAge(ageMs: number): string {
  const minutes = Math.max(Math.floor(ageMs / MINUTE_MS), 0);
  const [days, hours] = [Math.floor(minutes / DAY_MINUTES), Math.floor((minutes % DAY_MINUTES) / HOUR_MINUTES)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % HOUR_MINUTES} min` : `${minutes} min`;
}

function breakLine(item: ReconciliationBreak, nowMs: number): string {
  const { kind, accountId, activityId, awardId, orderNumber, awardState, payoutState, query } = item;
  const facts = [
    ...(awardState === null ? [] : [`award ${awardState}`]),
    ...(payoutState === null ? [] : [`payout ${payoutState}`]),
    ...(kind === 'books' ? [] : [query === null ? 'never asked' : `asked ${beijingTime(query.atMs)}: ${query.status}`]),
    ...(kind === 'books' ? [] : [`books ${item.books}`]),
  ];
  const place = [accountId, activityId, awardId, orderNumber].filter((id) => id !== null).join(' ');
  const words = [facts.join(', '), item.reason].filter((text) => text !== '').join('; ');
  return `BREAK ${kind}  ${formatAge(nowMs - item.sinceMs)}  ${place}  ${yuan(item.amountFen)}  ${words}`;
}

function yuan(amountFen: number): string {
  return `${formatYuan(fen(amountFen))} yuan`;
}
