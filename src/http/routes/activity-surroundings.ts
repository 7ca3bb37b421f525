import type { Context } from 'koa';
import { Router } from 'koa-router';
import { WrongRequest } from '../../base/errors.ts';
import type { DrawOnPage, PageActivity } from '../../flows/draw-on-page.ts';
import type { RequestLimits } from '../../flows/limit-requests.ts';
import type { PageReads } from '../../flows/ports/pages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import type { RecentWinners } from '../../flows/recent-winners.ts';
import { languageOf } from '../answer-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { PageOrigins } from '../page-origin.ts';
import type { PageSessions } from '../page-session.ts';
import type { PersonCode } from '../person-code.ts';
import { pageWinners } from '../presenters/activity-page.ts';
import { brandStyles } from '../presenters/page-documents.ts';
import { qrCode } from '../presenters/qr-code.ts';
import { qrPng } from '../presenters/qr-picture.ts';

export interface ActivitySurroundings {
  readonly drawOnPage: Pick<DrawOnPage, 'find'>;
  readonly winners: RecentWinners;
  readonly reads: Pick<PageReads, 'followCode'>;
  readonly sessions: PageSessions;
  readonly origins: PageOrigins;
  readonly limits: RequestLimits;
  readonly answers: PageAnswers;
  readonly personCode: PersonCode;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/**
 * What stands around an activity: `/a/:slug/rules`, which anybody may read, `/a/:slug/follow.png`, the code by which
 * people follow the account for it, and `/api/a/:slug/winners`.
 */
export function activitySurroundingRoutes(dependencies: ActivitySurroundings): Router {
  const { winners, sessions, answers, personCode } = dependencies;
  const router = new Router();
  const find = async (ctx: Context & { params: Record<string, string> }): Promise<PageActivity> => {
    await dependencies.limits.ofAddress('view', dependencies.origins.addressOf(ctx));
    return dependencies.drawOnPage.find(ctx.params['slug'] ?? '');
  };
  router.get('activity-rules', '/a/:slug/rules', async (ctx) => {
    try {
      const { activity } = await find(ctx);
      const html = answers.documents.rules(activity, languageOf(ctx));
      await answers.page(ctx, html, { styles: brandStyles(activity.rule.look) });
    } catch (error) {
      await answers.failure(ctx, error, ctx.url);
    }
  });
  router.get('activity-follow-code', '/a/:slug/follow.png', async (ctx) => {
    const { activity } = await find(ctx);
    const said = await dependencies.reads.followCode(activity, dependencies.clock.nowMs());
    if (said === null) throw new WrongRequest('no-follow-code', 'this activity has no code', { status: 404 });
    ctx.type = 'image/png';
    ctx.body = qrPng(qrCode(said));
  });
  router.get('activity-winners', '/api/a/:slug/winners', async (ctx) => {
    const { activity } = await find(ctx);
    if (sessions.visitor(ctx, activity.accountId) === undefined) {
      throw new WrongRequest('session-needed', 'open the activity page first', { status: 401 });
    }
    ctx.body = pageWinners(activity, await winners.of(activity), personCode);
  });
  return router;
}
