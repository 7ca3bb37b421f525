import { Router } from 'koa-router';
import type { VerificationFiles } from '../../flows/ports/verification-files.ts';

/**
 * `GET /MP_verify_*.txt`: what WeChat reads before it takes the domain for web authorization and the JS-SDK, byte for
 * byte (https://developers.weixin.qq.com/doc/service/guide/h5/auth.html). Any other name is not found.
 */
export function verificationFileRoutes({ files }: { readonly files: Pick<VerificationFiles, 'find'> }): Router {
  const router = new Router();
  router.get('verification-file', /^\/(MP_verify_[A-Za-z0-9]{16}\.txt)$/, async (ctx) => {
    const file = await files.find(ctx.path.slice(1));
    if (file === undefined) return;
    // Short, so that a corrected file is seen soon by whoever stands between.
    ctx.set('Cache-Control', 'public, max-age=60');
    ctx.type = 'text/plain; charset=utf-8';
    ctx.body = file.content;
  });
  return router;
}
