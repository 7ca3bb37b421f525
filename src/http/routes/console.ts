import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from 'koa';
import { Router } from 'koa-router';
import { assert } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { LogIn } from '../../flows/log-in.ts';
import { ruleJsonSchema } from '../../flows/rule-draft.ts';
import { readJson } from '../read-body.ts';
import { readFile } from '../read-file.ts';
import { requireSameOrigin } from '../same-origin.ts';
import { consoleFile } from '../console-file.ts';
import { consoleStream, isChunks } from '../console-stream.ts';
import { createAuditChange } from '../access/audit-change.ts';
import type { AuditChange } from '../access/audit-change.ts';
import { accessRoutes } from './console-access.ts';
import type { AccessRouteDependencies } from './console-access.ts';
import { activityRoutes } from './console-activities.ts';
import type { ActivityRouteDependencies } from './console-activities.ts';
import { auditRoutes } from './console-audit.ts';
import type { AuditRouteDependencies } from './console-audit.ts';
import { balanceRoutes } from './console-balances.ts';
import type { BalanceRouteDependencies } from './console-balances.ts';
import { batchRoutes } from './console-batches.ts';
import type { BatchRouteDependencies } from './console-batches.ts';
import { codeRoutes } from './console-codes.ts';
import type { CodeRouteDependencies } from './console-codes.ts';
import { admit, sessionCookieWriter } from './console-guard.ts';
import { exportRoutes } from './console-exports.ts';
import type { ExportRouteDependencies } from './console-exports.ts';
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
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute, RawCall } from './console-route.ts';
import { sessionRoutes } from './console-session.ts';
import { storyRoutes } from './console-stories.ts';
import type { StoryRouteDependencies } from './console-stories.ts';
import { shopPaymentRoutes } from './console-shop-payments.ts';
import type { ShopPaymentRouteDependencies } from './console-shop-payments.ts';
import { versionRoutes } from './console-versions.ts';
import type { VersionRouteDependencies } from './console-versions.ts';
import { settingRoutes } from './console-settings.ts';
import type { SettingRouteDependencies } from './console-settings.ts';
import { tryRoutes } from './console-try.ts';
import type { TryRouteDependencies } from './console-try.ts';

/** A rule is at most about 40 KB of JSON: 30 prizes, 50 words, texts of 600 characters. */
const BODY_BYTES_MAX = 131_072;

export interface ConsoleDependencies
  extends
    AccessRouteDependencies,
    AuditRouteDependencies,
    ActivityRouteDependencies,
    BatchRouteDependencies,
    CodeRouteDependencies,
    VersionRouteDependencies,
    NumberRouteDependencies,
    ExportRouteDependencies,
    StoryRouteDependencies,
    BalanceRouteDependencies,
    PaymentRouteDependencies,
    PayoutRouteDependencies,
    ShopPaymentRouteDependencies,
    ReissueRouteDependencies,
    ReconciliationRouteDependencies,
    PeopleRouteDependencies,
    TryRouteDependencies,
    SettingRouteDependencies {
  readonly logIn: LogIn;
  readonly logger: Logger;
}

const NO_FILE: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};

/** Every route of the console's API: what is served, guarded and documented is this one list. */
export function consoleRouteTable(dependencies: ConsoleDependencies): readonly ConsoleRoute[] {
  const routes = [
    ...sessionRoutes(dependencies),
    ...accessRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...activityRoutes(dependencies),
    ...versionRoutes(dependencies),
    ...numberRoutes(dependencies),
    ...exportRoutes(dependencies),
    ...storyRoutes(dependencies),
    ...balanceRoutes(dependencies),
    ...tryRoutes(dependencies),
    ...listRoutes(dependencies),
    ...batchRoutes(dependencies),
    ...codeRoutes(dependencies),
    ...paymentRoutes(dependencies),
    ...payoutRoutes(dependencies),
    ...shopPaymentRoutes(dependencies),
    ...reissueRoutes(dependencies),
    ...reconciliationRoutes(dependencies),
    ...peopleRoutes(dependencies),
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

/** Serves the route table below /api/console: origin, session, permission, body, handler, answer, in this order. */
export function consoleRoutes(dependencies: ConsoleDependencies): Router {
  const router = new Router({ prefix: '/api/console' });
  const routes = consoleRouteTable(dependencies);
  const auditChange = createAuditChange({ ...dependencies, routes });
  for (const route of routes) {
    router.register(route.path, [route.method], (ctx) => serve(ctx, route, { ...dependencies, auditChange }), {
      name: `console-${route.name}`,
    });
  }
  return router;
}

async function serve(
  ctx: Context & { params?: unknown },
  route: ConsoleRoute,
  { logIn, publicUrl, auditChange }: ConsoleDependencies & { readonly auditChange: AuditChange },
): Promise<void> {
  const changes = route.method !== 'GET';
  const { openid } = ctx.params as Readonly<Record<string, string | undefined>>;
  if (openid !== undefined) ctx.state['shownPath'] = ctx.path.replace(openid, shortOpenid(openid));
  if (changes) requireSameOrigin(ctx, new URL(publicUrl).origin);
  const who = await admit(ctx, route.access, logIn);
  const call: RawCall = {
    ...who,
    place: { address: ctx.ip, browser: ctx.get('User-Agent') },
    params: ctx.params as Readonly<Record<string, string>>,
    query: { ...ctx.query },
    // What is deleted is named by its address and revision; a body there has no meaning of its own (RFC 9110, 9.3.5).
    body:
      changes && route.method !== 'DELETE' && route.file === null
        ? await readJson(ctx, { bytesMax: route.bodyBytesMax ?? BODY_BYTES_MAX })
        : undefined,
    file: route.file === null ? NO_FILE : readFile(ctx, route.file),
    setSession: sessionCookieWriter(ctx, publicUrl),
  };
  const answer = await auditChange(route, call, () => route.run(call));
  if (route.answer === consoleStream) return serveStream(ctx, answer);
  const file = route.answer === consoleFile ? consoleFile.parse(answer) : null;
  if (file !== null) {
    ctx.attachment(file.name);
    ctx.type = file.type;
  }
  ctx.body = file === null ? answer : file.text;
}

/** Chunks are some 100 KB each, so few wait for a slow reader. */
const CHUNKS_WAITING_MAX = 2;

function serveStream(ctx: Context, answer: unknown): void {
  const { name, type, chunks } = consoleStream.parse(answer);
  assert(isChunks(chunks), 'a file that is streamed has chunks');
  ctx.attachment(name);
  ctx.type = type;
  ctx.body = Readable.from(chunks, { highWaterMark: CHUNKS_WAITING_MAX });
}
