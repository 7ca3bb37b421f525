import { beijingDay } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type { Logger } from '../base/logger.ts';
import type { GoOnErasing } from '../flows/people/erase-person.ts';
import type { ForgetUnseen } from '../flows/people/forget-unseen.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { PacedLoop } from './paced-loop.ts';

export interface ErasePeopleOptions {
  readonly erasing: Pick<GoOnErasing, 'goOnWithDue'>;
  readonly forgetUnseen: ForgetUnseen;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The Beijing hour, 0 to 23, from which on the day's sweep is made. */
  readonly hour?: number;
}

const HOUR_MS = 3_600_000;
const EVERY_MS = 5000;
const PEOPLE_PER_ROUND = 100;

/**
 * Goes on with erasures that are due, every five seconds, and once a Beijing day goes through everyone for the retention
 * setting. Any number of processes may do both.
 */
export class ErasePeople {
  readonly #options: Required<ErasePeopleOptions>;
  readonly #loops: readonly PacedLoop[];
  #sweptDay: BeijingDay | null = null;

  constructor(options: ErasePeopleOptions) {
    this.#options = { hour: 3, ...options };
    const common = { clock: options.clock, logger: options.logger, everyMs: EVERY_MS };
    this.#loops = [
      new PacedLoop({ ...common, failed: 'erasures-did-not-go-on', work: () => this.#goOn() }),
      new PacedLoop({ ...common, failed: 'retention-sweep-failed', work: (signal) => this.#sweep(signal) }),
    ];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  /** Breaks a sweep off: the next process to look begins it anew. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  async #goOn(): Promise<void> {
    await this.#options.erasing.goOnWithDue(PEOPLE_PER_ROUND);
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { forgetUnseen, clock, hour } = this.#options;
    const day = beijingDay(clock.nowMs() - hour * HOUR_MS);
    if (this.#sweptDay === day) return;
    await forgetUnseen.sweep(signal);
    if (!signal.aborted) this.#sweptDay = day;
  }
}
