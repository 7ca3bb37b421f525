import type { Context } from 'koa';
import { Router } from 'koa-router';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Delivered, TakePayment } from '../../flows/payments/take-payment.ts';
import type { TakeTransferNotice } from '../../flows/take-transfer-notice.ts';
import { readBody } from '../read-body.ts';

const BODY_BYTES_MAX = 65_536;
// WeChat Pay waits 5 s for the answer.
const BODY_DEADLINE_MS = 3000;

export interface PayNoticeDependencies {
  readonly takePayment: TakePayment;
  readonly takeTransferNotice: TakeTransferNotice;
  readonly logger: Logger;
}

/**
 * `POST /notify/pay/:merchant`: where WeChat Pay tells of payments and refunds, version 2 and 3
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011941129). What is written down gets SUCCESS, which ends the repeats;
 * anything else gets FAIL and comes again. `POST /notify/pay/:merchant/forwarded`: the copy of a shop's own system.
 * `POST /notify/transfer/:merchant`: how transfers ended.
 */
export function payNoticeRoutes({ takePayment, takeTransferNotice, logger }: PayNoticeDependencies): Router {
  const router = new Router();
  router.post('pay-notice', '/notify/pay/:merchant', async (ctx) => {
    const isXml = !/^application\/json\s*(;|$)/i.test(ctx.get('Content-Type'));
    const fault = await faultOf(ctx, logger, async () => takePayment.notice(await delivered(ctx)));
    if (isXml) answerXml(ctx, fault);
    else answerJson(ctx, fault);
  });
  router.post('pay-forwarded', '/notify/pay/:merchant/forwarded', async (ctx) => {
    answerJson(ctx, await faultOf(ctx, logger, async () => takePayment.forwarded(await delivered(ctx))));
  });
  router.post('transfer-notice', '/notify/transfer/:merchant', async (ctx) => {
    answerJson(ctx, await faultOf(ctx, logger, async () => takeTransferNotice(await delivered(ctx))));
  });
  return router;
}

async function delivered(ctx: Context): Promise<Delivered> {
  const body = await readBody(ctx, { bytesMax: BODY_BYTES_MAX, deadlineMs: BODY_DEADLINE_MS });
  const headers = Object.entries(ctx.headers).map(([name, value]) => [name, String(value ?? '')] as const);
  return { merchant: ctx['params'].merchant as string, headers: Object.fromEntries(headers), body };
}

interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Null when all went well. */
async function faultOf(ctx: Context, logger: Logger, work: () => Promise<void>): Promise<Fault | null> {
  try {
    await work();
    return null;
  } catch (error) {
    const fault = told(error);
    ctx.state['errorCode'] = fault.code;
    const level = error instanceof WrongRequest || error instanceof OutsideTrouble ? 'warn' : 'error';
    logger[level](
      { requestId: ctx.state['requestId'] as string, code: fault.code, error: String(error) },
      'payment-not-taken',
    );
    return fault;
  }
}

function told(error: unknown): Fault {
  if (error instanceof WrongRequest) return { status: error.status, code: error.code, message: error.message };
  if (error instanceof OutsideTrouble) return { status: 503, code: error.code, message: 'not now: send it again' };
  return { status: 500, code: 'our-fault', message: 'not now: send it again' };
}

function answerXml(ctx: Context, fault: Fault | null): void {
  ctx.status = fault?.status ?? 200;
  ctx.type = 'text/xml; charset=utf-8';
  const [code, message] = fault === null ? ['SUCCESS', 'OK'] : ['FAIL', fault.code];
  ctx.body = `<xml><return_code><![CDATA[${code}]]></return_code><return_msg><![CDATA[${message}]]></return_msg></xml>`;
}

function answerJson(ctx: Context, fault: Fault | null): void {
  ctx.status = fault?.status ?? 200;
  ctx.body =
    fault === null ? { code: 'SUCCESS', message: 'OK' } : { code: 'FAIL', message: `${fault.code}: ${fault.message}` };
}
