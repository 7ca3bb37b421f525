import type { Context } from 'koa';
import { Router } from 'koa-router';
import { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { PageVisitor } from '../../flows/authorize-page.ts';
import type { DrawOnPage, PageActivity } from '../../flows/draw-on-page.ts';
import { INVITATION_CODE } from '../../flows/invitations/invite-people.ts';
import type { LimitedKind, RequestLimits } from '../../flows/limit-requests.ts';
import { countsDevices } from '../../flows/page-origin.ts';
import type { PageReads } from '../../flows/ports/pages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { languageOf } from '../answer-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { PageOrigins } from '../page-origin.ts';
import type { PageSessions } from '../page-session.ts';
import type { PersonCode } from '../person-code.ts';
import { activityPageState } from '../presenters/activity-page.ts';
import { brandStyles } from '../presenters/page-documents.ts';
import { readJson } from '../read-body.ts';
import { requireSameOrigin } from '../same-origin.ts';

export interface ActivityPageDependencies {
  readonly drawOnPage: DrawOnPage;
  readonly reads: Pick<PageReads, 'awards'>;
  readonly sessions: PageSessions;
  readonly origins: PageOrigins;
  readonly limits: RequestLimits;
  readonly answers: PageAnswers;
  readonly personCode: PersonCode;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly publicUrl: URL;
  /** Whose awards `/me/awards` shows when the address names no account. */
  readonly firstAccount: AccountId;
  /** True where any browser may authorize, as with the demo's pretend WeChat; else pages open in WeChat only. */
  readonly anyBrowser: boolean;
}

const AWARDS_MAX = 100;
const DRAW_BYTES_MAX = 1024;
const drawSchema = z.strictObject({
  token: z.string().regex(/^[0-9a-f]{32}$/, 'takes 32 lower-case hex digits'),
  said: z.string().max(64, 'takes at most 64 characters').optional(),
  to: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'names a mechanic')
    .optional(),
});

/** `/a/:slug`, the activity page, with its two JSON addresses, and `/me/awards`. */
export function activityPageRoutes(dependencies: ActivityPageDependencies): Router {
  const { drawOnPage, sessions, answers } = dependencies;
  const router = new Router();
  router.get('activity-page', '/a/:slug', async (ctx) => {
    await showActivity(ctx, dependencies).catch((error: unknown) => answers.failure(ctx, error, ctx.url));
  });
  router.get('my-awards', '/me/awards', async (ctx) => {
    await showAwards(ctx, dependencies).catch((error: unknown) => answers.failure(ctx, error, ctx.url));
  });
  router.get('activity-state', '/api/a/:slug/state', async (ctx) => {
    await keepPace(ctx, dependencies, 'view');
    const page = await drawOnPage.find(ctx.params['slug'] ?? '');
    const visitor = requireVisitor(ctx, sessions, page);
    await keepPersonsPace(dependencies, 'view', { account: page.activity.accountId, visitor });
    if (countsDevices(page)) dependencies.origins.rememberDevice(ctx);
    const view = await drawOnPage.view(page, visitor);
    ctx.body = activityPageState(view, dependencies.personCode);
  });
  router.post('activity-draw', '/api/a/:slug/draw', async (ctx) => {
    requireSameOrigin(ctx, dependencies.publicUrl.origin);
    await keepPace(ctx, dependencies, 'draw');
    const page = await drawOnPage.find(ctx.params['slug'] ?? '');
    const visitor = requireVisitor(ctx, sessions, page);
    const account = page.activity.accountId;
    await keepPersonsPace(dependencies, 'draw', { account, visitor });
    const body = drawSchema.safeParse(await readJson(ctx, { bytesMax: DRAW_BYTES_MAX }));
    if (!body.success) throw malformed(body.error);
    const origin = dependencies.origins.originOf(ctx, account);
    const answer = await drawOnPage.draw({
      page,
      visitor,
      token: body.data.token,
      said: body.data.said ?? null,
      to: body.data.to ?? null,
      origin,
    });
    ctx.type = 'application/json; charset=utf-8';
    ctx.body = answer;
  });
  return router;
}

