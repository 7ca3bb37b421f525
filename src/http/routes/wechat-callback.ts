import type { Context } from 'koa';
import { Router } from 'koa-router';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account, AccountDirectory } from '../../flows/ports/accounts.ts';
import type { MessageDoor, OpenedMessage, ReceiveMessage } from '../../flows/ports/messages.ts';
import type { SharedMemory } from '../../flows/ports/shared-memory.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { readBody } from '../read-body.ts';

const BODY_BYTES_MAX = 65_536;
const BODY_DEADLINE_MS = 3000;
/** WeChat hangs up after 5 s; what is later is lost. */
const ANSWER_DEADLINE_MS = 4500;
/** A timestamp may be 5 minutes ahead of us and is then accepted until it is 5 minutes behind. */
const DELIVERY_REMEMBERED_MS = 10 * 60_000;

export interface WechatCallbackDependencies {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly door: MessageDoor;
  readonly receiveMessage: ReceiveMessage;
  readonly memory: Pick<SharedMemory, 'holdLease'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** 4500 unless told; for tests. */
  readonly answerDeadlineMs?: number;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What tells WeChat that there is nothing to say and nothing to send again. Never sealed. */
const NOTHING_TO_SAY = text(200, 'success');

/**
 * `GET|POST /wechat/:account`: where WeChat checks the address and delivers messages
 * (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). A message that is genuine always gets a valid
 * reply or `success` within 4.5 s, since an error text, a page or silence shows the follower a fault notice.
 */
export function wechatCallbackRoutes(dependencies: WechatCallbackDependencies): Router {
  const router = new Router();
  router.get('wechat-check', '/wechat/:account', async (ctx) => {
    write(ctx, await refusalsAsText(ctx, () => answerCheck(ctx, dependencies)));
  });
  router.post('wechat-message', '/wechat/:account', async (ctx) => {
    write(ctx, await inTime(ctx, dependencies));
  });
  return router;
}

async function answerCheck(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Answer> {
  const account = await findAccount(ctx, dependencies.accounts);
  return text(200, dependencies.door.answerUrlCheck({ account, query: ctx.query, nowMs: dependencies.clock.nowMs() }));
}

/** Answers by the deadline. Work that is late goes on: its reply is stored and answers the next delivery. */
async function inTime(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Answer> {
  const { logger, answerDeadlineMs } = dependencies;
  const requestId: unknown = ctx.state['requestId'];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => {
      logger.warn({ requestId, account: ctx['params'].account as string }, 'message-answered-too-late');
      resolve(NOTHING_TO_SAY);
    }, answerDeadlineMs ?? ANSWER_DEADLINE_MS);
  });
  const work = refusalsAsText(ctx, () => answerMessage(ctx, dependencies)).catch((error: unknown) => {
    const level = error instanceof OutsideTrouble ? 'warn' : 'error';
    logger[level]({ requestId, error: error instanceof Error ? error.stack : String(error) }, 'message-failed');
    return NOTHING_TO_SAY;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function answerMessage(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Answer> {
  const { door, clock } = dependencies;
  const account = await findAccount(ctx, dependencies.accounts);
  const body = await readBody(ctx, { bytesMax: BODY_BYTES_MAX, deadlineMs: BODY_DEADLINE_MS });
  const opened = door.open({ account, query: ctx.query, body, nowMs: clock.nowMs() });
  await refuseReplay(account, opened, dependencies);
  return reply(account, opened, dependencies);
}

async function reply(
  account: Account,
  opened: OpenedMessage,
  { receiveMessage, logger }: WechatCallbackDependencies,
): Promise<Answer> {
  const { message } = opened;
  try {
    const { reply: replyXml } = await receiveMessage({
      account,
      message,
      renderReply: (answer) => opened.renderReply(answer),
    });
    if (replyXml === null || !opened.mayReply) return NOTHING_TO_SAY;
    return { status: 200, type: 'application/xml; charset=utf-8', body: opened.seal(replyXml) };
  } catch (cause) {
    // From here on the message is genuine: nothing may come out as a refusal, whatever the flow throws.
    if (!(cause instanceof WrongRequest)) throw cause;
    logger.warn(
      { account: account.id, openid: shortOpenid(message.fromUser), code: cause.code },
      'message-refused-by-flow',
    );
    return NOTHING_TO_SAY;
  }
}

/**
 * One timestamp, nonce and signature stand for one message. The same message under them is WeChat delivering again and
 * goes through; another message is a forger who saw them in a plain delivery, whose signature leaves the body out.
 */
async function refuseReplay(
  account: Account,
  opened: OpenedMessage,
  { memory, logger }: WechatCallbackDependencies,
): Promise<void> {
  let ours: boolean;
  try {
    const lease = `delivery:${account.id}:${opened.delivery}`;
    ours = await memory.holdLease(lease, opened.message.key, DELIVERY_REMEMBERED_MS);
  } catch (error) {
    // A memory that is away must not cost a follower the reply; one message is still one draw by its key.
    logger.warn({ error: error instanceof Error ? error.message : String(error) }, 'delivery-not-remembered');
    return;
  }
  if (ours) return;
  throw new WrongRequest('replayed', 'this signature was already used for another message', { status: 403 });
}

async function findAccount(ctx: Context, accounts: Pick<AccountDirectory, 'account'>): Promise<Account> {
  const name = ctx['params'].account as string;
  // The same rule as accountId's; its RangeError would be our bug here, not the caller's.
  const account = /^[a-z0-9][a-z0-9-]{0,31}$/.test(name) ? await accounts.account(accountId(name)) : undefined;
  if (account === undefined) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  return account;
}

async function refusalsAsText(ctx: Context, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WrongRequest)) throw error;
    ctx.state['errorCode'] = error.code;
    return text(error.status, `${error.code}: ${error.message}`);
  }
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function write(ctx: Context, answer: Answer): void {
  ctx.status = answer.status;
  ctx.type = answer.type;
  ctx.body = answer.body;
}
