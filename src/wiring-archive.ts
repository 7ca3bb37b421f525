import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createOperateArchives } from './flows/archive/operate-archives.ts';
import type { OperateArchives } from './flows/archive/operate-archives.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createArchiveReads } from './store/exports/archive-reads.ts';

/** Joins what archives activities. */
export function archiveFlows(parts: {
  readonly config: Pick<Config, 'secretsKey'>;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}): { readonly operateArchives: OperateArchives } {
  const { config, pool, clock, logger } = parts;
  return {
    operateArchives: createOperateArchives({
      activities: createActivityStore(pool),
      reads: createArchiveReads(pool),
      pseudonyms: createPseudonyms(config.secretsKey),
      clock,
      logger,
    }),
  };
}
