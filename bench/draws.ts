import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Logger } from '../src/base/logger.ts';
import type { LiveActivity } from '../src/flows/ports/draws.ts';
import { DatabaseClock } from '../src/store/database-clock.ts';
import { createPool, migrate } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts';
import { describeMachine } from './machine.ts';
import { findServerPid, handInCounts, percentile, readCosts } from './measure.ts';
import { machineLines, ratios, table } from './report.ts';
import type { Round, Series } from './report.ts';
import { openBatcher, openTypeorm } from './ways.ts';
import type { Way } from './ways.ts';
import { checkRows, drawFor, publishLottery } from './workload.ts';
import { inBenchRoom } from './bench-room.ts';

// npm run bench [-- --rounds 5 --seconds 1.5 | --short] [--output file]: durable draws a second of the batcher beside
// one TypeORM transaction a draw, in turns, on a PostgreSQL of its own that forces every commit to disk. Load, service
// and server share the machine, so only the ratio of one run says much; the CPU a draw costs is the steadier number.

const CONCURRENCIES = [50, 200];

interface Options {
  readonly rounds: number;
  readonly durationMs: number;
  readonly output: string;
}

interface Bench {
  readonly options: Options;
  readonly admin: pg.Client;
  readonly serverPid: number;
  readonly stopped: AbortSignal;
}

/** One way in one activity of its own, and what it answered there in all. */
interface Entry {
  readonly way: Way;
  readonly activity: LiveActivity;
  readonly concurrent: number;
  readonly answered: { draws: number; wins: number };
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
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
      output: { type: 'string', default: fileURLToPath(new URL('results.json', import.meta.url)) },
    },
  });
  const rounds = Number(values.rounds ?? (values.short ? 2 : 5));
  const seconds = Number(values.seconds ?? (values.short ? 0.5 : 1.5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) throw new RangeError('--rounds takes 1 to 100');
  if (!(seconds >= 0.1 && seconds <= 60)) throw new RangeError('--seconds takes 0.1 to 60');
  return { rounds, durationMs: seconds * 1000, output: values.output };
}

/** Runs one round of one way, checks what it left behind and returns what it cost. */
async function runRound(bench: Bench, entry: Entry): Promise<Round> {
  bench.stopped.throwIfAborted();
  const { way, activity, concurrent, answered } = entry;
  await handInCounts(way.pool);
  const before = await readCosts(bench.admin, bench.serverPid);
  const stretch = await drawFor(way.draw, activity, { durationMs: bench.options.durationMs, concurrent });
  const { nodeCpuMicros, serverCpuMicros } = await readCosts(bench.admin, bench.serverPid);
  await handInCounts(way.pool);
  const { walBytes, fsyncs } = await readCosts(bench.admin, bench.serverPid);
  answered.draws += stretch.draws;
  answered.wins += stretch.wins;
  await checkRows(bench.admin, activity, answered);
  const perDraw = (later: number | null, earlier: number | null): number | null =>
    later === null || earlier === null ? null : (later - earlier) / stretch.draws;
  return {
    drawsPerSecond: (stretch.draws / stretch.durationMs) * 1000,
    p50Ms: percentile(stretch.latenciesMs, 0.5),
    p99Ms: percentile(stretch.latenciesMs, 0.99),
    nodeMicrosPerDraw: (nodeCpuMicros - before.nodeCpuMicros) / stretch.draws,
    serverMicrosPerDraw: perDraw(serverCpuMicros, before.serverCpuMicros),
    fsyncsPerDraw: perDraw(fsyncs, before.fsyncs),
    walBytesPerDraw: (walBytes - before.walBytes) / stretch.draws,
  };
}

/** Lets the ways take turns at one concurrency, after one round each that does not count. */
async function compare(bench: Bench, ways: readonly Way[], concurrent: number): Promise<readonly Series[]> {
  const entries: Entry[] = [];
  for (const way of ways) {
    entries.push({ way, concurrent, activity: await publishLottery(bench.admin), answered: { draws: 0, wins: 0 } });
  }
  for (const entry of entries) await runRound(bench, entry);
  const series = entries.map((entry) => ({ entry, rounds: [] as Round[] }));
  for (let round = 0; round < bench.options.rounds; round += 1) {
    for (const { entry, rounds } of series) rounds.push(await runRound(bench, entry));
  }
  return series.map(({ entry, rounds }) => ({ concurrent, way: entry.way.name, rounds }));
}

async function runAll(options: Options, url: string, stopped: AbortSignal): Promise<void> {
  await migrate(url);
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const clockPool = createPool({ url, connectionsMax: 1, name: 'bench-clock' }, logger);
  const clock = new DatabaseClock({ pool: clockPool, logger });
  await clock.start();
  const ways = [openBatcher({ url, clock, logger }), await openTypeorm({ url, clock, logger })];
  try {
    const machine = await describeMachine(admin);
    const bench: Bench = { options, admin, stopped, serverPid: await findServerPid(admin) };
    const { rounds, durationMs } = options;
    console.log(`${machineLines(machine)}\nrounds      ${rounds} of ${durationMs / 1000} s each, in turns, medians\n`);
    const series: Series[] = [];
    for (const concurrent of CONCURRENCIES) series.push(...(await compare(bench, ways, concurrent)));
    console.log(table(series));
    for (const { concurrent, ratio } of ratios(series)) console.log(`ratio at ${concurrent} concurrent: ${ratio}`);
    const results = { at: new Date().toISOString(), machine, rounds, durationMs, ratios: ratios(series), series };
    writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    for (const way of ways) await way.stop();
    clock.stop();
    await clockPool.end();
    await admin.end();
  }
}

const options = readOptions();
await inBenchRoom(async (room, stopped) => {
  const server = await startEmbeddedPostgres({ dataDir: join(room, 'postgres'), preferredPort: 0, logger });
  try {
    await runAll(options, server.url, stopped);
  } finally {
    await server.stop();
  }
});
