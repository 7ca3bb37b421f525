import type { Context } from 'koa';
import { Router } from 'koa-router';
import { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import type { OpenByToken } from '../../flows/api/open-by-token.ts';
import { may, scopes } from '../../flows/permissions.ts';
import { ruleJsonSchema } from '../../flows/rule-draft.ts';
import { API_PREFIX, apiDocument } from './console-openapi.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';
import { serveRoute } from './serve-route.ts';
import type { Admitted, Door } from './serve-route.ts';

/** A second person is a person. */
const FOR_PEOPLE = new Set(['decideReissue']);
/** What needs no scope: neither says anything about anybody. */
const FOR_ANY_TOKEN = new Set(['ruleSchema', 'ruleForm', 'describeApi']);

/** Returns the routes that tokens open, out of all the console has, and the description of exactly these. */
export function apiRouteTable(table: readonly ConsoleRoute[]): readonly ConsoleRoute[] {
  const open = table.filter(isForPrograms);
  const routes: readonly ConsoleRoute[] = [
    ...open,
    consoleRoute({
      name: 'describeApi',
      method: 'GET',
      path: '/openapi.json',
      access: 'signed-in',
      summary: 'This description, as OpenAPI 3.1',
      answer: z.looseObject({ openapi: z.string() }).describe('An OpenAPI document'),
      handle: async () => apiDocument(routes, ruleJsonSchema()) as { openapi: string },
    }),
  ];
  return routes;
}

function isForPrograms({ name, access }: ConsoleRoute): boolean {
  if (FOR_ANY_TOKEN.has(name)) return true;
  return scopes.some((scope) => scope === access) && !FOR_PEOPLE.has(name);
}

/** Serves them below /api/v1 to whoever brings a token. Cookies mean nothing there, so no origin is asked for. */
export function apiRoutes(
  table: readonly ConsoleRoute[],
  options: Pick<Door, 'auditChange' | 'answerOnce'> & { readonly openByToken: OpenByToken },
): Router {
  const { openByToken, ...door } = options;
  const router = new Router({ prefix: API_PREFIX });
  const tokens: Door = {
    ...door,
    admit: (ctx, route) => admitToken(ctx, route, openByToken),
    setSession: () => () => {},
    keysNeeded: true,
  };
  for (const route of apiRouteTable(table)) {
    router.register(route.path, [route.method], (ctx) => serveRoute(ctx, route, tokens), { name: `api-${route.name}` });
  }
  return router;
}

async function admitToken(ctx: Context, route: ConsoleRoute, openByToken: OpenByToken): Promise<Admitted> {
  const { access } = route;
  try {
    const { tokenId, operator, expiresAtMs } = await openByToken(bearerOf(ctx), ctx.ip);
    if (access !== 'anyone' && access !== 'signed-in' && !may(operator, access)) {
      const message = `the token does not include ${access}, or whoever made it may not do it any more`;
      throw new WrongRequest('not-permitted', message, { status: 403 });
    }
    const session = { operator, expiresAtMs: expiresAtMs ?? Number.MAX_SAFE_INTEGER };
    return { session, sessionToken: null, caller: `token:${tokenId}` };
  } catch (error) {
    // https://www.rfc-editor.org/rfc/rfc6750#section-3
    if (error instanceof WrongRequest && error.status === 401) ctx.set('WWW-Authenticate', 'Bearer realm="hongbao"');
    throw error;
  }
}

function bearerOf(ctx: Context): string | null {
  return /^Bearer +(\S{1,200})$/i.exec(ctx.get('Authorization'))?.[1] ?? null;
}
