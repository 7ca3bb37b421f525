import type { Context } from 'koa';
import { Router } from 'koa-router';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Account, AccountDirectory } from '../../flows/ports/accounts.ts';
import type { LateReplies } from '../../flows/chat/late-replies.ts';
import type { MessageDoor, MessageOutcome, OpenedMessage, ReceiveMessage } from '../../flows/ports/messages.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { BUSY_TEXT } from '../../flows/chat/receive-message.ts';
import type { Admissions } from '../admissions.ts';
import { accountNamed, DELIVERY_BODY, deliveryQuery } from '../callback-request.ts';
import { readBody } from '../read-body.ts';
import type { RunningDeliveries } from '../running-deliveries.ts';

/** WeChat hangs up after 5 s; what is later is lost. */
const ANSWER_DEADLINE_MS = 4500;
/** From the deadline on a delivery that is left to lapse is kept open so long, so that WeChat hangs up first. */
const LAPSE_MS = 1500;

export interface WechatCallbackDependencies {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly door: MessageDoor;
  readonly receiveMessage: ReceiveMessage;
  readonly late: Pick<LateReplies, 'lapsed'>;
  readonly admissions: Admissions;
  readonly running: RunningDeliveries;
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

/** A delivery that proved genuine. */
interface Delivery {
  readonly account: Account;
  readonly opened: OpenedMessage;
}

/**
 * `GET|POST /wechat/:account`: where WeChat checks the address and delivers messages
 * (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). A message that is genuine gets a valid reply or
 * `success` within 4.5 s, since an error text or a page shows the follower a fault notice. One that is not settled by
 * then is left to lapse, because its repeat gets the stored reply; only the last delivery is always answered.
 */
export function wechatCallbackRoutes(dependencies: WechatCallbackDependencies): Router {
  const router = new Router();
  router.get('wechat-check', '/wechat/:account', async (ctx) => {
    write(ctx, await answerCheck(ctx, dependencies));
  });
  router.post('wechat-message', '/wechat/:account', async (ctx) => {
    const answer = await inTime(ctx, dependencies);
    if (answer === null) lapse(ctx);
    else write(ctx, answer);
  });
  return router;
}

async function answerCheck(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Answer> {
  const { accounts, door, clock } = dependencies;
  try {
    const account = await findAccount(ctx, accounts);
    return text(200, door.answerUrlCheck({ account, query: deliveryQuery(ctx.querystring), nowMs: clock.nowMs() }));
  } catch (error) {
    if (error instanceof WrongRequest) return refusal(ctx, error);
    throw error;
  }
}

/** Returns the answer, or null when the delivery is to lapse. Work that is late goes on. */
async function inTime(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Answer | null> {
  const waitedMs = performance.now() - (ctx.state['arrivedAtMs'] as number);
  const deadlineMs = Math.max(0, (dependencies.answerDeadlineMs ?? ANSWER_DEADLINE_MS) - waitedMs);
  const deadline = after(deadlineMs);
  let lapse: Delay | null = null;
  try {
    const opening = open(ctx, dependencies);
    const opened = await Promise.race([opening, deadline.passed]);
    // Nobody knows yet who it is from, so nothing can be promised.
    if (opened === null) {
      void opening.then((late) => 'status' in late || dependencies.running.leave());
      return NOTHING_TO_SAY;
    }
    if ('status' in opened) return opened;
    const settled = settle(ctx, opened, dependencies);
    const outcome = await Promise.race([settled, deadline.passed]);
    if (outcome !== null && outcome.kind !== 'undecided') return answerOf(opened, outcome);
    if (!opened.opened.mayReply) return NOTHING_TO_SAY;
    const last = (await dependencies.late.lapsed(opened.account, opened.opened.message, settled)) === 'last';
    if (last) return outcome === null || outcome.xml === '' ? NOTHING_TO_SAY : sealed(opened, outcome.xml);
    lapse = after(deadlineMs + LAPSE_MS - deadline.passedMs());
    const late = outcome === null ? await Promise.race([settled, lapse.passed]) : await lapse.passed;
    return late === null || late.kind === 'undecided' ? null : answerOf(opened, late);
  } finally {
    deadline.stop();
    lapse?.stop();
  }
}

/**
 * Opens a delivery, or returns what it is answered with instead: why it is refused, or that too many wrote. Trouble
 * while nobody knows whose it is ends in `success`.
 */
async function open(ctx: Context, dependencies: WechatCallbackDependencies): Promise<Delivery | Answer> {
  const { door, clock, admissions, running } = dependencies;
  try {
    const account = await findAccount(ctx, dependencies.accounts);
    const body = await readBody(ctx, DELIVERY_BODY);
    const opened = door.open({ account, query: deliveryQuery(ctx.querystring), body, nowMs: clock.nowMs() });
    running.enter();
    const settled = await admissions.settle(account, opened, 'let-in').catch((error: unknown) => {
      running.leave();
      throw error;
    });
    if (settled === 'let-in') return { account, opened };
    running.leave();
    return sealed({ account, opened }, opened.renderReply(BUSY_TEXT));
  } catch (error) {
    if (error instanceof WrongRequest) return refusal(ctx, error);
    logFailure(ctx, error, dependencies.logger);
    return NOTHING_TO_SAY;
  }
}

/** Carries the message out. From here on it is genuine: nothing may come out as a refusal, whatever the flow throws. */
async function settle(
  ctx: Context,
  { account, opened }: Delivery,
  { receiveMessage, logger, running }: WechatCallbackDependencies,
): Promise<MessageOutcome> {
  const { message, mayReply } = opened;
  try {
    return await receiveMessage({
      account,
      message,
      mayReply,
      renderReply: (answer) => opened.renderReply(answer),
    });
  } catch (error) {
    if (error instanceof WrongRequest) {
      const fields = { account: account.id, openid: shortOpenid(message.fromUser), code: error.code };
      logger.warn(fields, 'message-refused-by-flow');
    } else logFailure(ctx, error, logger);
    return { kind: 'nothing' };
  } finally {
    running.leave();
  }
}

function logFailure(ctx: Context, error: unknown, logger: Logger): void {
  const level = error instanceof OutsideTrouble ? 'warn' : 'error';
  const requestId: unknown = ctx.state['requestId'];
  logger[level]({ requestId, error: error instanceof Error ? error.stack : String(error) }, 'message-failed');
}

function answerOf(delivery: Delivery, outcome: Exclude<MessageOutcome, { kind: 'undecided' }>): Answer {
  if (outcome.kind === 'nothing' || !delivery.opened.mayReply) return NOTHING_TO_SAY;
  return sealed(delivery, outcome.xml);
}

function sealed({ opened }: Delivery, xml: string): Answer {
  return { status: 200, type: 'application/xml; charset=utf-8', body: opened.seal(xml) };
}

/** A time that passes: `passed` resolves with null after it, unless it is stopped before. */
interface Delay {
  readonly passed: Promise<null>;
  passedMs(): number;
  stop(): void;
}

function after(delayMs: number): Delay {
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), delayMs);
  return { passed: promise, passedMs: () => performance.now() - startedMs, stop: () => clearTimeout(timer) };
}

async function findAccount(ctx: Context, accounts: Pick<AccountDirectory, 'account'>): Promise<Account> {
  const account = await accountNamed(ctx['params'].account as string, accounts);
  if (account === undefined) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  return account;
}

function refusal(ctx: Context, error: WrongRequest): Answer {
  ctx.state['errorCode'] = error.code;
  return text(error.status, `${error.code}: ${error.message}`);
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function write(ctx: Context, answer: Answer): void {
  ctx.status = answer.status;
  ctx.type = answer.type;
  ctx.body = answer.body;
}

/** Ends the connection without an answer, which makes WeChat deliver again. */
function lapse(ctx: Context): void {
  ctx.state['errorCode'] = 'left-to-repeat';
  ctx.respond = false;
  ctx.res.destroy();
}
