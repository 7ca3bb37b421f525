import type { Context } from 'koa';
import { WrongRequest } from '../base/errors.ts';

/**
 * Throws WrongRequest `foreign-origin` (403) unless the browser says the request comes from our own pages: by
 * Sec-Fetch-Site, which newer browsers send with everything, or by Origin, which every browser sends with a POST.
 */
export function requireSameOrigin(ctx: Context, publicOrigin: string): void {
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const foreign = (site !== '' && site !== 'same-origin') || (origin !== '' && origin !== publicOrigin);
  if (foreign || (site === '' && origin === '')) {
    throw new WrongRequest('foreign-origin', 'this request must come from our own page', { status: 403 });
  }
}
