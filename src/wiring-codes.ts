import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import { createMakeCodes } from './flows/codes/make-codes.ts';
import { createOperateCodes } from './flows/codes/operate-codes.ts';
import type { OperateCodes } from './flows/codes/operate-codes.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { MakeCodesJob } from './jobs/make-codes.ts';
import { createCodePools } from './store/codes/code-pools.ts';
import { systemLuck } from './wiring-payouts.ts';

/** What the parts for one-time codes are made from. */
export interface CodeParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What operators do with pools of codes, for the console. */
export function codeFlows({ pool, clock, logger }: CodeParts): { readonly operateCodes: OperateCodes } {
  return { operateCodes: createOperateCodes({ pools: createCodePools(pool), clock, logger }) };
}

/** Starts generating what operators order. */
export function startMakingCodes({ pool, clock, logger }: CodeParts): MakeCodesJob {
  const codes = createMakeCodes({ pools: createCodePools(pool), clock, luck: systemLuck, logger });
  const job = new MakeCodesJob({ codes, clock, logger });
  job.start();
  return job;
}
