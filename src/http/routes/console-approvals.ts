import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { fen } from '../../base/fen.ts';
import type { DecideApprovals } from '../../flows/access/decide-approvals.ts';
import type { ApprovalLimits } from '../../flows/ports/approvals.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { ReissuePayouts } from '../../flows/reissue-payouts.ts';
import { approvalLimitsBody, approvalsAnswer, decideApprovalRequest } from '../contract/console-approvals.ts';
import { nothingAnswer } from '../contract/console-session.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ApprovalRouteDependencies {
  readonly approvals: DecideApprovals;
  readonly reissuePayouts: ReissuePayouts;
  readonly reads: ConsoleReads;
}

/** What waits for a second person, and from which amount on anything does. */
export function approvalRoutes(dependencies: ApprovalRouteDependencies): readonly ConsoleRoute[] {
  return [...waitingRoutes(dependencies), ...limitRoutes(dependencies)];
}

function waitingRoutes({ approvals, reissuePayouts, reads }: ApprovalRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listApprovals',
      method: 'GET',
      path: '/approvals',
      access: 'activities.view',
      summary: 'Publications, re-issues, batches of packets and lists of people that wait for a second person',
      answer: approvalsAnswer,
      handle: async ({ operator }) => {
        const [publications, reissues, issues, lists, names] = await Promise.all([
          approvals.waiting(),
          reissuePayouts.waiting(),
          approvals.waitingIssues(),
          approvals.waitingLists(),
          reads.operatorNames(),
        ]);
        const by = (id: string) => ({ askedByName: names.get(id) ?? id, own: id === operator.id });
        return {
          publications: publications.map((request) => ({ ...request, ...by(request.askedBy) })),
          reissues: reissues.map(({ id, why, payouts, amountFen, requestedBy, requestedAtMs: askedAtMs }) => {
            return { id, why, payouts, amountFen, askedAtMs, ...by(requestedBy) };
          }),
          issues: issues.map(({ preparedBy, ...issue }) => {
            const { askedByName, own } = by(issue.askedBy);
            return { ...issue, askedByName, own: own || preparedBy === operator.id };
          }),
          lists: lists.map(({ preparedBy, accountId: _account, ...list }) => {
            const { askedByName, own } = by(list.askedBy);
            return { ...list, askedByName, own: own || preparedBy === operator.id };
          }),
        };
      },
    }),
    consoleRoute({
      name: 'decideApproval',
      method: 'POST',
      path: '/approvals/:id/decision',
      access: 'approvals.decide',
      summary: 'Publish what another person asked for, or refuse it',
      body: decideApprovalRequest,
      answer: nothingAnswer,
      handle: async ({ params, body, operator }) => {
        await approvals.decide(operator, { id: readId(params), ...body });
        return {};
      },
    }),
    consoleRoute({
      name: 'withdrawApproval',
      method: 'POST',
      path: '/approvals/:id/withdraw',
      access: 'activities.publish',
      summary: 'Take your own request back; the draft can change again',
      answer: nothingAnswer,
      handle: async ({ params, operator }) => {
        await approvals.withdraw(operator, readId(params));
        return {};
      },
    }),
  ];
}

function limitRoutes({ approvals }: ApprovalRouteDependencies): readonly ConsoleRoute[] {
  const shown = ({ publish, batch }: ApprovalLimits): z.input<typeof approvalLimitsBody> => ({
    publishAboveFen: publish,
    batchAboveFen: batch,
  });
  const path = '/approval-limits';
  return [
    consoleRoute({
      name: 'showApprovalLimits',
      method: 'GET',
      path,
      access: 'activities.view',
      summary: 'Above which amounts a second person confirms',
      answer: approvalLimitsBody,
      handle: async () => shown(await approvals.limits()),
    }),
    consoleRoute({
      name: 'setApprovalLimits',
      method: 'PUT',
      path,
      access: 'operators.manage',
      summary: 'Set these amounts; what waits already goes on waiting',
      body: approvalLimitsBody,
      answer: approvalLimitsBody,
      handle: async ({ body, operator }) => {
        const above = (amount: number | null) => (amount === null ? null : fen(amount));
        await approvals.setLimits(operator, {
          publish: above(body.publishAboveFen),
          batch: above(body.batchAboveFen),
        });
        return body;
      },
    }),
  ];
}

function readId(params: Readonly<Record<string, string>>): string {
  const id = params['id'] ?? '';
  if (/^[0-9a-z-]{1,64}$/.test(id)) return id;
  throw new WrongRequest('approval-not-found', 'there is no such request', { status: 404 });
}
