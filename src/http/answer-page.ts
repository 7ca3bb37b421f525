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
   * Answers with a document that is never kept and runs nothing but our own script. `ownStyles`: the one more style
   * element that this document has.
   */
  async page(ctx: Context, html: string, ownStyles = ''): Promise<void> {
    ctx.set('Content-Security-Policy', policyWith(this.#assets.contentSecurityPolicy, ownStyles));
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

function policyWith(policy: string, ownStyles: string): string {
  if (ownStyles === '') return policy;
  const hash = createHash('sha256').update(ownStyles).digest('base64');
  return policy.replace('style-src ', `style-src 'sha256-${hash}' `);
}

/** Chinese unless the address asks for English. */
export function languageOf(ctx: Context): PageLanguage {
  return ctx.query['lang'] === 'en' ? 'en' : 'zh';
}
