import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Router } from 'koa-router';
import type pg from 'pg';
import { accountId } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createAuthorizePage } from './flows/authorize-page.ts';
import type { DrawBatcher } from './flows/draw-batcher.ts';
import { createDrawOnPage } from './flows/draw-on-page.ts';
import type { RequestLimits } from './flows/limit-requests.ts';
import type { DrawOnPage } from './flows/draw-on-page.ts';
import { createShowFairness } from './flows/fairness/show-fairness.ts';
import type { ShowFairness } from './flows/fairness/show-fairness.ts';
import type { ClaimAwards } from './flows/payees/claim-awards.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { ActivityDirectory, DrawStore } from './flows/ports/draws.ts';
import type { FairSeeds } from './flows/ports/fairness.ts';
import type { FollowerBook } from './flows/ports/followers.ts';
import type { PageReads } from './flows/ports/pages.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createRecentWinners } from './flows/recent-winners.ts';
import { createProveVisitor } from './flows/prove-visitor.ts';
import { PageAnswers } from './http/answer-page.ts';
import { loadPageAssets } from './http/page-assets.ts';
import { PageOrigins } from './http/page-origin.ts';
import { PageSessions } from './http/page-session.ts';
import { createPersonCode } from './http/person-code.ts';
import { createPageDocuments } from './http/presenters/page-documents.ts';
import { activityPageRoutes } from './http/routes/activity-page.ts';
import { fairnessRoutes } from './http/routes/fairness.ts';
import { activitySurroundingRoutes } from './http/routes/activity-surroundings.ts';
import { invitationRoutes } from './http/routes/invitations.ts';
import { jsSdkRoutes } from './http/routes/js-sdk.ts';
import { pictureFileRoutes } from './http/routes/pictures.ts';
import { payeeLinkRoutes } from './http/routes/payee-link.ts';
import { oauthRoutes } from './http/routes/oauth.ts';
import { SignedCookies } from './http/signed-cookie.ts';
import { staticFileRoutes } from './http/static-files.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import { createPictures } from './store/account/pictures.ts';
import { createOauthLoginStore } from './store/oauth-login-store.ts';
import { createFairRecords } from './store/fairness/fair-records.ts';
import { openInvitePeople } from './wiring-invitations.ts';
import { systemLuck } from './wiring-payouts.ts';
import type { WechatApi } from './wiring-wechat.ts';

/** What the pages people open on their phones are made from. */
export interface PageParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly activities: ActivityDirectory;
  readonly reads: PageReads;
  readonly followers: FollowerBook;
  readonly batcher: DrawBatcher;
  readonly draws: DrawStore;
  readonly seeds: FairSeeds;
  readonly wechat: WechatApi;
  readonly claimAwards: ClaimAwards;
  readonly limits: RequestLimits;
  /** Holds what `npm run build` made. */
  readonly webDir: string;
}

const WECHAT_OPEN_URL = 'https://open.weixin.qq.com';

/** Joins web authorization, the activity pages and what their scripts ask for. */
export function pageRouters(parts: PageParts): readonly Router[] {
  const { config, logger, pool, clock, accounts, reads, followers, wechat } = parts;
  const publicUrl = new URL(config.publicUrl);
  const nowMs = (): number => clock.nowMs();
  const cookies = new SignedCookies({
    signingKey: keyFor(config, 'page sessions'),
    secure: publicUrl.protocol === 'https:',
    nowMs,
  });
  const sessions = new PageSessions({ cookies, nowMs });
  const folder = `${parts.webDir}/h5`;
  const assets = loadPageAssets({ folder, base: '/h5/', resUrl: config.hosts.resUrl });
  const answers = new PageAnswers({ documents: createPageDocuments(assets), assets, logger });
  const { authorization, profiles } = wechat;
  const logins = createOauthLoginStore(pool);
  const luck = systemLuck;
  // WeChat's own authorization page opens inside WeChat only; a test host's opens anywhere.
  const anyBrowser = config.hosts.openUrl !== WECHAT_OPEN_URL;
  const pages = {
    drawOnPage: openDrawOnPage(parts),
    reads,
    sessions,
    origins: new PageOrigins({ cookies, key: keyFor(config, 'page origins') }),
    limits: parts.limits,
    answers,
    personCode: createPersonCode(keyFor(config, 'person codes')),
    clock,
  };
  return [
    staticFileRoutes({ folder, prefix: '/h5/' }),
    oauthRoutes({
      authorizePage: createAuthorizePage({ accounts, authorization, profiles, followers, logins, clock, luck, logger }),
      sessions,
      answers,
      publicUrl,
    }),
    jsSdkRoutes({ accounts, signer: wechat.pageSigner, sessions }),
    pictureFileRoutes({ ...pages, pictures: createPictures(pool) }),
    // Before the page's own route, which it leaves the page to.
    invitationRoutes({ ...pages, invitePeople: openInvitePeople(parts), anyBrowser }),
    activityPageRoutes({ ...pages, publicUrl, firstAccount: accountId('main'), anyBrowser }),
    activitySurroundingRoutes({ ...pages, winners: createRecentWinners({ reads, clock }) }),
    fairnessRoutes({ ...pages, fairness: openFairness(parts), verifier: readFileSync(VERIFIER, 'utf8') }),
    payeeLinkRoutes({ claimAwards: parts.claimAwards, sessions, answers, publicUrl, anyBrowser }),
  ];
}

/** The program that checks a record stands with the documents, where people look for it. */
const VERIFIER = new URL('../docs/verify-draws.mjs', import.meta.url);

function openFairness({ pool, seeds, clock, logger }: PageParts): ShowFairness {
  const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
  return createShowFairness({ records: createFairRecords(pool), seeds, parseRule, clock, logger });
}

function openDrawOnPage(parts: PageParts): DrawOnPage {
  const { config, accounts, activities, reads, followers, batcher, draws, clock, wechat } = parts;
  const visitors = createProveVisitor({ accounts, followers, records: wechat.followerRecords, clock });
  const unprovenAwardFenMax = config.pageTrustFen;
  return createDrawOnPage({ activities, reads, batcher, draws, followers, visitors, unprovenAwardFenMax, clock });
}

/** A key of its own for each use, so that what was made for one says nothing in another. */
function keyFor(config: Config, use: string): Buffer {
  return createHmac('sha256', config.secretsKey).update(use).digest();
}
