import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Logger } from '../src/base/logger.ts';
import { startCountingServer } from './set-up-server.ts';
import { describeMachine } from './machine.ts';
import { findServerPid } from './measure.ts';
import { payoutTable, statementTable } from './payout-report.ts';
import type { PayoutResults } from './payout-report.ts';
import { runPayouts } from './payout-run.ts';
import type { PayoutRun, RunPlan } from './payout-run.ts';
import { machineLines } from './report.ts';
import { inBenchRoom } from './bench-room.ts';

// npm run bench:payouts [-- --payouts 20000 --seconds 70 --only lifted|limited --profile folder | --short] [--output file]:
// due payouts sent by production processes over TLS to a simulator in a process of its own, on a PostgreSQL of its own
// that forces every commit to disk. With the merchant's limit lifted: how many a second, and what one costs. With the
// limit on and three processes: how steady it is, and the most arrivals in any second. All share the machine, so the
// cost of a payout is the steadier figure.

const LIMIT_MS = 34.5;
// Lifted, a merchant gets more calls in flight too: with 16, what is measured is the time a call takes.
const LIFTED_CALLS = 64;
const USUAL_CALLS = 16;
const LIFTED_LIMIT_MS = 300_000;

interface Options {
  readonly payouts: number;
  readonly seconds: number;
  readonly only: 'lifted' | 'limited' | undefined;
  readonly profile: string | undefined;
  readonly output: string;
}

const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (fields, event) => console.warn(event, fields),
  error: (fields, event) => console.error(event, fields),
};

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      payouts: { type: 'string' },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      profile: { type: 'string' },
      output: { type: 'string', default: fileURLToPath(new URL('results-payouts.json', import.meta.url)) },
    },
  });
  const payouts = Number(values.payouts ?? (values.short ? 1000 : 20_000));
  const seconds = Number(values.seconds ?? (values.short ? 12 : 70));
  const { only, profile, output } = values;
  if (!Number.isInteger(payouts) || payouts < 100 || payouts > 100_000)
    throw new RangeError('--payouts takes 100 to 100000');
  if (!(seconds >= 5 && seconds <= 600)) throw new RangeError('--seconds takes 5 to 600');
  if (only !== undefined && only !== 'lifted' && only !== 'limited')
    throw new RangeError('--only takes lifted or limited');
  return { payouts, seconds, only, profile, output };
}

function plansOf({ payouts, seconds, only, profile }: Options): readonly RunPlan[] {
  const environment =
    profile === undefined ? {} : { environment: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` } };
  const lifted = { payouts, spacingMs: 0, callsMax: LIFTED_CALLS, limitMs: LIFTED_LIMIT_MS, ...environment };
  const limited = { spacingMs: LIMIT_MS, callsMax: USUAL_CALLS, limitMs: seconds * 1000, ...environment };
  // More than can be sent in that time, so that the last second is as full as the first.
  const enough = Math.ceil((seconds * 1000) / LIMIT_MS) + 200;
  return [
    { name: 'limit lifted', processes: 1, ...lifted },
    { name: 'limit lifted', processes: 3, ...lifted },
    { name: 'limit on', processes: 3, payouts: enough, ...limited },
  ].filter((plan) => only === undefined || (plan.spacingMs === 0) === (only === 'lifted'));
}

async function runAll(options: Options, url: string, stopped: AbortSignal): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    const machine = await describeMachine(admin);
    console.log(`${machineLines(machine)}\n`);
    const server = { url, admin, serverPid: await findServerPid(admin) };
    const runs: PayoutRun[] = [];
    for (const plan of plansOf(options)) {
      const run = await runPayouts(server, plan, stopped);
      runs.push(run);
      console.log(`${run.name}, ${run.processes} processes, where the database's time goes:\n${statementTable(run)}\n`);
    }
    const before = existsSync(options.output)
      ? (JSON.parse(readFileSync(options.output, 'utf8')) as PayoutResults)
      : null;
    const results: PayoutResults = { at: new Date().toISOString(), machine, runs };
    console.log(payoutTable(results, before));
    writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    await admin.end();
  }
}

const options = readOptions();
await inBenchRoom(async (room, stopped) => {
  const server = await startCountingServer({ dataDir: join(room, 'postgres'), preferredPort: 0, logger });
  try {
    await runAll(options, server.url, stopped);
  } finally {
    await server.stop();
  }
});
