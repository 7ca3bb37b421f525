import { addDays, beijingDay } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type { Logger } from '../base/logger.ts';
import type { AlarmStore } from '../flows/ports/alarms.ts';
import type { Reconciliation, ReconciliationBreak, ReconciliationStore } from '../flows/ports/reconciliation.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

export interface ReconcileOptions {
  readonly reconciliations: Pick<ReconciliationStore, 'makeOnce'>;
  readonly alarms: Pick<AlarmStore, 'raise' | 'clear' | 'open'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The Beijing hour, 0 to 23, from which on the day before is reported on. */
  readonly hour?: number;
}

const HOUR_MS = 3_600_000;
const EVERY_MS = 60_000;
// A report reads whole tables: one that cannot be made is tried every ten minutes for four hours. The next day's looks
// at the same books.
const TROUBLE_MS = 600_000;
const TRIES_MAX = 24;

/**
 * Makes the report of each Beijing day once, early the next morning, by whichever process comes first, and raises an
 * alarm when the books differ. A report that was missed because nothing ran is made as soon as something does.
 */
export class Reconcile {
  readonly #options: Required<ReconcileOptions>;
  readonly #loop: PacedLoop;
  /** The day that is due, how often it was tried, and when it may be tried; null when it is done with. */
  #day: BeijingDay | null = null;
  #tries = 0;
  #tryAtMs: number | null = null;
  /** A report that was made and not told of yet. */
  #untold: Reconciliation | null = null;

  constructor(options: ReconcileOptions) {
    this.#options = { hour: 4, ...options };
    const { clock, logger } = options;
    const work = (signal: AbortSignal): Promise<void> => this.#look(signal);
    this.#loop = new PacedLoop({ clock, logger, everyMs: EVERY_MS, failed: 'day-not-reconciled', work });
  }

  start(): void {
    this.#loop.start();
  }

  /** Breaks off a report that is being made: the next process to look makes it. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock, hour } = this.#options;
    const nowMs = clock.nowMs();
    // Yesterday, or before the hour has struck, the day before that.
    const day = addDays(beijingDay(nowMs - hour * HOUR_MS), -1);
    if (this.#day !== day) [this.#day, this.#tries, this.#tryAtMs] = [day, 0, nowMs];
    if (this.#tryAtMs !== null && this.#tryAtMs <= nowMs) {
      this.#tries += 1;
      this.#tryAtMs = this.#tries < TRIES_MAX ? nowMs + TROUBLE_MS : null;
      this.#untold = await this.#make(day, nowMs, signal);
    }
    if (this.#untold === null) return;
    await this.#tell(this.#untold, clock.nowMs());
    this.#untold = null;
  }

  async #make(day: BeijingDay, nowMs: number, signal: AbortSignal): Promise<Reconciliation | null> {
    const { reconciliations, logger } = this.#options;
    try {
      const report = await reconciliations.makeOnce(day, nowMs, signal);
      this.#tryAtMs = null;
      return report;
    } catch (error) {
      if (signal.aborted) return null;
      if (this.#tryAtMs === null) logger.error({ day, tries: this.#tries }, 'day-never-reconciled');
      throw error;
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
