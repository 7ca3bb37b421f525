import type { Context } from 'koa';
import { Router } from 'koa-router';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { DrawOnPage, PageActivity } from '../../flows/draw-on-page.ts';
import { INVITATION_CODE } from '../../flows/invitations/invite-people.ts';
import type { InvitePeople } from '../../flows/invitations/invite-people.ts';
import type { RequestLimits } from '../../flows/limit-requests.ts';
import { languageOf } from '../answer-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { InvitationAnswer } from '../contract/invitation.ts';
import type { PageOrigins } from '../page-origin.ts';
import type { PageSessions } from '../page-session.ts';

export interface InvitationRoutesDependencies {
  readonly drawOnPage: Pick<DrawOnPage, 'find'>;
  readonly invitePeople: InvitePeople;
  readonly sessions: PageSessions;
  readonly origins: PageOrigins;
  readonly limits: RequestLimits;
  readonly answers: PageAnswers;
  /** True where any browser may authorize; else only WeChat's own is sent there. */
  readonly anyBrowser: boolean;
}

type InvitedContext = Context & { params: Record<string, string> };

/**
 * `/a/:slug?i=<code>` notes who invited a visitor and leaves the page itself to the activity's own route, which has to
 * come later; `GET /api/a/:slug/invitation` tells a person's own link and how their invitations stand.
 */
export function invitationRoutes(dependencies: InvitationRoutesDependencies): Router {
  const { drawOnPage, invitePeople, sessions, answers } = dependencies;
  const router = new Router();
  router.get('activity-invited', '/a/:slug', async (ctx, next) => {
    const code = ctx.query['i'];
    if (typeof code !== 'string' || !INVITATION_CODE.test(code)) return next();
    try {
      if ((await arrive(ctx, dependencies, code)) === 'sent-away') return;
    } catch (error) {
      // Nothing is noted yet, so whoever loads the page again still comes by the invitation.
      if (error instanceof OutsideTrouble) return answers.failure(ctx, error, ctx.url);
      // What is wrong with the address itself the page's own route says.
    }
    return next();
  });
  router.get('activity-invitation', '/api/a/:slug/invitation', async (ctx) => {
    await dependencies.limits.ofAddress('view', dependencies.origins.addressOf(ctx));
    const page = await drawOnPage.find(ctx.params['slug'] ?? '');
    const { accountId: account, slug, rule } = page.activity;
    const visitor = sessions.visitor(ctx, account);
    if (visitor === undefined) {
      throw new WrongRequest('session-needed', 'open the activity page first', { status: 401 });
    }
    if (!visitor.snapshot) await dependencies.limits.ofPerson('view', { account, openid: visitor.openid });
    const { code, accepted, waiting, most } = await invitePeople.own(page, visitor);
    const counts = rule.trigger.inviteCounts;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { path: `/a/${slug}?i=${code}`, accepted, waiting, most, counts } satisfies InvitationAnswer;
  });
  return router;
}

/** Whoever is not known yet comes back by the same address after web authorization. */
async function arrive(
  ctx: InvitedContext,
  { drawOnPage, invitePeople, sessions, origins, limits, anyBrowser }: InvitationRoutesDependencies,
  code: string,
): Promise<'sent-away' | 'stays'> {
  const page: PageActivity = await drawOnPage.find(ctx.params['slug'] ?? '');
  const { accountId: account, slug, rule } = page.activity;
  if (!rule.trigger.invite) return 'stays';
  const visitor = sessions.visitor(ctx, account);
  if (visitor !== undefined) {
    if (!visitor.snapshot) await limits.ofPerson('view', { account, openid: visitor.openid });
    await invitePeople.opened(page, visitor, code);
    return 'stays';
  }
  if (!anyBrowser && !/MicroMessenger/i.test(ctx.get('User-Agent'))) return 'stays';
  await limits.ofAddress('view', origins.addressOf(ctx));
  const to = `/a/${slug}?i=${code}${languageOf(ctx) === 'en' ? '&lang=en' : ''}`;
  ctx.redirect(`/oauth/${account}/start?to=${encodeURIComponent(to)}`);
  return 'sent-away';
}
