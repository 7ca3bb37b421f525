import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { Pool } from 'undici';
import type { Logger } from '../../src/base/logger.ts';
import type { Account } from '../../src/flows/ports/accounts.ts';
import type { MessageDoor } from '../../src/flows/ports/messages.ts';
import { Admissions } from '../../src/http/admissions.ts';
import { createApp } from '../../src/http/app.ts';
import type { App } from '../../src/http/app.ts';
import { createDeliveryDoor } from '../../src/http/delivery-door.ts';
import { RequestTurns } from '../../src/http/request-turns.ts';
import { RunningDeliveries } from '../../src/http/running-deliveries.ts';
import { createMetrics } from '../../src/metrics.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { messageDoor } from '../../src/wechat/messages/message-door.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { anAccount } from '../wechat/builders.ts';
import { isGenuine, requestsFor, sha1 } from './callback-requests.ts';
import type { CallbackRequest } from './callback-requests.ts';
import { hostileBodies } from './hostile-bodies.ts';

const NOW_SECONDS = 1_409_735_669;
const TOGETHER = 64;
const CPU_MS_MAX = 100;
const MODES = ['plain', 'compatible', 'safe'] as const;

export interface FuzzReport {
  readonly requests: number;
  readonly accepted: number;
  readonly refused: number;
  /** The dearest single request, ms of CPU of client and server together. */
  readonly cpuMsMax: number;
}

/**
 * Sends generated and damaged requests through the callback's real stack: sockets, the delivery door, the message door. Throws at the
 * first crash, 5xx, error in the log, unsigned message that is accepted, or request that costs over 100 ms of CPU.
 */
export async function fuzzCallback(options: {
  readonly requests: number;
  readonly seed: number;
  /** Another door than ours, to show that a careless one is found out. */
  readonly door?: MessageDoor;
}): Promise<FuzzReport> {
  const service = await startService(options.door ?? messageDoor);
  const counts = { requests: 0, accepted: 0, refused: 0, cpuMsMax: 0 };
  try {
    await tryHostileBodies(service, counts);
    for (let round = 0; counts.requests < options.requests && round < 100_000; round += 1) {
      const account = service.accounts[round % MODES.length] ?? assert.fail();
      const numRuns = Math.min(TOGETHER * 8, options.requests - counts.requests);
      const requests = fc.sample(requestsFor(account, NOW_SECONDS), { seed: options.seed + round, numRuns });
      for (let at = 0; at < requests.length; at += TOGETHER) {
        await tryBatch(service, account, requests.slice(at, at + TOGETHER), counts);
      }
    }
    return counts;
  } finally {
    await service.stop();
  }
}

type Counts = { requests: number; accepted: number; refused: number; cpuMsMax: number };
type Service = Awaited<ReturnType<typeof startService>>;

/** For each account two processes: one that settles messages, and one that is full and turns them away. */
async function startService(door: MessageDoor) {
  const accounts = MODES.map((messageMode) => anAccount({ messageMode }));
  const logger = quietLogger();
  const apps = accounts.map((account) => {
    const admissions = new Admissions({ memory: new ProcessMemory(), logger });
    return [1000, 0].map((runningMax) => startDoor({ account, door, admissions, runningMax, logger }));
  });
  const listening = await Promise.all(apps.map((both) => Promise.all(both.map((app) => app.listen(0, '127.0.0.1')))));
  const pools = listening.map((both) =>
    both.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: 16 })),
  );
  let sent = 0;
  return {
    accounts,
    logger,
    send: async (account: Account, { query, body }: Pick<CallbackRequest, 'query' | 'body'>): Promise<number> => {
      const both = pools[accounts.indexOf(account)] ?? assert.fail();
      const pool = both[sent % both.length] ?? assert.fail();
      sent += 1;
      const headers = { 'content-type': 'text/xml' };
      const answer = await pool.request({ method: 'POST', path: `/wechat/main?${query}`, headers, body });
      await answer.body.dump();
      return answer.statusCode;
    },
    stop: async () => {
      await Promise.all(pools.flat().map((pool) => pool.destroy()));
      await Promise.all(apps.flat().map((app) => app.close(200)));
    },
  };
}

