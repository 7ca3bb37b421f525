import { z } from 'zod';
import { Router } from 'koa-router';
import type { Logger } from '../../base/logger.ts';
import type { OpenByToken } from '../../flows/api/open-by-token.ts';
import type { LogIn } from '../../flows/log-in.ts';
import type { ApiRequests } from '../../flows/ports/api-requests.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { ruleJsonSchema } from '../../flows/rule-draft.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { createAuditChange } from '../access/audit-change.ts';
import { createAnswerOnce } from '../api/answer-once.ts';
import { apiRoutes } from './api-routes.ts';
import { accessRoutes } from './console-access.ts';
import type { AccessRouteDependencies } from './console-access.ts';
import { activityRoutes } from './console-activities.ts';
import type { ActivityRouteDependencies } from './console-activities.ts';
import { approvalRoutes } from './console-approvals.ts';
import { archiveRoutes } from './console-archives.ts';
import type { ArchiveRouteDependencies } from './console-archives.ts';
import type { ApprovalRouteDependencies } from './console-approvals.ts';
import { auditRoutes } from './console-audit.ts';
import type { AuditRouteDependencies } from './console-audit.ts';
import { balanceRoutes } from './console-balances.ts';
import type { BalanceRouteDependencies } from './console-balances.ts';
import { batchRoutes } from './console-batches.ts';
import type { BatchRouteDependencies } from './console-batches.ts';
import { codeRoutes } from './console-codes.ts';
import type { CodeRouteDependencies } from './console-codes.ts';
import { financeRoutes } from './console-finance.ts';
import type { FinanceRouteDependencies } from './console-finance.ts';
import { doctorRoutes } from './console-doctor.ts';
import type { DoctorRouteDependencies } from './console-doctor.ts';
import { admit, sessionCookieWriter } from './console-guard.ts';
import { exportRoutes } from './console-exports.ts';
import type { ExportRouteDependencies } from './console-exports.ts';
import { issueRoutes } from './console-issues.ts';
import type { IssueRouteDependencies } from './console-issues.ts';
import { forecastRoutes } from './console-forecasts.ts';
import type { ForecastRouteDependencies } from './console-forecasts.ts';
import { listRoutes } from './console-lists.ts';
import { openApiDocument } from './console-openapi.ts';
import { numberRoutes } from './console-numbers.ts';
import type { NumberRouteDependencies } from './console-numbers.ts';
import { paymentRoutes } from './console-payments.ts';
import type { PaymentRouteDependencies } from './console-payments.ts';
import { payoutRoutes } from './console-payouts.ts';
import type { PayoutRouteDependencies } from './console-payouts.ts';
import { reconciliationRoutes } from './console-reconciliation.ts';
import type { ReconciliationRouteDependencies } from './console-reconciliation.ts';
import { reissueRoutes } from './console-reissues.ts';
import type { ReissueRouteDependencies } from './console-reissues.ts';
import { peopleRoutes } from './console-people.ts';
import type { PeopleRouteDependencies } from './console-people.ts';
import { miniPacketRoutes } from './console-mini-packets.ts';
import type { MiniPacketRouteDependencies } from './console-mini-packets.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';
import { sessionRoutes } from './console-session.ts';
import { storyRoutes } from './console-stories.ts';
import type { StoryRouteDependencies } from './console-stories.ts';
import { shopPaymentRoutes } from './console-shop-payments.ts';
import type { ShopPaymentRouteDependencies } from './console-shop-payments.ts';
import { versionRoutes } from './console-versions.ts';
import type { VersionRouteDependencies } from './console-versions.ts';
import { settingRoutes } from './console-settings.ts';
import type { SettingRouteDependencies } from './console-settings.ts';
import { serveRoute } from './serve-route.ts';
import type { Door } from './serve-route.ts';
import { trialRoutes } from './console-trials.ts';
import type { TrialRouteDependencies } from './console-trials.ts';
import { tokenRoutes } from './console-tokens.ts';
import type { TokenRouteDependencies } from './console-tokens.ts';
import { webhookRoutes } from './console-webhooks.ts';
import type { WebhookRouteDependencies } from './console-webhooks.ts';
import { tryRoutes } from './console-try.ts';
import type { TryRouteDependencies } from './console-try.ts';

