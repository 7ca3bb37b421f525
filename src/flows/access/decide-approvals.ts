import { WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type {
  ApprovalLimits,
  ApprovalStore,
  PublicationRequest,
  WaitingIssue,
  WaitingList,
  WaitingPublication,
} from '../ports/approvals.ts';
import type { ActivityStore, Operator, StoredActivity } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { conflict, ruleToPublish } from '../publishable-rule.ts';

const SHOWN_MAX = 200;

/** What a second person does about publications above the amount, and which amount that is. */
export interface DecideApprovals {
  waiting(): Promise<readonly WaitingPublication[]>;
  waitingIssues(): Promise<readonly WaitingIssue[]>;
  waitingLists(): Promise<readonly WaitingList[]>;
  /**
   * Publishes the draft as it was asked for, or refuses it. Throws WrongRequest `approval-not-found` (404), `approval-own`
   * (403), `approval-decided`, `approval-over`, `revision-stale` (409), and whatever forbids a publication by now.
   */
  decide(operator: Operator, input: { readonly id: string; readonly decision: 'approved' | 'refused' }): Promise<void>;
  /** Takes one's own request back. Throws WrongRequest `approval-own` (403) for another's, and the same. */
  withdraw(operator: Operator, id: string): Promise<void>;
  limits(): Promise<ApprovalLimits>;
  setLimits(owner: Operator, limits: ApprovalLimits): Promise<void>;
}

/** Builds the flow. Every decision is logged with who made it. */
export function createDecideApprovals(options: {
  readonly approvals: ApprovalStore;
  readonly activities: Pick<ActivityStore, 'publish'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): DecideApprovals {
  const { approvals, clock, logger } = options;
  return {
    waiting: () => approvals.waiting(clock.nowMs(), SHOWN_MAX),
    waitingIssues: () => approvals.waitingIssues(SHOWN_MAX),
    waitingLists: () => approvals.waitingLists(SHOWN_MAX),
    decide: async (operator, { id, decision }) => {
      if (decision === 'approved') await approve(options, operator, id);
      else {
        const end = { id, to: 'refused', operatorId: operator.id, nowMs: clock.nowMs() } as const;
        await approvals.end(end, (request) => refuseOwn(request, operator));
      }
      logger.info({ operator: operator.id, approval: id, decision }, 'approval-decided');
    },
    withdraw: async (operator, id) => {
      const end = { id, to: 'withdrawn', operatorId: operator.id, nowMs: clock.nowMs() } as const;
      await approvals.end(end, (request) => {
        if (request.askedBy === operator.id) return;
        throw new WrongRequest('approval-own', 'only the person who asked may take it back', { status: 403 });
      });
      logger.info({ operator: operator.id, approval: id }, 'approval-withdrawn');
    },
    limits: () => approvals.limits(),
    setLimits: async (owner, limits) => {
      await approvals.setLimits(limits);
      logger.info({ operator: owner.id, ...limits }, 'approval-limits-set');
    },
  };
}

/** The request and what is published are looked at under the activity's lock: of two approvers one publishes. */
async function approve(
  { approvals, activities, clock }: Parameters<typeof createDecideApprovals>[0],
  operator: Operator,
  id: string,
): Promise<void> {
  const request = await approvals.find(id);
  if (request === undefined) throw conflict('approval-not-found', 'there is no such request', 404);
  const nowMs = clock.nowMs();
  const place = { accountId: request.accountId, id: request.activityId, nowMs, operatorId: request.askedBy };
  await activities.publish({ ...place, approval: { id, decidedBy: operator.id } }, (locked) => {
    const { awaiting, revision } = locked.activity;
    if (awaiting?.id !== id) throw conflict('approval-decided', 'this request was decided already: reload the page');
    refuseOwn(awaiting, operator);
    if (awaiting.expiresAtMs <= nowMs) throw conflict('approval-over', 'this request is over: have it asked for anew');
    if (awaiting.revision !== revision)
      throw conflict('revision-stale', 'someone changed this activity since it was asked for: reload it');
    return ruleToPublish(locked, nowMs);
  });
}

function refuseOwn(request: PublicationRequest, operator: Operator): void {
  if (request.askedBy !== operator.id) return;
  const message = 'another person must decide on what you asked for; you may take it back';
  throw new WrongRequest('approval-own', message, { status: 403 });
}

/** Throws WrongRequest `publication-asked` (409) while a publication waits, which needs the draft as it is. */
export function refuseAsked({ awaiting }: StoredActivity, nowMs: number): void {
  if (awaiting === null || awaiting.expiresAtMs <= nowMs) return;
  const message = 'the publication waits for a second person: take the request back to change anything';
  throw conflict('publication-asked', message);
}
