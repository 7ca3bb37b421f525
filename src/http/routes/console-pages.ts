import type { Router } from 'koa-router';
import { staticFileRoutes } from '../static-files.ts';

/**
 * Our own scripts, pictures and API, and nothing from elsewhere. antd writes its styles into the page while it runs,
 * which is why styles may stand inline.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The page that shows an activity's page inside the editor: it is framed by the console, and asks nobody for anything. */
const PREVIEW = 'page-preview.html';
const PREVIEW_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Serves the console's built pages below /console/. Throws when `folder` was not built. */
export function consolePages({ folder }: { readonly folder: string }): Router {
  return staticFileRoutes({
    folder,
    prefix: '/console/',
    application: { contentSecurityPolicy: CONTENT_SECURITY_POLICY },
    framed: new Map([[PREVIEW, PREVIEW_POLICY]]),
  });
}