function startDoor(given: {
  readonly account: Account;
  readonly door: MessageDoor;
  readonly admissions: Admissions;
  readonly runningMax: number;
  readonly logger: Logger;
}): App {
  const { account, logger, runningMax } = given;
  const turns = new RequestTurns();
  const metrics = createMetrics();
  const running = new RunningDeliveries({ turns, logger, runningMax });
  const early = createDeliveryDoor({
    ...given,
    accounts: { account: async () => account },
    running,
    turns,
    metrics,
    clock: { nowMs: () => NOW_SECONDS * 1000 },
    receiveMessage: async ({ message, renderReply }) => ({ kind: 'reply', xml: renderReply(message.key) }),
    late: { lapsed: async () => 'last' },
    proxyHops: 0,
  });
  return createApp({
    routers: [],
    early,
    turns,
    logger,
    metrics,
    proxyHops: 0,
    readiness: async () => ({ ready: true, parts: {} }),
    metricsToken: null,
  });
}

async function tryHostileBodies(service: Service, counts: Counts): Promise<void> {
  const account = service.accounts[0] ?? assert.fail();
  for (const [what, xml] of Object.entries(hostileBodies)) {
    const signature = sha1(account.token, String(NOW_SECONDS), '1');
    const request = {
      query: `signature=${signature}&timestamp=${NOW_SECONDS}&nonce=1`,
      body: Buffer.from(xml),
      sealed: null,
    };
    await tryOne(service, account, request, counts, what);
  }
}

async function tryBatch(
  service: Service,
  account: Account,
  requests: readonly CallbackRequest[],
  counts: Counts,
): Promise<void> {
  const before = process.cpuUsage();
  const statuses = await Promise.all(requests.map((request) => service.send(account, request)));
  const cpuMs = cpuMsSince(before);
  for (const [index, request] of requests.entries()) judge(account, request, statuses[index] ?? 0, counts);
  assertNoErrors(service);
  counts.requests += requests.length;
  // Only a batch that was dear as a whole can hold a dear request.
  if (cpuMs < CPU_MS_MAX) return;
  for (const request of requests) await tryOne(service, account, request, counts, request.query);
}

/** Measures one request alone; collecting garbage is no fault of its, so the cheaper of two runs counts. */
async function tryOne(
  service: Service,
  account: Account,
  request: CallbackRequest,
  counts: Counts,
  what: string,
): Promise<void> {
  const costs: number[] = [];
  for (let run = 0; run < 2; run += 1) {
    const before = process.cpuUsage();
    judge(account, request, await service.send(account, request), { ...counts });
    costs.push(cpuMsSince(before));
  }
  assertNoErrors(service);
  counts.cpuMsMax = Math.max(counts.cpuMsMax, Math.min(...costs));
  assert.ok(Math.min(...costs) < CPU_MS_MAX, `${what} costs ${Math.min(...costs)} ms of CPU`);
}

function judge(account: Account, request: CallbackRequest, status: number, counts: Counts): void {
  const shown = () =>
    `${account.messageMode} ${status} ${request.query} ${JSON.stringify(request.body.toString('latin1'))}`;
  if (status === 200) {
    assert.ok(isGenuine(account, NOW_SECONDS, request), `accepted without a signature: ${shown()}`);
    counts.accepted += 1;
    return;
  }
  assert.ok(status >= 400 && status < 500, shown());
  counts.refused += 1;
}

/** An error behind a 200 is one all the same: the door answers success whatever goes wrong behind it. */
function assertNoErrors({ logger }: Service): void {
  const errors = logger.lines.filter(({ level }) => level === 'error');
  assert.deepEqual(errors, []);
  logger.lines.length = 0;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { requests: { type: 'string' }, seed: { type: 'string' } } });
  const requests = Number(values.requests ?? 1_000_000);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const startMs = performance.now();
  const { accepted, refused, cpuMsMax } = await fuzzCallback({ requests, seed });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(
    `${requests} requests in ${seconds} s (seed ${seed}): ${accepted} accepted, all signed; ${refused} refused with a 4xx; ` +
      `no crash, no 5xx; the dearest alone took ${cpuMsMax.toFixed(0)} ms of CPU`,
  );
}
