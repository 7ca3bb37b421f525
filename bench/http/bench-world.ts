import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { merchantId } from '../../src/base/ids.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { migrate } from '../../src/store/database.ts';
import { buildActivity } from '../../test/support/builders.ts';
import type { BuiltActivity } from '../../test/support/builders.ts';
import { freePort } from '../../test/support/redis-server.ts';
import { serviceEnvironment } from '../../test/support/service-process.ts';
import { benchLottery } from '../workload.ts';
import { SERVICE_FLAGS } from '../service-flags.ts';
import type { PushAccount } from './load-plan.ts';

/** Where the parts over HTTP run: one PostgreSQL, a pretend WeChat and a folder for what processes say. */
export interface BenchServer {
  readonly url: string;
  readonly admin: pg.Client;
  readonly serverPid: number;
  readonly room: string;
  readonly redisUrl: string;
  readonly stopped: AbortSignal;
}

/** A process that answers on a port. */
export interface BenchProcess {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A database with one published lottery, the processes over it and the account whose followers write. */
export interface BenchWorld {
  readonly url: string;
  readonly client: pg.Client;
  readonly simulator: Simulator;
  readonly activity: BuiltActivity;
  readonly account: PushAccount;
  /** Starts a production process over the database, web role unless told. */
  start(environment?: Readonly<Record<string, string>>): Promise<BenchProcess>;
  close(): Promise<void>;
}

/** So many different people write, at random. */
export const FOLLOWERS = 1_000_000;

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const READY_WITHIN_MS = 20_000;

/** Makes a database of its own with an account, a merchant and a lottery of which every fifth ticket wins. */
export async function openBenchWorld(
  server: BenchServer,
  given: { readonly safe?: boolean; readonly winPercent?: number } = {},
): Promise<BenchWorld> {
  const database = `bench_${randomBytes(4).toString('hex')}`;
  await server.admin.query(`create database ${database}`);
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  await migrate(url.href);
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => {});
  await client.connect();
  const simulator = await startSimulator({
    seed: 'bench',
    oauthHosts: ['127.0.0.1'],
    merchantBalanceFen: 1_000_000_000,
    payRules: { sendsPerSecondMax: 1_000_000, merchantFenPerDayMax: 1_000_000_000 },
  });
  const secretsKey = randomBytes(32).toString('base64');
  const running: BenchProcess[] = [];
  const surroundings = { simulator, databaseUrl: url.href, redisUrl: server.redisUrl, secretsKey };
  const start = async (environment: Readonly<Record<string, string>> = {}): Promise<BenchProcess> => {
    const port = await freePort();
    const mode = { WECHAT_MESSAGE_MODE: given.safe === true ? 'safe' : 'plain', ROLE: 'web', ...UNHURRIED };
    const started = await startMain(server, { ...serviceEnvironment(surroundings, port), ...mode, ...environment });
    running.push(started);
    return started;
  };
  // The first process writes the configured account down; the activity is made under it.
  await (await start()).stop();
  const activity = await publish(client, given.winPercent ?? 20);
  return {
    url: url.href,
    client,
    simulator,
    activity,
    account: { ...simulator.account, path: '/wechat/main', word: '抽奖' },
    start,
    close: async () => {
      for (const process of running) await process.stop();
      await simulator.close();
      await client.end();
      await server.admin.query(`drop database ${database} with (force)`);
    },
  };
}

/** All load comes from one address and from few people where sessions are needed. */
const UNHURRIED = {
  PERSON_DRAWS_PER_SECOND: '1000',
  ADDRESS_DRAWS_PER_SECOND: '100000',
  ADDRESS_VIEWS_PER_SECOND: '100000',
  FOLLOWERS_PER_MINUTE: '0',
};

async function publish(client: pg.Client, winPercent: number): Promise<BuiltActivity> {
  const found = await client.query<{ id: never; app_id: string }>('select id, app_id from account');
  const first = found.rows[0];
  if (first === undefined) throw new Error('the first process makes the account');
  const account = { id: first.id, appId: first.app_id, merchant: { id: merchantId('main'), mchId: '' } };
  return buildActivity(client, { account, rule: benchLottery(winPercent) });
}

/** What it says goes into a file: a pipe would be read, and paid for, by the process that measures. */
async function startMain(server: BenchServer, environment: Readonly<Record<string, string>>): Promise<BenchProcess> {
  const port = Number(environment['PORT']);
  const log = join(server.room, `service-${port}.log`);
  const descriptor = openSync(log, 'a');
  const child = spawn(process.execPath, [...SERVICE_FLAGS, MAIN], {
    env: { ...environment },
    stdio: ['ignore', descriptor, descriptor],
  });
  const endMs = performance.now() + READY_WITHIN_MS;
  for (;;) {
    server.stopped.throwIfAborted();
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    if (child.exitCode !== null || performance.now() > endMs) {
      child.kill('SIGKILL');
      throw new Error(`a service process did not come up: ${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    await sleep(50);
  }
  return { port, pid: child.pid ?? 0, stop: () => end(child) };
}

/** Starts npm's co-wechat on Koa for the same account. */
export async function startPeer(account: PushAccount): Promise<BenchProcess> {
  const child = fork(fileURLToPath(new URL('peer-process.ts', import.meta.url)), [JSON.stringify(account)]);
  const [port] = (await once(child, 'message')) as [number];
  return { port, pid: child.pid ?? 0, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
