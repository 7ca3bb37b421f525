import type { Logger } from '../base/logger.ts';
import type { PayoutStore } from './ports/payouts.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** The reason that console, log and alarm show while it lasts. */
export const RESTORE_REASON = 'a backup was restored: what was paid since it was made is being asked';

const LOOK_EVERY_MS = 1000;

/** How asking after a restore went. */
export interface AskedAfterRestore {
  /** Unsettled payouts there were. */
  readonly payouts: number;
  /** Of these, how many WeChat Pay has given no clear answer about. */
  readonly unasked: number;
  /** Whether sending goes on: only when everything was asked. */
  readonly resumed: boolean;
}

export interface AskAfterRestoreOptions {
  readonly payouts: Pick<PayoutStore, 'stopSending' | 'askAllFirst' | 'unasked' | 'resumeSending'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly patienceMs: number;
  /**
   * Starts the worker that asks, which would send what is due: called once sending has stopped and everything is to be
   * asked about. What it returns is stopped when asking is over, before sending goes on.
   */
  readonly startAsking: () => { stop(): Promise<void> };
  /** Told how many are left, about once a second. */
  readonly onProgress?: (unasked: number, payouts: number) => void;
}

/**
 * Brings a restored, older database up to what WeChat Pay knows. Stops all sends, lets every unsettled number be asked
 * about, waits until each has a clear answer (payment workers make the queries and book what they show) and lets sends
 * go on. When some still have none after `patienceMs`, sending stays stopped; it may be run again.
 */
export async function askAfterRestore(options: AskAfterRestoreOptions): Promise<AskedAfterRestore> {
  const { payouts, clock, logger, startAsking } = options;
  const startedMs = clock.nowMs();
  await payouts.stopSending(RESTORE_REASON, startedMs);
  const count = await payouts.askAllFirst(startedMs);
  logger.warn({ payouts: count }, 'asking-after-restore');
  const worker = startAsking();
  let unasked: number;
  try {
    unasked = await untilAsked(options, { startedMs, count });
  } finally {
    await worker.stop();
  }
  const resumed = unasked === 0;
  if (resumed) await payouts.resumeSending(clock.nowMs());
  logger.warn({ payouts: count, unasked, resumed }, 'asked-after-restore');
  return { payouts: count, unasked, resumed };
}

/** Waits until every number has a clear answer, or until patience ends; returns how many have none. */
async function untilAsked(
  { payouts, clock, patienceMs, onProgress }: AskAfterRestoreOptions,
  { startedMs, count }: { readonly startedMs: number; readonly count: number },
): Promise<number> {
  for (;;) {
    const unasked = await payouts.unasked();
    if (unasked === 0 || clock.nowMs() - startedMs >= patienceMs) return unasked;
    onProgress?.(unasked, count);
    await clock.sleep(LOOK_EVERY_MS);
  }
}
