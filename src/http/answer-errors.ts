import { inspect } from 'node:util';
import type { Context, Middleware } from 'koa';
import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

/** What every failed request gets, unless a browser asked for a page. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  /** What stands now, where the caller had seen something older. */
  readonly present?: unknown;
  /** With 429: when to come again, as in `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/**
 * Turns errors into answers: WrongRequest says what is wrong; OutsideTrouble is 503 and a warning; anything else is
 * our bug, 500 and an error in the log with its stack, of which the caller learns nothing but the request's id.
 */
export function answerErrors(logger: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status >= 400 && ctx.body === undefined && ctx.respond !== false) answerBareStatus(ctx);
    } catch (error) {
      answer(ctx, error, logger);
    }
  };
}

function answer(ctx: Context, error: unknown, logger: Logger): void {
  if (error instanceof WrongRequest) {
    const { status, code, message, faults, present, retryAfterMs } = error;
    const retryAfterSeconds = retryAfterMs === null ? undefined : Math.ceil(retryAfterMs / 1000);
    if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
    return write(ctx, status, {
      code,
      message,
      faults,
      ...(present === undefined ? {} : { present }),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
  const requestId: unknown = ctx.state['requestId'];
  if (error instanceof OutsideTrouble) {
    logger.warn({ requestId, code: error.code, error: error.message, cause: reason(error.cause) }, 'outside-trouble');
    ctx.set('Retry-After', '5');
    return write(ctx, 503, { code: error.code, message: 'a service we need is not answering: try again', faults: [] });
  }
  const status = clientFault(error);
  if (status !== undefined) {
    return write(ctx, status, { code: 'bad-request', message: 'the request cannot be understood', faults: [] });
  }
  logger.error({ requestId, error: reason(error), cause: reason((error as Error | null)?.cause) }, 'request-failed');
  write(ctx, 500, { code: 'internal', message: `something went wrong (request ${String(requestId)})`, faults: [] });
}

function answerBareStatus(ctx: Context): void {
  const status = ctx.status;
  const code = status === 404 ? 'not-found' : status === 405 ? 'method-not-allowed' : 'bad-request';
  const message = status === 404 ? 'there is nothing at this address' : ctx.message.toLowerCase();
  write(ctx, status, { code, message, faults: [] });
}

function write(ctx: Context, status: number, body: ErrorBody): void {
  ctx.state['errorCode'] = body.code;
  if (ctx.headerSent) return;
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.remove('ETag');
  ctx.remove('Last-Modified');
  if (!wantsPage(ctx)) {
    ctx.type = 'application/json; charset=utf-8';
    ctx.body = JSON.stringify(body);
    return;
  }
  ctx.type = 'text/html; charset=utf-8';
  ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  ctx.body = errorPage(status, body.message);
}

function wantsPage(ctx: Context): boolean {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  return !ctx.path.startsWith('/api/') && ctx.accepts(['json', 'html']) === 'html';
}

const TITLES: Readonly<Record<number, string>> = {
  403: '没有权限 · Not allowed',
  404: '页面不存在 · Not found',
  503: '暂时无法服务，请稍后再试 · Try again soon',
};

function errorPage(status: number, message: string): string {
  const title =
    TITLES[status] ?? (status >= 500 ? '出错了，请稍后再试 · Something went wrong' : '请求有误 · Bad request');
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fbf6f4;color:#3a2b28;
font:16px/1.6 system-ui,-apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}
main{max-width:26rem;padding:2rem;text-align:center}h1{font-size:1.25rem;margin:0 0 .5rem}
p{margin:0;color:#6b5a55;overflow-wrap:anywhere}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p></main></body></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Koa and its router mark what the caller did wrong (an address that does not decode) by a 4xx status. */
function clientFault(error: unknown): number | undefined {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function reason(error: unknown): string | undefined {
  if (error === undefined || error === null) return undefined;
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error, { depth: 1 });
}
