import { addDays, beijingDay, startOfBeijingDayMs } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { AlarmStore } from '../flows/ports/alarms.ts';
import type { Reconciliation, ReconciliationBreak, ReconciliationStore } from '../flows/ports/reconciliation.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';

export interface ReconcileOptions {
  readonly reconciliations: Pick<ReconciliationStore, 'makeOnce'>;
  readonly alarms: Pick<AlarmStore, 'raise' | 'clear' | 'open'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The Beijing hour, 0 to 23, from which on the day before is reported on. */
  readonly hour?: number;
}

const HOUR_MS = 3_600_000;
// How long at most until it looks again: after trouble, and because a clock may be set.
const LOOK_MS = 600_000;

/**
 * Makes the report of each Beijing day once, early the next morning, by whichever process comes first, and raises an
 * alarm when the books differ. A report that was missed because nothing ran is made as soon as something does.
 */
export class Reconcile {
  readonly #options: Required<ReconcileOptions>;
  readonly #stopping = new AbortController();
  #done: BeijingDay | null = null;
  #running: Promise<void> | null = null;

  constructor(options: ReconcileOptions) {
    this.#options = { hour: 4, ...options };
  }

  /** Starts looking; throws nothing, now or later. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Breaks off a report that is being made: the next process to look makes it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#look();
      if (signal.aborted) return;
      const nowMs = clock.nowMs();
      await clock.sleep(Math.min(this.#nextMs(nowMs) - nowMs, LOOK_MS), signal);
    }
  }

  /** The day whose report is due: yesterday, or before the hour has struck, the day before that. */
  #dueDay(nowMs: number): BeijingDay {
    return addDays(beijingDay(nowMs - this.#options.hour * HOUR_MS), -1);
  }

  #nextMs(nowMs: number): number {
    return startOfBeijingDayMs(addDays(this.#dueDay(nowMs), 2)) + this.#options.hour * HOUR_MS;
  }

  async #look(): Promise<void> {
    const { reconciliations, clock, logger } = this.#options;
    const { signal } = this.#stopping;
    const nowMs = clock.nowMs();
    const day = this.#dueDay(nowMs);
    if (this.#done === day) return;
    try {
      const report = await reconciliations.makeOnce(day, nowMs, signal);
      if (report !== null) await this.#tell(report, clock.nowMs());
      this.#done = day;
    } catch (error) {
      if (signal.aborted) return;
      const fields = { day, error: String(error) };
      if (error instanceof OutsideTrouble) logger.warn(fields, 'day-not-reconciled');
      else logger.error(fields, 'day-not-reconciled');
    }
  }

  async #tell({ day, totals, breaks }: Reconciliation, nowMs: number): Promise<void> {
    const { alarms, logger } = this.#options;
    const kinds: Partial<Record<ReconciliationBreak['kind'], number>> = {};
    for (const { kind } of breaks) kinds[kind] = (kinds[kind] ?? 0) + 1;
    logger.info({ day, totals, breaks: kinds }, 'day-reconciled');
    const differences = breaks.filter((item) => item.kind === 'books');
    const first = differences[0];
    if (first !== undefined) {
      const message = `the books differ in ${differences.length} places, the first: ${first.reason}`;
      logger.error({ day, differences: differences.length, first: first.reason }, 'books-differ');
      await alarms.raise({ kind: 'books-differ', subject: day, message }, nowMs);
    }
    // The newest report says how things stand, so that only its alarm stays.
    for (const alarm of await alarms.open())
      if (alarm.kind === 'books-differ' && alarm.subject < day) await alarms.clear(alarm, nowMs);
  }
}
