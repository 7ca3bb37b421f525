import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { ActivityId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { sealLines } from '../../base/sealed-lines.ts';
import type { ArchiveReads } from '../ports/archives.ts';
import type { ActivityStore, Operator } from '../ports/operators.ts';
import type { Pseudonyms } from '../ports/pseudonyms.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { archiveActivity } from './archive-activity.ts';

/** Archives of activities as files that are written while they are read. */
export interface OperateArchives {
  /**
   * Begins one. Throws WrongRequest `activity-not-found` (404), and OutsideTrouble `archives-busy` while this process writes
   * one already.
   */
  begin(operator: Operator, id: ActivityId): Promise<{ readonly slug: string; readonly lines: AsyncIterable<string> }>;
}

/** Builds the flow over what is archived. */
export function createOperateArchives(options: {
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly reads: ArchiveReads;
  readonly pseudonyms: Pseudonyms;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): OperateArchives {
  const { activities, reads, pseudonyms, clock, logger } = options;
  let busy = false;
  async function* alone(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
    if (busy)
      throw new OutsideTrouble('archives-busy', 'an archive is being written already; try again when it is done');
    busy = true;
    try {
      yield* lines;
    } finally {
      busy = false;
    }
  }
  return {
    async begin(operator, id) {
      const activity = await activities.find(id);
      if (activity === undefined) {
        throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
      }
      if (busy)
        throw new OutsideTrouble('archives-busy', 'an archive is being written already; try again when it is done');
      logger.info({ activity: id, operator: operator.id }, 'archive-began');
      const records = archiveActivity({ reads, pseudonyms, nowMs: clock.nowMs() }, activity);
      return { slug: activity.slug, lines: alone(sealLines(records)) };
    },
  };
}
