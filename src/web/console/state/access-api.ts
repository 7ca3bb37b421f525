import type { ApprovalLimitsBody, ApprovalsAnswer } from '../../../http/contract/console-approvals.ts';
import type {
  FinishSetUpAnswer,
  OperatorsAnswer,
  SessionsAnswer,
  SetUpAnswer,
  SetUpLinkAnswer,
} from '../../../http/contract/console-access.ts';
import type { TrialAnswer, TrialsAnswer } from '../../../http/contract/console-trials.ts';
import type { AuditAnswer } from '../../../http/contract/console-audit.ts';
import type { SessionAnswer } from '../../../http/contract/console-session.ts';

export type Role = SessionAnswer['operator']['role'];

/** The part of the API about who gets in, what they did and what waits for a second person. Throws ApiProblem. */
export interface AccessApi {
  readonly signIn: (words: { name: string; password: string; code: string }) => Promise<SessionAnswer>;
  readonly beginSetUp: (token: string) => Promise<SetUpAnswer>;
  readonly finishSetUp: (words: { token: string; password: string; code: string }) => Promise<FinishSetUpAnswer>;
  readonly changePassword: (words: { password: string; newPassword: string; code: string }) => Promise<unknown>;
  readonly sessions: () => Promise<SessionsAnswer>;
  readonly endSession: (id: string) => Promise<unknown>;
  readonly operators: () => Promise<OperatorsAnswer>;
  readonly createOperator: (words: { name: string; role: Role }) => Promise<SetUpLinkAnswer>;
  readonly changeOperator: (id: string, changes: { role?: Role; disabled?: boolean }) => Promise<unknown>;
  readonly resetOperator: (id: string) => Promise<SetUpLinkAnswer>;
  readonly audit: (filter: Readonly<Record<string, string | null>>) => Promise<AuditAnswer>;
  readonly approvals: () => Promise<ApprovalsAnswer>;
  readonly decideApproval: (id: string, decision: 'approved' | 'refused') => Promise<unknown>;
  readonly decideIssue: (issue: { id: string; accountId: string }, approve: boolean) => Promise<unknown>;
  readonly trials: (account: string, after: string | null) => Promise<TrialsAnswer>;
  readonly askTrial: (account: string, wish: { openid: string; amountFen: number }) => Promise<TrialAnswer>;
  readonly withdrawApproval: (id: string) => Promise<unknown>;
  readonly approvalLimits: () => Promise<ApprovalLimitsBody>;
  readonly setApprovalLimits: (limits: ApprovalLimitsBody) => Promise<ApprovalLimitsBody>;
}

/** Builds it over what asks. */
export function accessApi(ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>): AccessApi {
  return {
    signIn: (words) => ask('POST', '/sign-in', words),
    beginSetUp: (token) => ask('POST', '/set-up/begin', { token }),
    finishSetUp: (words) => ask('POST', '/set-up/finish', words),
    changePassword: (words) => ask('POST', '/password', words),
    sessions: () => ask('GET', '/sessions'),
    endSession: (id) => ask('DELETE', `/sessions/${id}`),
    operators: () => ask('GET', '/operators'),
    createOperator: (words) => ask('POST', '/operators', words),
    changeOperator: (id, changes) => ask('PATCH', `/operators/${id}`, changes),
    resetOperator: (id) => ask('POST', `/operators/${id}/reset`, {}),
    audit: (filter) => {
      const given = Object.entries(filter).filter((field): field is [string, string] => field[1] !== null);
      return ask('GET', `/audit?${new URLSearchParams(given).toString()}`);
    },
    approvals: () => ask('GET', '/approvals'),
    decideApproval: (id, decision) => ask('POST', `/approvals/${id}/decision`, { decision }),
    decideIssue: ({ id, accountId }, approve) => ask('POST', `/accounts/${accountId}/issues/${id}/decide`, { approve }),
    trials: (account, after) =>
      ask('GET', `/accounts/${account}/trial-packets${after === null ? '' : `?after=${encodeURIComponent(after)}`}`),
    askTrial: (account, wish) => ask('POST', `/accounts/${account}/trial-packets`, wish),
    withdrawApproval: (id) => ask('POST', `/approvals/${id}/withdraw`, {}),
    approvalLimits: () => ask('GET', '/approval-limits'),
    setApprovalLimits: (limits) => ask('PUT', '/approval-limits', limits),
  };
}
