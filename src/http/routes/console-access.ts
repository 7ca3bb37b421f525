import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import type { ManageOperators } from '../../flows/access/manage-operators.ts';
import type { SignIn } from '../../flows/access/sign-in.ts';
import {
  beginSetUpRequest,
  changeOperatorRequest,
  changePasswordRequest,
  createOperatorRequest,
  finishSetUpAnswer,
  finishSetUpRequest,
  operatorsAnswer,
  sessionsAnswer,
  setUpAnswer,
  setUpLinkAnswer,
  signInRequest,
} from '../contract/console-access.ts';
import { nothingAnswer, sessionAnswer } from '../contract/console-session.ts';
import { qrCode } from '../presenters/qr-code.ts';
import { qrSvg } from '../presenters/qr-picture.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';
import { shownSession } from './console-session.ts';

export interface AccessRouteDependencies {
  readonly signIn: SignIn;
  readonly manageOperators: ManageOperators;
  readonly publicUrl: string;
}

/** Signing in by password and code, one's own access, and who else has any. */
export function accessRoutes(dependencies: AccessRouteDependencies): readonly ConsoleRoute[] {
  return [...signInRoutes(dependencies), ...ownAccessRoutes(dependencies), ...operatorRoutes(dependencies)];
}

function signInRoutes({ signIn }: AccessRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'signIn',
      method: 'POST',
      path: '/sign-in',
      access: 'anyone',
      summary: 'Sign in by name, password and code; sets the session cookie',
      body: signInRequest,
      answer: sessionAnswer,
      handle: async ({ body, place, setSession }) => {
        const session = await signIn.signIn(body, place);
        setSession({ token: session.sessionToken, expiresAtMs: session.expiresAtMs });
        return shownSession(session);
      },
    }),
    consoleRoute({
      name: 'beginSetUp',
      method: 'POST',
      path: '/set-up/begin',
      access: 'anyone',
      summary: 'Whom a set-up link is for, and the secret for their authenticator',
      body: beginSetUpRequest,
      answer: setUpAnswer,
      handle: async ({ body }) => {
        const { operator, totpSecret, totpUri } = await signIn.beginSetUp(body.token);
        const picture = qrSvg(qrCode(totpUri), 'QR');
        return { name: operator.name, role: operator.role, totpSecret, totpUri, qrSvg: picture };
      },
    }),
    consoleRoute({
      name: 'finishSetUp',
      method: 'POST',
      path: '/set-up/finish',
      access: 'anyone',
      summary: 'Spend a set-up link: sets password and authenticator, and the session cookie',
      body: finishSetUpRequest,
      answer: finishSetUpAnswer,
      handle: async ({ body, place, setSession }) => {
        const session = await signIn.finishSetUp(body, place);
        setSession({ token: session.sessionToken, expiresAtMs: session.expiresAtMs });
        return { ...shownSession(session), recoveryCodes: [...session.recoveryCodes] };
      },
    }),
  ];
}

function ownAccessRoutes({ signIn }: AccessRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'changePassword',
      method: 'POST',
      path: '/password',
      access: 'signed-in',
      summary: 'Set another password; every other session of yours ends',
      body: changePasswordRequest,
      answer: nothingAnswer,
      handle: async ({ body, operator, place, sessionToken }) => {
        await signIn.changePassword(operator, body, { place, sessionToken: sessionToken ?? '' });
        return {};
      },
    }),
    consoleRoute({
      name: 'listSessions',
      method: 'GET',
      path: '/sessions',
      access: 'signed-in',
      summary: 'Your open sessions: where, since when, in which browser',
      answer: sessionsAnswer,
      handle: async ({ operator, sessionToken }) => ({
        sessions: (await signIn.sessions(operator, sessionToken ?? '')).map((session) => ({ ...session })),
      }),
    }),
    consoleRoute({
      name: 'endSession',
      method: 'DELETE',
      path: '/sessions/:id',
      access: 'signed-in',
      summary: 'End one of your sessions',
      answer: nothingAnswer,
      handle: async ({ params, operator }) => {
        await signIn.endSession(operator, readId(params, /^[0-9a-f]{16}$/, 'session-not-found'));
        return {};
      },
    }),
  ];
}

function operatorRoutes({ manageOperators, publicUrl }: AccessRouteDependencies): readonly ConsoleRoute[] {
  const linkOf = ({ token }: { readonly token: string }): z.input<typeof setUpLinkAnswer> => ({
    setUpLink: `${publicUrl}/console/set-up?token=${token}`,
  });
  const readOperatorId = (params: Readonly<Record<string, string>>): string =>
    readId(params, /^[0-9a-f]{32}$/, 'operator-not-found');
  return [
    consoleRoute({
      name: 'listOperators',
      method: 'GET',
      path: '/operators',
      access: 'operators.manage',
      summary: 'Who works in the console, and with which role',
      answer: operatorsAnswer,
      handle: async () => ({ operators: (await manageOperators.list()).map((operator) => ({ ...operator })) }),
    }),
    consoleRoute({
      name: 'createOperator',
      method: 'POST',
      path: '/operators',
      access: 'operators.manage',
      summary: 'Make an operator; answers with the link they set themselves up by',
      body: createOperatorRequest,
      answer: setUpLinkAnswer,
      handle: async ({ body, operator }) => linkOf(await manageOperators.create(operator, body)),
    }),
    consoleRoute({
      name: 'changeOperator',
      method: 'PATCH',
      path: '/operators/:id',
      access: 'operators.manage',
      summary: 'Change someone’s role, or whether they may sign in; their sessions end',
      body: changeOperatorRequest,
      answer: nothingAnswer,
      handle: async ({ params, body, operator }) => {
        await manageOperators.change(operator, readOperatorId(params), body);
        return {};
      },
    }),
    consoleRoute({
      name: 'resetOperator',
      method: 'POST',
      path: '/operators/:id/reset',
      access: 'operators.manage',
      summary: 'Take someone’s password and authenticator away; answers with a new set-up link',
      answer: setUpLinkAnswer,
      handle: async ({ params, operator }) => linkOf(await manageOperators.reset(operator, readOperatorId(params))),
    }),
  ];
}

function readId(params: Readonly<Record<string, string>>, pattern: RegExp, code: string): string {
  const id = params['id'] ?? '';
  if (pattern.test(id)) return id;
  throw new WrongRequest(code, 'there is nothing of this id', { status: 404 });
}
