import { addDays, beijingDay } from './base/beijing-day.ts';
import type { BeijingDay } from './base/beijing-day.ts';
import { done, failed, takesNothing, withPool } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { formatReconciliation } from './flows/format-reconciliation.ts';
import { createReconciliationStore } from './store/reconciliation-store.ts';
import { openPayouts } from './wiring-payouts.ts';

/** Makes the report of a Beijing day, yesterday unless one is named, and prints it. */
export async function reconcile(words: readonly string[], url: string): Promise<Outcome> {
  const nowMs = Date.now();
  const day = (words[0] ?? addDays(beijingDay(nowMs), -1)) as BeijingDay;
  if (words.length > 1 || !isDay(day)) return failed('reconcile takes one day such as 2026-11-20, or nothing');
  return withPool(url, async (pool) => {
    const report = await createReconciliationStore(pool).make(day, nowMs);
    const lines = formatReconciliation(report);
    return report.breaks.length === 0 ? done(...lines) : { code: 1, lines, faults: [] };
  });
}

/** Stops every send of every merchant. */
export async function stopSending(words: readonly string[], url: string): Promise<Outcome> {
  const reason = words.join(' ').trim();
  if (reason === '')
    return failed('sending:stop needs a reason, which everyone will see: npm run cli -- sending:stop ...');
  return withPool(url, async (pool) => {
    await openPayouts(pool).stopSending(reason, Date.now());
    return done('Nothing is sent any more. Queries go on. To go on: npm run cli -- sending:resume');
  });
}

/** Ends the general stop. */
export async function resumeSending(words: readonly string[], url: string): Promise<Outcome> {
  if (words.length > 0) return takesNothing('sending:resume');
  return withPool(url, async (pool) => {
    const resumed = await openPayouts(pool).resumeSending(Date.now());
    return done(resumed ? 'Sending goes on.' : 'Sending was not stopped.');
  });
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
