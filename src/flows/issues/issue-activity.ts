import { WrongRequest } from '../../base/errors.ts';
import type { IssueBatch } from '../ports/issue-batches.ts';
import type { ActivityStore, Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { issueDraft, issueRule } from './issue-rule.ts';

/**
 * Makes the activity that a batch's awards belong to, with the batch's total as its budget in the books. Every step finds what an
 * earlier try left, so that it may be done again after a crash.
 */
export async function openIssueActivity(
  {
    activities,
    clock,
  }: {
    readonly activities: Pick<ActivityStore, 'create' | 'find' | 'publish' | 'turn'>;
    readonly clock: Pick<Clock, 'nowMs'>;
  },
  batch: IssueBatch,
  operator: Operator,
): Promise<void> {
  const nowMs = clock.nowMs();
  const place = { accountId: batch.account, id: batch.activity, nowMs };
  const found = await activities.find(batch.activity);
  if (found === undefined) {
    const slug = `issue-${batch.activity.slice(0, 20)}`;
    try {
      await activities.create({ ...place, slug, name: batch.name, draft: issueDraft(batch, nowMs) });
    } catch (error) {
      // Another approver may have made it in the same moment.
      if ((await activities.find(batch.activity)) === undefined) throw error;
    }
  }
  if ((found?.publishedVersion ?? null) === null) {
    const open = new WrongRequest('issue-state', 'another person decided in the same moment', { status: 409 });
    try {
      await activities.publish({ ...place, operatorId: operator.id }, ({ activity }) => {
        if (activity.publishedVersion !== null) throw open;
        return issueRule(batch, nowMs);
      });
    } catch (error) {
      if (error !== open) throw error;
    }
  }
  // Stopped, it is no part of what people can reach; its winners are paid all the same.
  if (found?.state !== 'stopped') await activities.turn({ ...place, to: 'stopped' }, () => {});
}
