import { WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Alarm, AlarmKind, AlarmStore } from './ports/alarms.ts';
import type { Operator } from './ports/operators.ts';
import type { Clock } from './ports/time-and-luck.ts';

/** Alarms that end when a person has seen to it; the others end with what they are about. */
export const DISMISSIBLE: readonly AlarmKind[] = ['contradiction', 'books-differ', 'forecast-left'];

/** What operators do with alarms. */
export interface SeeAlarms {
  /** Open alarms, the oldest first. */
  open(): Promise<readonly Alarm[]>;
  /**
   * Ends an alarm that a person has seen to; logged with who did it. Throws WrongRequest `alarm-not-open` (404) or, for
   * one that ends by itself or by resuming, `alarm-ends-otherwise` (409).
   */
  dismiss(operator: Operator, id: number): Promise<void>;
}

/** Builds the flow over where alarms are kept. */
export function createSeeAlarms(options: {
  readonly alarms: Pick<AlarmStore, 'open' | 'clear'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): SeeAlarms {
  const { alarms, clock, logger } = options;
  return {
    open: () => alarms.open(),
    dismiss: async (operator, id) => {
      const alarm = (await alarms.open()).find((one) => one.id === id);
      if (alarm === undefined) throw new WrongRequest('alarm-not-open', 'no such alarm is open', { status: 404 });
      if (!DISMISSIBLE.includes(alarm.kind)) {
        const message = `an alarm of ${alarm.kind} ends with what it is about: resume or renew it`;
        throw new WrongRequest('alarm-ends-otherwise', message, { status: 409 });
      }
      const { kind, subject } = alarm;
      await alarms.clear({ kind, subject }, clock.nowMs());
      logger.info({ operator: operator.id, alarm: id, kind, subject }, 'alarm-dismissed');
    },
  };
}
