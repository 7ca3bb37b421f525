import type { Context } from 'koa';
import { Router } from 'koa-router';
import { WrongRequest } from '../../base/errors.ts';
import type { Openid } from '../../base/ids.ts';
import type { Claim, ClaimAwards } from '../../flows/payees/claim-awards.ts';
import { languageOf } from '../answer-page.ts';
import type { PageAnswers } from '../answer-page.ts';
import type { PageSessions } from '../page-session.ts';
import type { NoticeKind } from '../presenters/page-words.ts';
import { requireSameOrigin } from '../same-origin.ts';

export interface PayeeLinkDependencies {
  readonly claimAwards: ClaimAwards;
  readonly sessions: PageSessions;
  readonly answers: PageAnswers;
  readonly publicUrl: URL;
  /** True where any browser may authorize, as with the demo's pretend WeChat; else the page opens in WeChat only. */
  readonly anyBrowser: boolean;
}

type LinkContext = Context & { params: Record<string, string> };

/** What somebody is told instead, by the code of what was wrong. */
const NOTICES: Readonly<Record<string, NoticeKind>> = {
  'payee-link-invalid': 'wrong-address',
  'payee-link-over': 'payee-link-over',
  'payee-taken': 'payee-taken',
};

/** `/payee/:token`: whoever opens the link of a reply first says by one tap that the red packets are theirs. */
export function payeeLinkRoutes(dependencies: PayeeLinkDependencies): Router {
  const router = new Router();
  // Until its first use the token is as good as the money: it stays out of every log.
  router.use('/payee/:token', (ctx, next) => {
    ctx.state['shownPath'] = '/payee/…';
    return next();
  });
  router.get('payee-link', '/payee/:token', (ctx) =>
    answerClaim(ctx, dependencies, (claim, visitor) => show(ctx, dependencies, { claim, visitor })),
  );
  router.post('payee-confirm', '/payee/:token', (ctx) => {
    requireSameOrigin(ctx, dependencies.publicUrl.origin);
    return answerClaim(ctx, dependencies, async (claim, visitor) => {
      await dependencies.claimAwards.confirm(claim, visitor);
      toAwards(ctx, claim);
    });
  });
  return router;
}

/** Opens the link, finds out who this is, and tells what stands in the way. A person made up by WeChat claims nothing. */
async function answerClaim(
  ctx: LinkContext,
  { claimAwards, sessions, answers, anyBrowser }: PayeeLinkDependencies,
  work: (claim: Claim, visitor: Openid) => Promise<void>,
): Promise<void> {
  const token = ctx.params['token'] ?? '';
  try {
    const claim = await claimAwards.open(token);
    const visitor = sessions.visitor(ctx, claim.payeeAccount);
    if (visitor === undefined && !anyBrowser && !/MicroMessenger/i.test(ctx.get('User-Agent'))) {
      return await answers.notice(ctx, 200, { kind: 'outside-wechat' });
    }
    if (visitor === undefined) {
      const to = `/payee/${token}${languageOf(ctx) === 'en' ? '?lang=en' : ''}`;
      return ctx.redirect(`/oauth/${claim.payeeAccount}/start?to=${encodeURIComponent(to)}`);
    }
    if (visitor.snapshot) return await answers.notice(ctx, 403, { kind: 'payee-snapshot' });
    return await work(claim, visitor.openid);
  } catch (error) {
    const kind = error instanceof WrongRequest ? NOTICES[error.code] : undefined;
    if (!(error instanceof WrongRequest) || kind === undefined) return answers.failure(ctx, error, ctx.url);
    ctx.state['errorCode'] = error.code;
    return answers.notice(ctx, error.status, { kind });
  }
}

async function show(
  ctx: Context,
  { claimAwards, answers }: PayeeLinkDependencies,
  { claim, visitor }: { readonly claim: Claim; readonly visitor: Openid },
): Promise<void> {
  const standing = await claimAwards.standing(claim, visitor);
  switch (standing.kind) {
    case 'claimed':
      return toAwards(ctx, claim);
    case 'taken':
      return answers.notice(ctx, 409, { kind: 'payee-taken' });
    case 'open':
      return answers.form(ctx, answers.documents.payee(standing.awards, languageOf(ctx)));
  }
}

/** The awards of everything that pays to this person, won here or there. */
function toAwards(ctx: Context, { payeeAccount }: Claim): void {
  ctx.status = 303;
  ctx.redirect(`/me/awards?account=${payeeAccount}${languageOf(ctx) === 'en' ? '&lang=en' : ''}`);
}
