import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { ErasePerson, ErasureState, ErasureStore } from '../ports/erasures.ts';
import type { PersonKey } from '../ports/followers.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** Goes on with erasures that wait. */
export interface GoOnErasing {
  /** Goes on with one that was begun, as far as it comes now. Throws OutsideTrouble. */
  goOn(person: PersonKey): Promise<ErasureState>;
  /** Goes on with at most `most` that are due and returns how many there were; one that fails keeps nobody waiting. */
  goOnWithDue(most: number): Promise<number>;
}

export interface ErasePersonOptions {
  readonly erasures: Pick<ErasureStore, 'begin' | 'advance' | 'takeDue'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** Most steps at one go; the rest is done a moment later. */
  readonly stepsMax?: number;
}

/**
 * Returns the story of an erasure. What no payout and no limit needs is gone when `erase` returns; the rest follows step
 * by step as soon as the person's payouts have ended, here or later.
 */
export function createErasePerson(options: ErasePersonOptions): ErasePerson & GoOnErasing {
  const { erasures, clock, logger, stepsMax = 20 } = options;
  const fields = ({ account, openid }: PersonKey) => ({ account, openid: shortOpenid(openid) });

  async function goOn(person: PersonKey): Promise<ErasureState> {
    for (let step = 0; step < stepsMax; step += 1) {
      const state = await erasures.advance(person, clock.nowMs());
      if (state === 'more') continue;
      logger.info({ ...fields(person), state }, 'person-erasure-went-on');
      return state;
    }
    return 'waiting';
  }

  return {
    goOn,
    async erase(person, { reason, requestedBy }) {
      await erasures.begin(person, { reason, requestedBy, nowMs: clock.nowMs() });
      logger.info({ ...fields(person), reason, requestedBy }, 'person-erasure-begun');
      return goOn(person);
    },
    async goOnWithDue(most) {
      const due = await erasures.takeDue(clock.nowMs(), most);
      for (const person of due) {
        try {
          await goOn(person);
        } catch (error) {
          logger.warn({ ...fields(person), error: String(error) }, 'person-not-erased-yet');
        }
      }
      return due.length;
    },
  };
}
