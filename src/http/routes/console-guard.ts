import type { Context } from 'koa';
import { WrongRequest } from '../../base/errors.ts';
import type { LogIn } from '../../flows/log-in.ts';
import { permissionsOf } from '../../flows/permissions.ts';
import type { OperatorSession } from '../../flows/ports/operators.ts';
import type { Access, RawCall } from './console-route.ts';

const COOKIE = 'console_session';
const COOKIE_PATH = '/api/console';

/**
 * Returns who is calling and lets only those pass whom the route is for. Throws WrongRequest `not-signed-in` (401) or
 * `not-permitted` (403). A route for anyone is not asked about sessions at all.
 */
export async function admit(
  ctx: Context,
  access: Access,
  logIn: LogIn,
): Promise<{ readonly session: OperatorSession | null; readonly sessionToken: string | null }> {
  if (access === 'anyone') return { session: null, sessionToken: null };
  const sessionToken = ctx.cookies.get(COOKIE) ?? null;
  const session = sessionToken === null ? undefined : await logIn.whoIs(sessionToken);
  if (session === undefined) {
    throw new WrongRequest('not-signed-in', 'sign in first: the session is missing or over', { status: 401 });
  }
  if (access !== 'signed-in' && !permissionsOf(session.operator.role).includes(access)) {
    const message = `the role ${session.operator.role} does not include ${access}`;
    throw new WrongRequest('not-permitted', message, { status: 403 });
  }
  return { session, sessionToken };
}

/** Writes the session cookie, or its end. Koa's own writer refuses `Secure` behind a proxy that ends TLS. */
export function sessionCookieWriter(ctx: Context, publicUrl: string): RawCall['setSession'] {
  const secure = new URL(publicUrl).protocol === 'https:' ? '; Secure' : '';
  return (session) => {
    const value = session?.token ?? '';
    const expires = new Date(session?.expiresAtMs ?? 0).toUTCString();
    ctx.append(
      'Set-Cookie',
      `${COOKIE}=${value}; Path=${COOKIE_PATH}; Expires=${expires}; HttpOnly; SameSite=Strict${secure}`,
    );
  };
}
