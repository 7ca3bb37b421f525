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

/**
 * Brings a restored, older database up to what WeChat Pay knows. Stops all sends, lets every unsettled number be asked
 * about, waits until each has a clear answer (payment workers make the queries and book what they show) and lets sends
 * go on. When some still have none after `patienceMs`, sending stays stopped; it may be run again.
 */
export async function askAfterRestore(options: {
  readonly payouts: Pick<PayoutStore, 'stopSending' | 'askAllFirst' | 'unasked' | 'resumeSending'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly patienceMs: number;
  /** Called when asking is over, before sending goes on. */
  readonly beforeResume?: () => Promise<void>;
  /** Told how many are left, about once a second. */
  readonly onProgress?: (unasked: number, payouts: number) => void;
}): Promise<AskedAfterRestore> {
  const { payouts, clock, logger, patienceMs, beforeResume, onProgress } = options;
  const startedMs = clock.nowMs();
  await payouts.stopSending(RESTORE_REASON, startedMs);
  const count = await payouts.askAllFirst(startedMs);
  logger.warn({ payouts: count }, 'asking-after-restore');
  let unasked = await payouts.unasked();
  while (unasked > 0 && clock.nowMs() - startedMs < patienceMs) {
    onProgress?.(unasked, count);
    await clock.sleep(LOOK_EVERY_MS);
    unasked = await payouts.unasked();
  }
  const resumed = unasked === 0;
  await beforeResume?.();
  if (resumed) await payouts.resumeSending(clock.nowMs());
  logger.warn({ payouts: count, unasked, resumed }, 'asked-after-restore');
  return { payouts: count, unasked, resumed };
}
