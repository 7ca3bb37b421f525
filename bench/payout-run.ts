import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { merchantId } from '../src/base/ids.ts';
import type { PayRules } from '../src/simulator/pay/pay-rules.ts';
import type { SimulatorOptions } from '../src/simulator/simulator-options.ts';
import { migrate } from '../src/store/database.ts';
import { buildActivity } from '../test/support/builders.ts';
import { writeDuePayouts } from '../test/support/due-payouts.ts';
import { startServiceProcess } from '../test/support/service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from '../test/support/service-process.ts';
import { arrivalFigures } from './arrivals.ts';
import type { ArrivalFigures } from './arrivals.ts';
import { processCpuMicros, readCosts } from './measure.ts';
import { readStatements } from './statements.ts';
import type { StatementCosts } from './statements.ts';
import type { SimulatorPlace, SimulatorSight } from './simulator-process.ts';

/** What a run is made of. */
export interface RunPlan {
  readonly name: string;
  readonly processes: number;
  readonly payouts: number;
  /** 0 lifts the limit; 34.5 is the service's own pace. */
  readonly spacingMs: number;
  /** Calls in flight per process, as the merchant's settings say. */
  readonly callsMax: number;
  /** The run ends after so long, or when everything was sent. */
  readonly limitMs: number;
  /** Further variables for the service's processes, such as NODE_OPTIONS. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a run showed. Figures per payout are over those sent. */
export interface PayoutRun {
  readonly name: string;
  readonly processes: number;
  readonly callsMax: number;
  readonly spacingMs: number;
  readonly sends: ArrivalFigures;
  readonly queries: { readonly count: number; readonly mostInASecond: number };
  readonly refusedAsTooFast: number;
  readonly paid: number;
  /** How long backends of this database were at work, commits included. */
  readonly databaseMsPerPayout: number;
  readonly serverMicrosPerPayout: number | null;
  readonly workerMicrosPerPayout: number | null;
  readonly simulatorMicrosPerPayout: number;
  readonly statements: readonly StatementCosts[];
}

/** The server runs are made on. */
export interface BenchServer {
  readonly url: string;
  readonly admin: pg.Client;
  readonly serverPid: number;
}

const LOOK_EVERY_MS = 100;
// Counts reach the server's statistics at most this late when their backend is idle.
const COUNTS_LATE_MS = 1200;

/**
 * Makes one run: a database and a simulator of its own, payouts written while sending is stopped, production processes
 * started, sending resumed, and what arrived at the simulator counted. Throws when anything was paid twice or not as
 * the books say.
 */
export async function runPayouts(server: BenchServer, plan: RunPlan, stopped: AbortSignal): Promise<PayoutRun> {
  const database = `run_${randomBytes(4).toString('hex')}`;
  await server.admin.query(`create database ${database}`);
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  await migrate(url.href);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const running: ServiceProcess[] = [];
  const simulator = await startSimulatorProcess(plan);
  try {
    const secretsKey = randomBytes(32).toString('base64');
    const surroundings = { simulator: simulator.place, databaseUrl: url.href, redisUrl: NO_REDIS, secretsKey };
    running.push(await startWorker(surroundings, plan));
    await prepare(client, plan, simulator.place.openids);
    while (running.length < plan.processes) running.push(await startWorker(surroundings, plan));
    const workers = running.map(({ child }) => child.pid ?? 0);
    return await measure({ server, client, plan, database, simulator, workers, stopped });
  } finally {
    for (const one of running) await one.end(plan.environment === undefined ? 'SIGKILL' : 'SIGTERM');
    simulator.child.disconnect();
    await client.end();
    await server.admin.query(`drop database ${database} with (force)`);
  }
}

// A worker needs Redis for nothing; without one it starts and says so.
const NO_REDIS = 'redis://127.0.0.1:1';

function startWorker(surroundings: ServiceSurroundings, plan: RunPlan): Promise<ServiceProcess> {
  return startServiceProcess(surroundings, { ROLE: 'worker', ...plan.environment });
}

interface SimulatorProcess {
  readonly child: ChildProcess;
  readonly place: SimulatorPlace;
  see(): Promise<SimulatorSight>;
}

async function startSimulatorProcess(plan: RunPlan): Promise<SimulatorProcess> {
  const lifted: Partial<PayRules> = plan.spacingMs === 0 ? { sendsPerSecondMax: 1_000_000 } : {};
  const options: SimulatorOptions = {
    seed: 'bench',
    followers: Math.ceil(plan.payouts / 4),
    merchantBalanceFen: plan.payouts * 100,
    payRules: { ...lifted, merchantFenPerDayMax: 1_000_000_000 },
  };
  const child = fork(fileURLToPath(new URL('simulator-process.ts', import.meta.url)), [JSON.stringify(options)]);
  const [place] = (await once(child, 'message')) as [SimulatorPlace];
  return {
    child,
    place,
    see: async () => {
      const answer = once(child, 'message');
      child.send('see');
      const [sight] = (await answer) as [SimulatorSight];
      return sight;
    },
  };
}

/** Writes what is to be paid while nothing may be sent, and lets the server look at its tables as autovacuum would. */
async function prepare(client: pg.Client, plan: RunPlan, openids: readonly string[]): Promise<void> {
  await client.query(`update installation set sending_stopped_at = $1, sending_stopped_reason = 'bench'`, [new Date()]);
  await client.query(`update merchant set spacing_us = $1, calls_max = $2, day_fen = 1000000000`, [
    plan.spacingMs * 1000,
    plan.callsMax,
  ]);
  const merchant = { id: merchantId('main'), mchId: '' };
  const account = await client.query<{ id: never; app_id: string }>('select id, app_id from account');
  const first = account.rows[0];
  if (first === undefined) throw new Error('the first process makes the account');
  const activity = await buildActivity(client, { account: { id: first.id, appId: first.app_id, merchant } });
  // Due before now by the database's clock, whose machine is this one.
  await writeDuePayouts(client, activity, { openids, count: plan.payouts, fromMs: Date.now() - 60_000 });
  await client.query('vacuum analyze');
}

async function measure(run: {
  readonly server: BenchServer;
  readonly client: pg.Client;
  readonly plan: RunPlan;
  readonly database: string;
  readonly simulator: SimulatorProcess;
  readonly workers: readonly number[];
  readonly stopped: AbortSignal;
}): Promise<PayoutRun> {
  const { server, client, plan, database, simulator, workers } = run;
  await server.admin.query('select pg_stat_statements_reset()');
  const read = async () => ({
    ...(await readCosts(server.admin, server.serverPid)),
    databaseMs: await activeMs(server.admin, database),
    workerMicros: workers.map(processCpuMicros).reduce(sum, 0),
    simulatorMicros: (await simulator.see()).cpuMicros,
  });
  const before = await read();
  await client.query('update installation set sending_stopped_at = null, sending_stopped_reason = null');
  await client.query(`select pg_notify('payout_due', '')`);
  await untilSent(run);
  await sleep(COUNTS_LATE_MS);
  const after = await read();
  const sight = await simulator.see();
  await check(client, sight);
  const { sendsMs, queriesMs } = sight;
  const per = (later: number | null, earlier: number | null): number | null =>
    later === null || earlier === null ? null : (later - earlier) / sight.paid;
  const tooFast = await client.query<{ n: string }>(
    `select count(*) as n from payout_attempt where outcome ->> 'code' in ('FREQ_LIMIT', 'SECOND_OVER_LIMITED')`,
  );
  return {
    name: plan.name,
    processes: plan.processes,
    callsMax: plan.callsMax,
    spacingMs: plan.spacingMs,
    sends: arrivalFigures(sendsMs),
    queries: { count: queriesMs.length, mostInASecond: arrivalFigures(queriesMs).mostInASecond },
    refusedAsTooFast: Number(tooFast.rows[0]?.n),
    paid: sight.paid,
    databaseMsPerPayout: (after.databaseMs - before.databaseMs) / sight.paid,
    serverMicrosPerPayout: per(after.serverCpuMicros, before.serverCpuMicros),
    workerMicrosPerPayout: per(after.workerMicros, before.workerMicros),
    simulatorMicrosPerPayout: (after.simulatorMicros - before.simulatorMicros) / sight.paid,
    statements: await readStatements(server.admin, database, sight.paid),
  };
}

function sum(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

/** Waits until every payout was paid and its answer recorded, or the run's time is over. */
async function untilSent({ client, plan, stopped }: Parameters<typeof measure>[0]): Promise<void> {
  const endMs = performance.now() + plan.limitMs;
  while (performance.now() < endMs) {
    stopped.throwIfAborted();
    const left = await client.query(`select 1 from payout where state in ('waiting', 'unknown') limit 1`);
    if (left.rows.length === 0) return;
    await sleep(LOOK_EVERY_MS);
  }
}

async function activeMs(admin: pg.Client, database: string): Promise<number> {
  const found = await admin.query<{ ms: number }>('select active_time as ms from pg_stat_database where datname = $1', [
    database,
  ]);
  return found.rows[0]?.ms ?? 0;
}

async function check(client: pg.Client, sight: SimulatorSight): Promise<void> {
  if (sight.paidTwice > 0 || sight.violations > 0)
    throw new Error(`${sight.paidTwice} numbers paid twice, ${sight.violations} calls against the rules`);
  const known = await client.query<{ n: string }>(
    `select count(*) as n from payout_attempt where outcome ->> 'kind' = 'paid'`,
  );
  const ours = Number(known.rows[0]?.n);
  if (Math.abs(ours - sight.paid) > IN_FLIGHT_MAX) throw new Error(`${sight.paid} paid there, ${ours} known here`);
}

// A run that ends by the clock leaves some calls under way.
const IN_FLIGHT_MAX = 100;
