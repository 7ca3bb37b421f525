import type { Context } from 'koa';
import { Router } from 'koa-router';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountDirectory } from '../../flows/ports/accounts.ts';
import type { MessageDoor } from '../../flows/ports/messages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { accountNamed, deliveryQuery } from '../callback-request.ts';

/**
 * `GET /wechat/:account`: where WeChat checks the address that deliveries go to
 * (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). Deliveries themselves come through `delivery-door`.
 */
export function wechatCheckRoutes(dependencies: {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly door: Pick<MessageDoor, 'answerUrlCheck'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}): Router {
  const { accounts, door, clock } = dependencies;
  const router = new Router();
  router.get('wechat-check', '/wechat/:account', async (ctx) => {
    ctx.type = 'text/plain; charset=utf-8';
    try {
      const account = await accountNamed(ctx['params'].account as string, accounts);
      ctx.body = door.answerUrlCheck({ account, query: deliveryQuery(ctx.querystring), nowMs: clock.nowMs() });
    } catch (error) {
      if (!(error instanceof WrongRequest)) throw error;
      refuse(ctx, error);
    }
  });
  return router;
}

/** In one line: whoever sets the address up reads it in a test tool. */
function refuse(ctx: Context, error: WrongRequest): void {
  ctx.state['errorCode'] = error.code;
  ctx.status = error.status;
  ctx.body = `${error.code}: ${error.message}`;
}
