import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';
import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { shownPath } from './observe-requests.ts';
import type { PageAssets } from './page-assets.ts';
import type { PageDocuments, PageNotice } from './presenters/page-documents.ts';
import type { PageLanguage } from './presenters/page-words.ts';

/** Writes pages for people: documents, notices, and what to say when something fails. */
export class PageAnswers {
  readonly documents: PageDocuments;
  readonly #assets: PageAssets;
  readonly #logger: Logger;

  constructor(options: { readonly documents: PageDocuments; readonly assets: PageAssets; readonly logger: Logger }) {
    this.documents = options.documents;
    this.#assets = options.assets;
    this.#logger = options.logger;
  }

  /**
   * Answers with a document that is never kept and runs nothing but our own script. `styles`: the one more style
   * element that this document has; `shares`: it also runs the script that makes cards of shared links.
   */
  async page(ctx: Context, html: string, more: { styles?: string; shares?: boolean } = {}): Promise<void> {
    const { contentSecurityPolicy, shareScript } = this.#assets;
    const script = more.shares === true ? shareScript : null;
    ctx.set('Content-Security-Policy', policyWith(contentSecurityPolicy, { styles: more.styles ?? '', script }));
    ctx.set('Cache-Control', 'no-store');
    ctx.type = 'text/html; charset=utf-8';
    ctx.vary('Accept-Encoding');
    if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') {
      ctx.body = html;
      return;
    }
    ctx.set('Content-Encoding', 'gzip');
    ctx.body = await promisify(gzip)(html);
  }

  /** Answers with a document whose one form posts to its own address. */
  async form(ctx: Context, html: string): Promise<void> {
    await this.page(ctx, html);
    const policy = this.#assets.contentSecurityPolicy.replace("form-action 'none'", "form-action 'self'");
    ctx.set('Content-Security-Policy', policy);
    // Under no-referrer browsers call the origin of a posted form `null`, and nobody could tell whose form it was.
    ctx.set('Referrer-Policy', 'same-origin');
  }

  async notice(ctx: Context, status: number, notice: PageNotice): Promise<void> {
    ctx.status = status;
    await this.page(ctx, this.documents.notice(notice, languageOf(ctx)));
  }

  /**
   * Turns what a page may run into into a notice: not found, too many requests, or trouble with a link to try again, which leads to `href`
   * and is left out without one. Rethrows the rest.
   */
  async failure(ctx: Context, error: unknown, href: string | undefined): Promise<void> {
    if (error instanceof WrongRequest) {
      ctx.state['errorCode'] = error.code;
      if (error.retryAfterMs !== null) {
        ctx.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
        return this.notice(ctx, error.status, { kind: 'too-fast', ...(href === undefined ? {} : { href }) });
      }
      const kind = error.status === 404 ? 'not-found' : 'wrong-address';
      return this.notice(ctx, error.status, { kind });
    }
    if (!(error instanceof OutsideTrouble)) throw error;
    ctx.state['errorCode'] = error.code;
    this.#logger.warn({ code: error.code, error: error.message, path: shownPath(ctx) }, 'page-not-answered');
    ctx.set('Retry-After', '5');
    return this.notice(ctx, 503, { kind: 'trouble', ...(href === undefined ? {} : { href }) });
  }
}

function policyWith(policy: string, more: { readonly styles: string; readonly script: string | null }): string {
  const scripted = more.script === null ? policy : policy.replace("script-src 'self'", `$& ${more.script}`);
  if (more.styles === '') return scripted;
  const hash = createHash('sha256').update(more.styles).digest('base64');
  return scripted.replace('style-src ', `style-src 'sha256-${hash}' `);
}

/** Chinese unless the address asks for English. */
export function languageOf(ctx: Context): PageLanguage {
  return ctx.query['lang'] === 'en' ? 'en' : 'zh';
}
