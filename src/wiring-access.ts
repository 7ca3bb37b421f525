import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import { createDecideApprovals } from './flows/access/decide-approvals.ts';
import { createManageOperators } from './flows/access/manage-operators.ts';
import { createSignIn } from './flows/access/sign-in.ts';
import { createLogIn } from './flows/log-in.ts';
import type { FairSeeds } from './flows/ports/fairness.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createOneTimeCodes } from './http/access/one-time-codes.ts';
import { createPasswordHasher } from './http/access/password-hash.ts';
import { networkOf } from './http/page-origin.ts';
import type { ConsoleDependencies } from './http/routes/console.ts';
import { createAccessStore } from './store/access/access-store.ts';
import { createApprovalStore } from './store/access/approval-store.ts';
import { createAuditTrail } from './store/access/audit-trail.ts';
import { createOperatorList } from './store/access/operator-list.ts';
import { createActivityStore } from './store/activity-store.ts';
import { createOperatorStore } from './store/operator-store.ts';
import type { SecretBox } from './store/sealed-secret.ts';

/** Joins how operators get in, who they are, and the trail of what they do. */
export function accessFlows(parts: {
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly seeds: FairSeeds;
  readonly clock: Clock;
  readonly logger: Logger;
}): Pick<ConsoleDependencies, 'logIn' | 'signIn' | 'manageOperators' | 'approvals' | 'audit' | 'logger'> {
  const { pool, box, seeds, clock, logger } = parts;
  return {
    logIn: createLogIn({ operators: createOperatorStore(pool), clock, logger }),
    signIn: createSignIn({
      access: createAccessStore({ pool, box }),
      passwords: createPasswordHasher(),
      codes: createOneTimeCodes(),
      networkOf: (address) => networkOf(address) ?? '',
      clock,
      logger,
    }),
    manageOperators: createManageOperators({ operators: createOperatorList(pool), clock, logger }),
    approvals: createDecideApprovals({
      approvals: createApprovalStore(pool),
      activities: createActivityStore(pool, seeds),
      clock,
      logger,
    }),
    audit: createAuditTrail(pool),
    logger,
  };
}
