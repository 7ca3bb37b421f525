import type { OperateTokens } from '../../flows/api/operate-tokens.ts';
import { may, scopes } from '../../flows/permissions.ts';
import { apiTokensAnswer, madeTokenAnswer, makeTokenRequest } from '../contract/console-api.ts';
import { nothingAnswer } from '../contract/console-session.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface TokenRouteDependencies {
  readonly operateTokens: OperateTokens;
}

/** Tokens by which other programs get in. */
export function tokenRoutes({ operateTokens }: TokenRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listApiTokens',
      method: 'GET',
      path: '/api-tokens',
      access: 'api.manage',
      summary: 'API tokens, those in use first, and the scopes there are',
      answer: apiTokensAnswer,
      handle: async ({ operator }) => ({
        tokens: (await operateTokens.list()).map((token) => ({ ...token, scopes: [...token.scopes] })),
        scopes: scopes.filter((scope) => may(operator, scope)),
      }),
    }),
    consoleRoute({
      name: 'makeApiToken',
      method: 'POST',
      path: '/api-tokens',
      access: 'api.manage',
      summary: 'Make an API token; it is shown this once',
      body: makeTokenRequest,
      answer: madeTokenAnswer,
      handle: ({ operator, body }) => operateTokens.make(operator, body),
    }),
    consoleRoute({
      name: 'revokeApiToken',
      method: 'POST',
      path: '/api-tokens/:id/revoke',
      access: 'api.manage',
      summary: 'Revoke an API token: it opens nothing from the next request on',
      answer: nothingAnswer,
      handle: async ({ operator, params }) => {
        await operateTokens.revoke(operator, params['id'] ?? '');
        return {};
      },
    }),
  ];
}
