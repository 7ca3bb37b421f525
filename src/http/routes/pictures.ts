import { Router } from 'koa-router';
import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { RequestLimits } from '../../flows/limit-requests.ts';
import type { Pictures } from '../../flows/ports/pictures.ts';
import type { PageOrigins } from '../page-origin.ts';

const TYPES = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' } as const;
const FILE = /^([0-9a-f]{64})\.(png|jpg|webp)$/;

/** `/pictures/:account/:hash.:kind`: its name says what it consists of, so that browsers keep it for a year. */
export function pictureFileRoutes(dependencies: {
  readonly pictures: Pick<Pictures, 'find'>;
  readonly origins: PageOrigins;
  readonly limits: RequestLimits;
}): Router {
  const { pictures, origins, limits } = dependencies;
  const router = new Router();
  router.get('picture', '/pictures/:account/:file', async (ctx) => {
    const [, hash, kind] = FILE.exec(ctx.params['file'] ?? '') ?? [];
    const account = accountNamed(ctx.params['account'] ?? '');
    if (hash === undefined || account === undefined) throw notFound();
    await limits.ofAddress('view', origins.addressOf(ctx));
    const picture = await pictures.find(account, hash);
    if (picture === undefined || picture.kind !== kind) throw notFound();
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.type = TYPES[picture.kind];
    ctx.body = Buffer.from(picture.content);
  });
  return router;
}

function accountNamed(text: string): AccountId | undefined {
  try {
    return accountId(text);
  } catch {
    return undefined;
  }
}

function notFound(): WrongRequest {
  return new WrongRequest('picture-not-found', 'there is no such picture', { status: 404 });
}