async function showActivity(
  ctx: Context & { params: Record<string, string> },
  dependencies: ActivityPageDependencies,
): Promise<void> {
  const { drawOnPage, sessions, answers } = dependencies;
  await keepPace(ctx, dependencies, 'view');
  const page = await drawOnPage.find(ctx.params['slug'] ?? '');
  const { accountId: account, slug } = page.activity;
  const visitor = sessions.visitor(ctx, account);
  const language = languageOf(ctx);
  if (visitor === undefined) {
    return authorize(ctx, dependencies, { account, to: pagePath(ctx, slug) });
  }
  await keepPersonsPace(dependencies, 'view', { account, visitor });
  if (countsDevices(page)) dependencies.origins.rememberDevice(ctx);
  const state = activityPageState(await drawOnPage.view(page, visitor), dependencies.personCode);
  const html = answers.documents.activity(state, language);
  return answers.page(ctx, html, { styles: brandStyles(state.look), shares: !visitor.snapshot });
}

/** The page's own address, with who invited and the language that it was opened with. */
function pagePath(ctx: Context, slug: string): string {
  const invited = ctx.query['i'];
  const parts = [
    ...(typeof invited === 'string' && INVITATION_CODE.test(invited) ? [`i=${invited}`] : []),
    ...(languageOf(ctx) === 'en' ? ['lang=en'] : []),
  ];
  return `/a/${slug}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

async function showAwards(ctx: Context, dependencies: ActivityPageDependencies): Promise<void> {
  const { reads, sessions, answers, clock } = dependencies;
  await keepPace(ctx, dependencies, 'view');
  const account = accountAsked(ctx) ?? dependencies.firstAccount;
  const visitor = sessions.visitor(ctx, account);
  const language = languageOf(ctx);
  if (visitor === undefined) {
    const to = `/me/awards?account=${account}${language === 'en' ? '&lang=en' : ''}`;
    return authorize(ctx, dependencies, { account, to });
  }
  await keepPersonsPace(dependencies, 'view', { account, visitor });
  const awards = visitor.snapshot
    ? []
    : await reads.awards({ account, openid: visitor.openid, most: AWARDS_MAX, nowMs: clock.nowMs() });
  const shares = awards.some(({ collect }) => collect !== undefined);
  return answers.page(ctx, answers.documents.awards({ account, awards }, language), { shares });
}

/** Sends a browser nobody knows yet to WeChat, or says that WeChat is where this page opens. */
async function authorize(
  ctx: Context,
  { anyBrowser, answers, publicUrl }: ActivityPageDependencies,
  login: { readonly account: AccountId; readonly to: string },
): Promise<void> {
  if (!anyBrowser && !/MicroMessenger/i.test(ctx.get('User-Agent'))) {
    return answers.notice(ctx, 200, { kind: 'outside-wechat', codeOf: new URL(login.to, publicUrl).href });
  }
  ctx.redirect(`/oauth/${login.account}/start?to=${encodeURIComponent(login.to)}`);
}

/** The address first, as it is known before anything else is asked for. Throws WrongRequest `too-many-requests` (429). */
async function keepPace(
  ctx: Context,
  { limits, origins }: Pick<ActivityPageDependencies, 'limits' | 'origins'>,
  kind: LimitedKind,
): Promise<void> {
  await limits.ofAddress(kind, origins.addressOf(ctx));
}

/** Throws the same. Somebody made up for a snapshot is nobody, and held to the address's pace alone. */
async function keepPersonsPace(
  { limits }: Pick<ActivityPageDependencies, 'limits'>,
  kind: LimitedKind,
  { account, visitor }: { readonly account: AccountId; readonly visitor: PageVisitor },
): Promise<void> {
  if (!visitor.snapshot) await limits.ofPerson(kind, { account, openid: visitor.openid });
}

function malformed({ issues }: z.ZodError): WrongRequest {
  const faults = issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const code = faults.some(({ path }) => path === 'token') ? 'token-malformed' : 'draw-malformed';
  return new WrongRequest(code, faults.map(({ path, message }) => `${path}: ${message}`).join('; '), { faults });
}

function requireVisitor(ctx: Context, sessions: PageSessions, page: PageActivity): PageVisitor {
  const visitor = sessions.visitor(ctx, page.activity.accountId);
  if (visitor === undefined) throw new WrongRequest('session-needed', 'open the activity page first', { status: 401 });
  return visitor;
}

function accountAsked(ctx: Context): AccountId | undefined {
  try {
    return typeof ctx.query['account'] === 'string' ? accountId(ctx.query['account']) : undefined;
  } catch {
    return undefined;
  }
}
