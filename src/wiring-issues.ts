import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import { createOperateIssues } from './flows/issues/operate-issues.ts';
import type { OperateIssues } from './flows/issues/operate-issues.ts';
import { createTrialPackets } from './flows/issues/trial-packets.ts';
import type { TrialPackets } from './flows/issues/trial-packets.ts';
import { createRunIssues } from './flows/issues/run-issues.ts';
import type { DrawStore } from './flows/ports/draws.ts';
import type { IssueBatchStore } from './flows/ports/issue-batches.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { RunIssuesJob } from './jobs/run-issues.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createIssueBatchStore } from './store/issues/issue-batch-store.ts';
import { createTrialPacketStore } from './store/issues/trial-packet-store.ts';
import { systemLuck } from './wiring-payouts.ts';

/** What batches of packets are made from. */
export interface IssueParts {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What operators do with batches of packets, for the console. */
export function issueFlows({ pool, clock, logger }: IssueParts): {
  readonly operateIssues: OperateIssues;
  readonly trialPackets: TrialPackets;
} {
  const activities = createActivityStore(pool);
  const trials = createTrialPacketStore(pool);
  const common = { issues: openIssues(pool), clock, luck: systemLuck, logger };
  return {
    operateIssues: createOperateIssues({ ...common, activities }),
    trialPackets: createTrialPackets({ ...common, trials }),
  };
}

/** Starts giving the lines of confirmed batches their awards. */
export function startIssuing(
  { pool, clock, logger }: IssueParts,
  { draws, orderPrefix }: { readonly draws: DrawStore; readonly orderPrefix: string },
): RunIssuesJob {
  const runIssues = createRunIssues({ issues: openIssues(pool), draws, clock, luck: systemLuck, logger, orderPrefix });
  const job = new RunIssuesJob({ runIssues, clock, logger });
  job.start();
  return job;
}

function openIssues(pool: pg.Pool): IssueBatchStore {
  return createIssueBatchStore(pool, (stored) => activityRuleSchema.parse(stored));
}
