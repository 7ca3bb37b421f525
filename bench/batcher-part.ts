import type { Logger } from '../src/base/logger.ts';
import type { LiveActivity } from '../src/flows/ports/draws.ts';
import { DatabaseClock } from '../src/store/database-clock.ts';
import { createPool } from '../src/store/database.ts';
import type { PartContext } from './http/figure.ts';
import { handInCounts, percentile, readCosts } from './measure.ts';
import type { Round, Series } from './report.ts';
import { openBatcher, openCall, openTypeorm } from './ways.ts';
import type { Way } from './ways.ts';
import { checkRows, drawFor, publishLottery } from './workload.ts';

const CONCURRENCIES = [50, 200];

type Bench = Pick<PartContext, 'server' | 'pace'>;

/** One way in one activity of its own, and what it answered there in all. */
interface Entry {
  readonly way: Way;
  readonly activity: LiveActivity;
  readonly concurrent: number;
  readonly answered: { draws: number; wins: number };
}

/** a: durable draws a second of the batcher beside one TypeORM transaction and one database call a draw, in turns. */
export async function besideOthers(bench: Bench, logger: Logger): Promise<readonly Series[]> {
  const { url } = bench.server;
  const clockPool = createPool({ url, connectionsMax: 1, name: 'bench-clock' }, logger);
  const clock = new DatabaseClock({ pool: clockPool, logger });
  await clock.start();
  const given = { url, clock, logger };
  const ways = [openBatcher(given), await openTypeorm(given), await openCall(given)];
  try {
    const series: Series[] = [];
    for (const concurrent of CONCURRENCIES) series.push(...(await compare(bench, ways, concurrent)));
    return series;
  } finally {
    for (const way of ways) await way.stop();
    clock.stop();
    await clockPool.end();
  }
}

/** Runs one round of one way, checks what it left behind and returns what it cost. */
async function runRound(bench: Bench, entry: Entry): Promise<Round> {
  bench.server.stopped.throwIfAborted();
  const { way, activity, concurrent, answered } = entry;
  await handInCounts(way.pool);
  const before = await readCosts(bench.server.admin, bench.server.serverPid);
  const stretch = await drawFor(way.draw, activity, { durationMs: bench.pace.seconds * 1000, concurrent });
  const { nodeCpuMicros, serverCpuMicros } = await readCosts(bench.server.admin, bench.server.serverPid);
  await handInCounts(way.pool);
  const { walBytes, fsyncs } = await readCosts(bench.server.admin, bench.server.serverPid);
  answered.draws += stretch.draws;
  answered.wins += stretch.wins;
  await checkRows(bench.server.admin, activity, answered);
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
    entries.push({
      way,
      concurrent,
      activity: await publishLottery(bench.server.admin),
      answered: { draws: 0, wins: 0 },
    });
  }
  for (const entry of entries) await runRound(bench, entry);
  const series = entries.map((entry) => ({ entry, rounds: [] as Round[] }));
  for (let round = 0; round < bench.pace.rounds; round += 1) {
    for (const { entry, rounds } of series) rounds.push(await runRound(bench, entry));
  }
  return series.map(({ entry, rounds }) => ({ concurrent, way: entry.way.name, rounds }));
}
