import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'koa';
import { Router } from 'koa-router';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
// The build puts a hash of the content before the ending: such a file never changes under its name.
const HASHED = /-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;

interface StaticFile {
  readonly contentType: string;
  readonly immutable: boolean;
  readonly plain: Buffer;
  readonly encoded: ReadonlyMap<'br' | 'gzip', Buffer>;
}

export interface StaticFilesOptions {
  /** A folder made by the web build. */
  readonly folder: string;
  /** Where it is served, such as `/h5/`: begins and ends with a slash. */
  readonly prefix: string;
  /**
   * For an application with addresses of its own: every address below the prefix that is no file gets `index.html`
   * with this Content-Security-Policy.
   */
  readonly application?: { readonly contentSecurityPolicy: string };
  /** Documents that our own pages may show in a frame, each with its Content-Security-Policy. */
  readonly framed?: ReadonlyMap<string, string>;
}

/**
 * Serves built files from memory, read once: an address is looked up among the files there are and never becomes a path
 * on the disk. Throws when the folder does not exist.
 */
export function staticFileRoutes(options: StaticFilesOptions): Router {
  const { prefix, application } = options;
  const files = loadFiles(options.folder);
  const router = new Router();
  const name = `files ${prefix}`;
  router.get(name, `${prefix}*path`, (ctx) => {
    const wanted = ctx.path.slice(prefix.length);
    const file = files.get(wanted);
    if (file !== undefined && wanted !== 'index.html') {
      serve(ctx, file);
      const policy = options.framed?.get(wanted);
      if (policy !== undefined) ctx.set({ 'Content-Security-Policy': policy, 'X-Frame-Options': 'SAMEORIGIN' });
      return;
    }
    const index = files.get('index.html');
    if (application === undefined || index === undefined || path.extname(wanted) !== '') return;
    serveApplication(ctx, index, application);
  });
  if (application !== undefined) {
    const index = files.get('index.html');
    router.get(`${name} start`, prefix.slice(0, -1), (ctx) => {
      if (ctx.path !== prefix) return ctx.redirect(prefix);
      if (index !== undefined) serveApplication(ctx, index, application);
    });
  }
  return router;
}

function serveApplication(ctx: Context, index: StaticFile, application: { contentSecurityPolicy: string }): void {
  serve(ctx, index);
  ctx.set('Content-Security-Policy', application.contentSecurityPolicy);
}

function serve(ctx: Context, file: StaticFile): void {
  const encoding = ctx.acceptsEncodings('br', 'gzip', 'identity');
  const encoded = encoding === 'br' || encoding === 'gzip' ? file.encoded.get(encoding) : undefined;
  ctx.vary('Accept-Encoding');
  ctx.set('Content-Type', file.contentType);
  ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-store');
  if (encoded !== undefined && encoding !== false) ctx.set('Content-Encoding', encoding);
  ctx.body = encoded ?? file.plain;
}

function loadFiles(folder: string): ReadonlyMap<string, StaticFile> {
  if (!existsSync(folder)) throw new Error(`the web pages are not built in ${folder}: run npm run build`);
  const files = new Map<string, StaticFile>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    const contentType = CONTENT_TYPES[path.extname(name)];
    if (contentType === undefined || path.basename(name).startsWith('.') || !statSync(file).isFile()) continue;
    const encoded = new Map<'br' | 'gzip', Buffer>();
    if (existsSync(`${file}.br`)) encoded.set('br', readFileSync(`${file}.br`));
    if (existsSync(`${file}.gz`)) encoded.set('gzip', readFileSync(`${file}.gz`));
    files.set(name.split(path.sep).join('/'), {
      contentType,
      immutable: HASHED.test(name),
      plain: readFileSync(file),
      encoded,
    });
  }
  return files;
}
