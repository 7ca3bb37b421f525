import { Router } from 'koa-router';
import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { AccountDirectory } from '../../flows/ports/accounts.ts';
import type { PageSigner } from '../../flows/ports/page-signing.ts';
import type { PageSessions } from '../page-session.ts';

export interface JsSdkDependencies {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly signer: PageSigner;
  readonly sessions: Pick<PageSessions, 'visitor'>;
}

/**
 * `GET /api/js-sdk/:account?url=...` answers what a page of ours hands to `wx.config`
 * (https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html). `url` is `location.href` without its fragment,
 * encoded once with encodeURIComponent, and is signed as it is: WeChat compares characters. Only a visitor of the
 * account gets one, and nobody on a snapshot page, where the JS-SDK does not work. Nothing keeps the answer, because a
 * signature belongs to one address at one time.
 */
export function jsSdkRoutes({ accounts, signer, sessions }: JsSdkDependencies): Router {
  const router = new Router();
  router.get('js-sdk', '/api/js-sdk/:account', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const name = accountNamed(ctx.params['account'] ?? '');
    const account = name && (await accounts.account(name));
    if (account === undefined) throw new WrongRequest('account-unknown', 'there is no such account', { status: 404 });
    const visitor = sessions.visitor(ctx, account.id);
    if (visitor === undefined) {
      throw new WrongRequest('session-needed', 'open a page of this account first', { status: 401 });
    }
    if (visitor.snapshot) {
      throw new WrongRequest('snapshot-user', 'the JS-SDK does not work on snapshot pages', { status: 403 });
    }
    const { url } = ctx.query;
    // What a browser shows as its address is ASCII without spaces; anything else was encoded wrongly on its way.
    if (typeof url !== 'string' || !/^[\x21-\x7e]+$/.test(url)) {
      throw new WrongRequest('url-malformed', 'url: the address of the page is needed once, encoded');
    }
    ctx.body = await signer.sign(account, url);
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
