import type { z } from 'zod';
import type { LogIn } from '../../flows/log-in.ts';
import { permissionsOf } from '../../flows/permissions.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { OperatorSession } from '../../flows/ports/operators.ts';
import { accountsAnswer, logInRequest, nothingAnswer, sessionAnswer } from '../contract/console-session.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

/** A session as its owner's browser is told of it. */
export function shownSession({ operator, expiresAtMs }: OperatorSession): z.input<typeof sessionAnswer> {
  return { operator: { ...operator }, permissions: [...permissionsOf(operator.role)], expiresAtMs };
}

/** Logging in and out, who I am, which accounts there are. */
export function sessionRoutes({ logIn, reads }: { logIn: LogIn; reads: ConsoleReads }): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'logIn',
      method: 'POST',
      path: '/login',
      access: 'anyone',
      summary: 'Spend a one-time login link; sets the session cookie',
      body: logInRequest,
      answer: sessionAnswer,
      handle: async ({ body, place, setSession }) => {
        const session = await logIn.logIn(body.token, place);
        setSession({ token: session.sessionToken, expiresAtMs: session.expiresAtMs });
        return shownSession(session);
      },
    }),
    consoleRoute({
      name: 'logOut',
      method: 'POST',
      path: '/logout',
      access: 'signed-in',
      summary: 'End this session',
      answer: nothingAnswer,
      handle: async ({ sessionToken, setSession }) => {
        if (sessionToken !== null) await logIn.logOut(sessionToken);
        setSession(null);
        return {};
      },
    }),
    consoleRoute({
      name: 'me',
      method: 'GET',
      path: '/me',
      access: 'signed-in',
      summary: 'Who is signed in and what the role may do',
      answer: sessionAnswer,
      handle: async ({ operator, session }) => shownSession({ operator, expiresAtMs: session?.expiresAtMs ?? 0 }),
    }),
    consoleRoute({
      name: 'listAccounts',
      method: 'GET',
      path: '/accounts',
      access: 'activities.view',
      summary: 'Official Accounts and who pays for each',
      answer: accountsAnswer,
      handle: async () => ({ accounts: [...(await reads.accounts())] }),
    }),
  ];
}
