import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAnswerDelivery } from './answer-delivery.ts';
import type { AnswerDeliveryDependencies, DeliveryAnswer } from './answer-delivery.ts';
import { callerAddress } from './caller-address.ts';
import type { EarlyDoor } from './early-door.ts';
import { newRequestId, noteEnded } from './observe-requests.ts';
import type { HttpMetrics, Observers } from './observe-requests.ts';
import { readRequestBody } from './read-body.ts';
import type { RequestTurns } from './request-turns.ts';

/** How much of a delivery is read, and how long. */
const BODY = { bytesMax: 65_536, deadlineMs: 3000 } as const;
/** As Koa's router would match it. */
const DELIVERY = /^(\/wechat\/([^/?]+)\/?)(?:\?(.*))?$/i;
const LABELS = { route: 'wechat-message', method: 'POST' } as const;
/** What logs say where nothing was answered, as nginx counts it: we closed the connection, or the caller did. */
const NO_ANSWER = 444;
const CALLER_GONE = 499;

export interface DeliveryDoorDependencies extends AnswerDeliveryDependencies {
  readonly turns: Pick<RequestTurns, 'delayMs'>;
  readonly metrics: Pick<HttpMetrics, 'requestEnded'>;
  /** How many proxies of ours stand before this process. */
  readonly proxyHops: number;
}

/**
 * `POST /wechat/:account`: where WeChat delivers messages
 * (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). It stands before Koa, whose middlewares take as long
 * as deciding a draw, and does what is done for every request there. Whoever is told "busy" costs still less: no line in
 * the log for each, so that a crowd slows nobody down.
 */
export function createDeliveryDoor(dependencies: DeliveryDoorDependencies): EarlyDoor {
  const { turns, proxyHops } = dependencies;
  const answerDelivery = createAnswerDelivery(dependencies);
  return {
    concerns: ({ method, url = '' }) => method === 'POST' && DELIVERY.test(url),
    async answer(request, response) {
      const visit = openVisit(request, response, turns.delayMs);
      // Asked now: of a connection that is gone nobody can say it.
      const from = callerAddress(request, proxyHops);
      response.once('close', () => noteVisit(visit, from, dependencies));
      try {
        visit.answer = await answerDelivery(visit);
      } catch (error) {
        const { requestId } = visit;
        dependencies.logger.error({ requestId, error: error instanceof Error ? error.stack : error }, 'request-failed');
        visit.answer = failed(requestId);
      }
      if (visit.answer === null) response.destroy();
      else write(visit, visit.answer);
    },
  };
}

/** One request from its head to the end of its answer. */
interface Visit {
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly arrivedAtMs: number;
  readonly path: string;
  readonly accountName: string;
  readonly query: string;
  readonly readBody: () => Promise<Buffer>;
  /** Undefined while there is none; null where the delivery lapses. */
  answer: DeliveryAnswer | null | undefined;
}

function openVisit(request: IncomingMessage, response: ServerResponse, delayMs: number): Visit {
  const [, path = '', accountName = '', query = ''] = DELIVERY.exec(request.url ?? '') ?? [];
  return {
    response,
    requestId: newRequestId(),
    arrivedAtMs: performance.now() - delayMs,
    path: path.slice(0, 200),
    accountName,
    query,
    readBody: () => readRequestBody(request, response, BODY),
    answer: undefined,
  };
}

function write({ response, requestId }: Visit, { status, type, body }: DeliveryAnswer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
  });
  response.end(body);
}

function noteVisit(visit: Visit, from: string, { logger, metrics }: Observers): void {
  const { response, requestId, arrivedAtMs: startedAtMs, path, answer } = visit;
  const status = answer === null ? NO_ANSWER : answer === undefined ? CALLER_GONE : answer.status;
  if (answer?.turnedAway === true) {
    metrics.requestEnded({ ...LABELS, status }, (performance.now() - startedAtMs) / 1000);
    return;
  }
  const code = answer === null ? 'left-to-repeat' : answer?.code;
  noteEnded({ logger, metrics }, response, { ...LABELS, requestId, path, status, startedAtMs, from, code });
}

/** For a bug of ours; the caller learns nothing but the request's id. */
function failed(requestId: string): DeliveryAnswer {
  const body = `internal: something went wrong (request ${requestId})`;
  return { status: 500, type: 'text/plain; charset=utf-8', body, code: 'internal' };
}