export interface ConsoleDependencies
  extends
    AccessRouteDependencies,
    TokenRouteDependencies,
    WebhookRouteDependencies,
    AuditRouteDependencies,
    ApprovalRouteDependencies,
    ActivityRouteDependencies,
    BatchRouteDependencies,
    CodeRouteDependencies,
    IssueRouteDependencies,
    TrialRouteDependencies,
    DoctorRouteDependencies,
    FinanceRouteDependencies,
    VersionRouteDependencies,
    NumberRouteDependencies,
    ForecastRouteDependencies,
    ArchiveRouteDependencies,
    ExportRouteDependencies,
    StoryRouteDependencies,
    BalanceRouteDependencies,
    PaymentRouteDependencies,
    PayoutRouteDependencies,
    ShopPaymentRouteDependencies,
    ReissueRouteDependencies,
    ReconciliationRouteDependencies,
    PeopleRouteDependencies,
    MiniPacketRouteDependencies,
    TryRouteDependencies,
    SettingRouteDependencies {
  readonly logIn: LogIn;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Answers under idempotency keys. */
  readonly apiRequests: ApiRequests;
  readonly openByToken: OpenByToken;
}

/** Every route of the console's API: what is served, guarded and documented is this one list. */
export function consoleRouteTable(dependencies: ConsoleDependencies): readonly ConsoleRoute[] {
  const routes = [
    ...sessionRoutes(dependencies),
    ...accessRoutes(dependencies),
    ...tokenRoutes(dependencies),
    ...webhookRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...approvalRoutes(dependencies),
    ...activityRoutes(dependencies),
    ...versionRoutes(dependencies),
    ...numberRoutes(dependencies),
    ...forecastRoutes(dependencies),
    ...archiveRoutes(dependencies),
    ...exportRoutes(dependencies),
    ...storyRoutes(dependencies),
    ...balanceRoutes(dependencies),
    ...tryRoutes(dependencies),
    ...listRoutes(dependencies),
    ...batchRoutes(dependencies),
    ...codeRoutes(dependencies),
    ...issueRoutes(dependencies),
    ...trialRoutes(dependencies),
    ...doctorRoutes(dependencies),
    ...financeRoutes(dependencies),
    ...paymentRoutes(dependencies),
    ...payoutRoutes(dependencies),
    ...shopPaymentRoutes(dependencies),
    ...reissueRoutes(dependencies),
    ...reconciliationRoutes(dependencies),
    ...peopleRoutes(dependencies),
    ...miniPacketRoutes(dependencies),
    ...settingRoutes(dependencies),
    consoleRoute({
      name: 'ruleSchema',
      method: 'GET',
      path: '/rule-schema',
      access: 'signed-in',
      summary: 'JSON Schema (2020-12) of an activity’s rule',
      answer: z.looseObject({ type: z.literal('object') }).describe('A JSON Schema'),
      handle: async () => ({ type: 'object' as const, ...ruleJsonSchema() }),
    }),
  ];
  const table: readonly ConsoleRoute[] = [
    ...routes,
    consoleRoute({
      name: 'openApi',
      method: 'GET',
      path: '/openapi.json',
      access: 'signed-in',
      summary: 'This description, as OpenAPI 3.1',
      answer: z.looseObject({ openapi: z.string() }).describe('An OpenAPI document'),
      handle: async () => openApiDocument(table, ruleJsonSchema()) as { openapi: string },
    }),
  ];
  return table;
}

/**
 * Serves the route table below /api/console to people with a session, whose changes must come from our own pages, and
 * what of it is for programs below /api/v1.
 */
export function consoleRoutes(dependencies: ConsoleDependencies): readonly Router[] {
  const { logIn, publicUrl, apiRequests } = dependencies;
  const router = new Router({ prefix: '/api/console' });
  const routes = consoleRouteTable(dependencies);
  const auditChange = createAuditChange({ ...dependencies, routes });
  const answerOnce = createAnswerOnce({ ...dependencies, requests: apiRequests });
  const sessions: Door = {
    admit: async (ctx, route) => {
      if (route.method !== 'GET') requireSameOrigin(ctx, new URL(publicUrl).origin);
      const who = await admit(ctx, route.access, logIn);
      return { ...who, caller: who.session === null ? null : `operator:${who.session.operator.id}` };
    },
    setSession: (ctx) => sessionCookieWriter(ctx, publicUrl),
    keysNeeded: false,
    auditChange,
    answerOnce,
  };
  for (const route of routes) {
    router.register(route.path, [route.method], (ctx) => serveRoute(ctx, route, sessions), {
      name: `console-${route.name}`,
    });
  }
  return [router, apiRoutes(routes, { ...dependencies, auditChange, answerOnce })];
}
