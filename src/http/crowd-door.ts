import type { IncomingMessage, ServerResponse } from 'node:http';
import { BUSY_TEXT } from '../flows/chat/receive-message.ts';
import type { AccountDirectory } from '../flows/ports/accounts.ts';
import type { MessageDoor } from '../flows/ports/messages.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { mayBeTurnedAway } from './admissions.ts';
import type { Admissions } from './admissions.ts';
import { accountNamed, DELIVERY_BODY, deliveryQuery } from './callback-request.ts';
import type { HttpMetrics } from './observe-requests.ts';
import { keepBody, readRequestBody } from './read-body.ts';
import type { RequestTurns } from './request-turns.ts';
import type { RunningDeliveries } from './running-deliveries.ts';

/** More than any message that somebody types takes, sealed too; longer bodies are not read by two doors. */
const BODY_BYTES_MAX = 8192;
const DELIVERY = /^\/wechat\/([^/?]+)\?(.+)$/;

/** Stands before Koa. */
export interface EarlyDoor {
  /** Whether it wants to see this request. */
  concerns(request: IncomingMessage): boolean;
  /** Answers the request, or returns false where Koa has to. Never rejects. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

export interface CrowdDoorDependencies {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly door: MessageDoor;
  readonly admissions: Admissions;
  readonly running: RunningDeliveries;
  readonly turns: Pick<RequestTurns, 'delayMs'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly metrics: Pick<HttpMetrics, 'requestEnded'>;
}

/**
 * Tells "busy" to new messages while too many deliveries run. It does so before Koa, because whoever is turned away must cost a
 * fraction of a draw, or a crowd slows everybody down: no header but the needed ones, no line in the log for each.
 * Whatever else it meets (a repeat, an event, what is not genuine) goes on to the callback's own route.
 */
export function createCrowdDoor(dependencies: CrowdDoorDependencies): EarlyDoor {
  const { running, turns, metrics } = dependencies;
  return {
    concerns: ({ method, url = '', headers }) =>
      method === 'POST' &&
      running.isFull() &&
      url.startsWith('/wechat/') &&
      !(Number(headers['content-length']) > BODY_BYTES_MAX),
    async answer(request, response) {
      const sinceMs = performance.now() - turns.delayMs;
      const body = readRequestBody(request, DELIVERY_BODY);
      const busy = await busyReply(request, body, dependencies).catch(() => null);
      if (busy === null) {
        keepBody(request, body);
        return false;
      }
      running.noteTurnedAway();
      if (response.destroyed) return true;
      response.writeHead(200, {
        'Content-Type': 'application/xml; charset=utf-8',
        'Content-Length': Buffer.byteLength(busy),
      });
      response.end(busy);
      const labels = { route: 'wechat-message', method: 'POST', status: 200 };
      metrics.requestEnded(labels, (performance.now() - sinceMs) / 1000);
      return true;
    },
  };
}

/** Returns null for what is not to be turned away. Throws for what is not genuine. */
async function busyReply(
  request: IncomingMessage,
  arriving: Promise<Buffer>,
  { accounts, door, admissions, clock }: CrowdDoorDependencies,
): Promise<string | null> {
  const [, name = '', query = ''] = DELIVERY.exec(request.url ?? '') ?? [];
  const [account, body] = await Promise.all([accountNamed(name, accounts), arriving]);
  if (account === undefined) return null;
  const opened = door.open({ account, query: deliveryQuery(query), body, nowMs: clock.nowMs() });
  if (!mayBeTurnedAway(opened)) return null;
  const settled = await admissions.settle(account, opened, 'turned-away');
  return settled === 'turned-away' ? opened.seal(opened.renderReply(BUSY_TEXT)) : null;
}
