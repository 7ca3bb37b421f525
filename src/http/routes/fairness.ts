import { Readable } from 'node:stream';
import type { Context } from 'koa';
import { Router } from 'koa-router';
import type { ShowFairness } from '../../flows/fairness/show-fairness.ts';
import type { RequestLimits } from '../../flows/limit-requests.ts';
import { languageOf } from '../answer-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { PageOrigins } from '../page-origin.ts';
import type { PageSessions } from '../page-session.ts';
import { FAIRNESS_SCRIPT } from '../presenters/fairness-page.ts';
import type { FairnessPage } from '../presenters/fairness-page.ts';

export interface FairnessDependencies {
  readonly fairness: ShowFairness;
  readonly sessions: Pick<PageSessions, 'visitor'>;
  readonly origins: Pick<PageOrigins, 'addressOf'>;
  readonly limits: Pick<RequestLimits, 'ofAddress'>;
  readonly answers: PageAnswers;
  /** The text of docs/verify-draws.mjs. */
  readonly verifier: string;
}

/**
 * How anybody checks an activity's draws: `/a/:slug/fair`, the same as JSON at `/api/a/:slug/fair`, the record once the
 * activity is over, and the program that checks it.
 */
export function fairnessRoutes(dependencies: FairnessDependencies): Router {
  const { fairness, sessions, origins, limits, answers, verifier } = dependencies;
  const router = new Router();
  const find = async (ctx: Context & { params: Record<string, string> }): Promise<FairnessPage> => {
    await limits.ofAddress('view', origins.addressOf(ctx));
    const slug = ctx.params['slug'] ?? '';
    const found = await fairness.show(slug);
    const visitor = sessions.visitor(ctx, found.activity.account);
    const known = visitor !== undefined && !visitor.snapshot;
    return { fairness: found, person: known ? await fairness.personOf(slug, visitor.openid) : null };
  };
  router.get('fairness', '/a/:slug/fair', async (ctx) => {
    try {
      await answers.page(ctx, answers.documents.fairness(await find(ctx), languageOf(ctx)));
    } catch (error) {
      await answers.failure(ctx, error, ctx.url);
    }
  });
  router.get('fairness-state', '/api/a/:slug/fair', async (ctx) => {
    const { fairness: found, person } = await find(ctx);
    const { activity, ...rest } = found;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { slug: activity.slug, name: activity.name, publishedAtMs: activity.publishedAtMs, ...rest, person };
  });
  router.get('fairness-record', '/a/:slug/fair/record.ndjson', async (ctx) => {
    await limits.ofAddress('view', origins.addressOf(ctx));
    const lines = await fairness.record(ctx.params['slug'] ?? '');
    ctx.type = 'application/x-ndjson; charset=utf-8';
    ctx.set('Cache-Control', 'no-store');
    ctx.attachment(`${ctx.params['slug'] ?? 'record'}.ndjson`);
    ctx.body = Readable.from(lines);
  });
  for (const [name, text] of [
    ['verify-draws', verifier],
    ['check', FAIRNESS_SCRIPT],
  ] as const) {
    router.get(`fairness-${name}`, `/fair/${name}.mjs`, (ctx) => {
      ctx.type = 'text/javascript; charset=utf-8';
      ctx.set('Cache-Control', 'no-cache');
      ctx.body = text;
    });
  }
  return router;
}
