import type { Context } from 'koa';
import { Router } from 'koa-router';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import { allowedReturnPath } from '../../flows/authorize-page.ts';
import type { AuthorizePage } from '../../flows/authorize-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { BegunLogin, PageSessions } from '../page-session.ts';
import type { NoticeKind } from '../presenters/page-words.ts';

export interface OauthRoutesDependencies {
  readonly authorizePage: AuthorizePage;
  readonly sessions: PageSessions;
  readonly answers: PageAnswers;
  /** Scheme, host and port people reach the service by. */
  readonly publicUrl: URL;
}

/**
 * `/oauth/:account/start?to=/a/slug` sends the browser to WeChat, with `&profile=1` by way of the consent to show a
 * nickname; `/oauth/:account/callback` takes it back, gives it a session and sends it on to the page, so that no address
 * in its history holds a code.
 */
export function oauthRoutes(dependencies: OauthRoutesDependencies): Router {
  const { answers } = dependencies;
  const router = new Router();
  router.get('oauth-start', '/oauth/:account/start', async (ctx) => {
    const to = allowedReturnPath(ctx.query['to']);
    await start(ctx, dependencies, to).catch((error: unknown) => answers.failure(ctx, error, to));
  });
  router.get('oauth-callback', '/oauth/:account/callback', async (ctx) => {
    await callback(ctx, dependencies).catch((error: unknown) => answers.failure(ctx, error, undefined));
  });
  return router;
}

async function start(
  ctx: Context & { params: Record<string, string> },
  dependencies: OauthRoutesDependencies,
  to: string | undefined,
): Promise<void> {
  const { authorizePage, sessions, publicUrl } = dependencies;
  const account = accountOf(ctx);
  if (to === undefined) throw new WrongRequest('return-path-refused', 'only our own pages may follow authorization');
  const callbackUrl = new URL(`/oauth/${account}/callback`, publicUrl).href;
  const profile = ctx.query['profile'] === '1';
  const { authorizeUrl, state } = await authorizePage.begin({ account, callbackUrl, profile });
  sessions.begin(ctx, account, { state, to, profile });
  ctx.redirect(authorizeUrl);
}

async function callback(
  ctx: Context & { params: Record<string, string> },
  dependencies: OauthRoutesDependencies,
): Promise<void> {
  const { authorizePage, sessions, answers } = dependencies;
  const account = accountOf(ctx);
  const code = codeOf(ctx.query['code']);
  const state = single(ctx.query['state'], /^[0-9a-f]{32}$/);
  const login = state === undefined ? undefined : sessions.begunLogin(ctx, account, state);
  // Without the cookie that was set when this way was begun, the link came from someone else.
  if (state === undefined || login === undefined) return answers.notice(ctx, 400, { kind: 'login-foreign' });
  const again = (status: number, kind: NoticeKind): Promise<void> =>
    answers.notice(ctx, status, { kind, href: startPath(account, login) });
  if (code === undefined && login.profile) {
    // They keep their name to themselves, which is no reason to keep them out.
    const known = sessions.visitor(ctx, account) !== undefined;
    return ctx.redirect(known ? login.to : startPath(account, { ...login, profile: false }));
  }
  if (code === undefined) return again(400, 'login-refused');
  if (login.expired) return again(400, 'login-expired');
  try {
    sessions.remember(ctx, account, await authorizePage.finish({ account, code, state, profile: login.profile }));
  } catch (error) {
    if (error instanceof WrongRequest && error.status === 400) return again(400, 'login-expired');
    if (error instanceof OutsideTrouble) return again(503, 'login-failed');
    throw error;
  }
  ctx.redirect(login.to);
}

/** Throws WrongRequest (404) for a name no account can have. */
function accountOf(ctx: { params: Record<string, string> }): AccountId {
  try {
    return accountId(ctx.params['account'] ?? '');
  } catch (cause) {
    throw new WrongRequest('account-unknown', 'there is no such account', { status: 404, cause });
  }
}

function startPath(account: AccountId, login: BegunLogin): string {
  return `/oauth/${account}/start?to=${encodeURIComponent(login.to)}${login.profile ? '&profile=1' : ''}`;
}

/** Returns nothing after a refusal: WeChat then leaves the code out; some of its pages say `authdeny` instead. */
function codeOf(value: string | string[] | undefined): string | undefined {
  const code = single(value, /^[\x21-\x7e]{1,512}$/);
  return code === 'authdeny' ? undefined : code;
}

function single(value: string | string[] | undefined, form: RegExp): string | undefined {
  return typeof value === 'string' && form.test(value) ? value : undefined;
}
