import type { Middleware } from 'koa';

/** What an answer may load unless its route says otherwise: nothing. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = Object.entries({
  'Content-Security-Policy': NOTHING,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

/** Sets the strictest headers first; a route that serves a page sets its own Content-Security-Policy and caching. */
export function securityHeaders(): Middleware {
  return async (ctx, next) => {
    // Not by Koa, which looks at each once more: every request comes through here.
    for (const [name, value] of HEADERS) ctx.res.setHeader(name, value);
    if (ctx.secure) ctx.set('Strict-Transport-Security', 'max-age=31536000');
    await next();
  };
}
