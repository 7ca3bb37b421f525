import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Alarm, AlarmChannel, AlarmStore } from '../flows/ports/alarms.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

export interface TellAlarmsOptions {
  readonly alarms: Pick<AlarmStore, 'takeUntold' | 'told' | 'notTold'>;
  /** Null when no webhook is set: then the log is all there is. */
  readonly channel: AlarmChannel | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often new alarms are looked for. */
  readonly everyMs?: number;
}

type Untold = Awaited<ReturnType<AlarmStore['takeUntold']>>[number];

const EVERY_MS = 2000;
// A robot takes 20 messages a minute; DingTalk then keeps silent for ten.
const SPACING_MS = 3100;
// Longer than ten alarms take: a deadline of 5 s and the spacing each. Whoever died while telling is replaced then.
const TAKEN_MS = 120_000;
const PAUSE_FIRST_MS = 5000;
const PAUSE_MAX_MS = 600_000;
const TRIES_MAX = 20;

/**
 * Tells people of alarms: each once as the error `alarm-raised` in the log, and to the channel until it takes it,
 * after 5 s, 10 s and so on up to 10 min, at most 20 times (about 2 h). Several processes may run it; one whose
 * answer was lost may be told twice, none is lost.
 */
export class TellAlarms {
  readonly #options: TellAlarmsOptions;
  readonly #loop: PacedLoop;

  constructor(options: TellAlarmsOptions) {
    this.#options = options;
    const { clock, logger, everyMs = EVERY_MS } = options;
    const work = (signal: AbortSignal): Promise<void> => this.#tellAll(signal);
    this.#loop = new PacedLoop({ clock, logger, everyMs, failed: 'alarms-not-looked-at', work });
  }

  start(): void {
    this.#loop.start();
  }

  /** Returns within a second or so; what is not told yet is told by another process or after the next start. */
  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    const { alarms, channel, clock, logger } = this.#options;
    const nowMs = clock.nowMs();
    const taken = await alarms.takeUntold({ nowMs, againAtMs: nowMs + TAKEN_MS });
    for (const alarm of taken) {
      // Without a channel a try that was not finished was not logged either, for all we know.
      if (alarm.tries === 1 || channel === null) logger.error(fieldsOf(alarm), 'alarm-raised');
    }
    for (const [index, alarm] of taken.entries()) {
      if (channel !== null && index > 0) await clock.sleep(SPACING_MS, signal);
      if (signal.aborted) return;
      await this.#tell(alarm);
    }
  }

  async #tell(alarm: Untold): Promise<void> {
    const { alarms, channel, clock } = this.#options;
    try {
      await channel?.tell(alarm);
    } catch (error) {
      await this.#notTold(alarm, error);
      return;
    }
    await alarms.told(alarm.id, clock.nowMs());
  }

  async #notTold(alarm: Untold, error: unknown): Promise<void> {
    const { alarms, clock, logger } = this.#options;
    const last = alarm.tries >= TRIES_MAX;
    const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** (alarm.tries - 1), PAUSE_MAX_MS);
    const fields = { ...fieldsOf(alarm), tries: alarm.tries, error: String(error), pauseMs: last ? null : pauseMs };
    if (last) logger.error(fields, 'alarm-given-up');
    else if (error instanceof OutsideTrouble) logger.warn(fields, 'alarm-not-told');
    else logger.error(fields, 'alarm-not-told');
    await alarms.notTold(alarm.id, last ? null : clock.nowMs() + pauseMs);
  }
}

function fieldsOf({ id, kind, subject, message, raisedAtMs }: Alarm): Readonly<Record<string, unknown>> {
  return { alarm: id, kind, subject, message, raisedAt: new Date(raisedAtMs).toISOString() };
}
