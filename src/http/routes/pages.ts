import type { Router } from 'koa-router';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { AuthorizePage } from '../../flows/authorize-page.ts';
import type { DrawOnPage } from '../../flows/draw-on-page.ts';
import type { PageReads } from '../../flows/ports/pages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { PageAnswers } from '../answer-page.ts';
import { loadPageAssets } from '../page-assets.ts';
import { PageSessions } from '../page-session.ts';
import { createPageDocuments } from '../presenters/page-documents.ts';
import { SignedCookies } from '../signed-cookie.ts';
import { staticFileRoutes } from '../static-files.ts';
import { activityPageRoutes } from './activity-page.ts';
import { oauthRoutes } from './oauth.ts';

export interface PageRoutesDependencies {
  readonly authorizePage: AuthorizePage;
  readonly drawOnPage: DrawOnPage;
  readonly reads: Pick<PageReads, 'awards'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  readonly publicUrl: URL;
  /** 32 bytes that sign the cookies, the same at every process. */
  readonly signingKey: Buffer;
  /** The folder the web build left for activity pages: `dist/web/h5`. */
  readonly folder: string;
  /** Whose awards `/me/awards` shows when the address names no account. */
  readonly firstAccount: AccountId;
  /** True where any browser may authorize, as with a pretend WeChat. */
  readonly anyBrowser: boolean;
}

const BASE = '/h5/';

/** Everything people see in WeChat: authorization, activity pages, their awards and the files these are made of. */
export function pageRoutes(dependencies: PageRoutesDependencies): readonly Router[] {
  const { clock, logger, publicUrl, signingKey, folder } = dependencies;
  const assets = loadPageAssets({ folder, base: BASE });
  const answers = new PageAnswers({ documents: createPageDocuments(assets), assets, logger });
  const nowMs = (): number => clock.nowMs();
  const cookies = new SignedCookies({ signingKey, secure: publicUrl.protocol === 'https:', nowMs });
  const sessions = new PageSessions({ cookies, nowMs });
  return [
    oauthRoutes({ ...dependencies, sessions, answers }),
    activityPageRoutes({ ...dependencies, sessions, answers }),
    staticFileRoutes({ folder, prefix: BASE }),
  ];
}
