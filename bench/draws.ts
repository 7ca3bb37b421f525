import { writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Logger } from '../src/base/logger.ts';
import { migrate } from '../src/store/database.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { besideOthers } from './batcher-part.ts';
import { inBenchRoom } from './bench-room.ts';
import { drawChart } from './chart.ts';
import { figureLines, reaches } from './http/figure.ts';
import type { Figure, PartContext, PartResult } from './http/figure.ts';
import { startLoad } from './http/load.ts';
import { besideEcho, besideStored, slowDiskAndLink, twoProcesses } from './http/message-parts.ts';
import { besideJson, commitToWire, memoryAfterDraws, overload } from './http/other-parts.ts';
import { whereItGoes } from './http/profile-part.ts';
import { describeMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { findServerPid } from './measure.ts';
import { httpTable, machineLines, ratios, table } from './report.ts';
import type { Series } from './report.ts';
import { startServerWith } from './set-up-server.ts';

// npm run bench [-- --part b,c --rounds 5 --seconds 2 --stored 10000000 | --short] [--output file]: what draws cost, part by part,
// on a PostgreSQL of its own that forces every commit to disk. Load comes from a process of its own over loopback; what
// is compared takes turns, and medians count. Load, service and server share the machine, so only the ratio of one run
// says much; the CPU a draw costs is the steadier number. All parts take about 25 minutes, short about 3.

const PARTS = {
  a: 'durable draws of the batcher beside one TypeORM transaction, and one database call, a draw',
  b: 'signed messages to durable draws over HTTP beside co-wechat, which stores nothing; with CPU and WAL',
  c: 'the same in safe mode',
  d: 'with millions of draws stored beside empty tables',
  e: 'two processes on one activity beside one',
  f: 'memory after a million draws',
  g: 'draws on the activity page beside static JSON',
  h: 'from commit of an award to its packet on the wire',
  i: 'a slow disk and a database far away',
  overload: 'three times what can be sustained',
  profile: 'where the time of a message goes in Node, at 200 connections, and in PostgreSQL',
} as const;
type Part = keyof typeof PARTS;

interface Options {
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly seconds: number;
  readonly short: boolean;
  readonly stored: number;
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
      part: { type: 'string', default: Object.keys(PARTS).join(',') },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      stored: { type: 'string' },
      short: { type: 'boolean', default: false },
      output: { type: 'string', default: fileURLToPath(new URL('results.json', import.meta.url)) },
    },
  });
  const { short, output } = values;
  const parts = values.part.split(',').filter((part): part is Part => Object.hasOwn(PARTS, part));
  const rounds = Number(values.rounds ?? (short ? 2 : 5));
  const seconds = Number(values.seconds ?? (short ? 0.5 : 2));
  const stored = Number(values.stored ?? (short ? 100_000 : 10_000_000));
  if (parts.length !== values.part.split(',').length) {
    throw new RangeError(`--part takes some of ${Object.keys(PARTS).join(', ')} with commas between`);
  }
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) throw new RangeError('--rounds takes 1 to 100');
  if (!(seconds >= 0.1 && seconds <= 60)) throw new RangeError('--seconds takes 0.1 to 60');
  if (!Number.isInteger(stored) || stored < 1 || stored > 100_000_000)
    throw new RangeError('--stored takes 1 to 100000000');
  return { parts, rounds, seconds, short, stored, output };
}

/** What runs each part over HTTP; part a measures the batcher alone. */
const OVER_HTTP: Readonly<Record<Exclude<Part, 'a'>, (context: PartContext) => Promise<PartResult>>> = {
  b: (context) => besideEcho(context, false),
  c: (context) => besideEcho(context, true),
  d: besideStored,
  e: twoProcesses,
  f: memoryAfterDraws,
  g: besideJson,
  h: commitToWire,
  i: slowDiskAndLink,
  overload,
  profile: whereItGoes,
};

/** Plays one part and prints what came of it at once. */
async function playPart(
  part: Part,
  context: PartContext,
): Promise<PartResult & { readonly batcher: readonly Series[] }> {
  context.server.stopped.throwIfAborted();
  const startedMs = performance.now();
  console.log(`\n${part}: ${PARTS[part]}`);
  const batcher = part === 'a' ? await besideOthers(context, logger) : [];
  const { series, figures } = part === 'a' ? batcherFigures(batcher) : await OVER_HTTP[part](context);
  if (batcher.length > 0) {
    console.log(table(batcher));
    for (const { concurrent, beside, ratio } of ratios(batcher))
      console.log(`ratio at ${concurrent} concurrent, beside ${beside}: ${ratio}`);
  }
  if (series.length > 0) console.log(httpTable(series));
  console.log(figureLines(figures));
  console.log(`(${((performance.now() - startedMs) / 1000).toFixed(0)} s)`);
  return { batcher, series, figures };
}

function batcherFigures(batcher: readonly Series[]): PartResult {
  const figures: Figure[] = ratios(batcher).map(({ concurrent, beside, ratio }) => ({
    part: 'a',
    what: `durable draws of the batcher / by ${beside}, ${concurrent} at a time`,
    value: ratio,
    unit: '',
    atLeast: beside === 'one call a draw' ? 12 : 60,
  }));
  return { series: [], figures };
}

async function runAll(options: Options, context: PartContext, machine: Machine): Promise<void> {
  const { rounds, seconds, short } = options;
  console.log(`${machineLines(machine)}\nrounds      ${rounds} of ${seconds} s each, in turns, medians`);
  const played: Awaited<ReturnType<typeof playPart>>[] = [];
  for (const part of options.parts) played.push(await playPart(part, context));
  const figures = played.flatMap((part) => part.figures);
  const batcher = played.flatMap((part) => part.batcher);
  const missed = figures.filter((figure) => !reaches(figure)).length;
  const withAim = figures.filter(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined).length;
  console.log(`\n${figureLines(figures)}\n${missed} of ${withAim} figures with an aim missed it`);
  const results = {
    at: new Date().toISOString(),
    machine,
    rounds,
    seconds,
    short,
    figures,
    ratios: ratios(batcher),
    series: batcher,
    http: played.flatMap((part) => part.series),
  };
  writeFileSync(options.output, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(options.output.replace(/\.json$/, '') + '.svg', drawChart(figures, machine));
}

/** As production servers have them; commit times are kept for part h. */
const SETTINGS = [
  // A quarter of the memory, as PostgreSQL's documentation proposes.
  `shared_buffers = '${Math.max(1, Math.round(totalmem() / 2 ** 32))}GB'`,
  "max_wal_size = '8GB'",
  "checkpoint_timeout = '15min'",
  'track_commit_timestamp = on',
];

// Without Redis a process keeps in its own memory what it would share: it starts and says so.
const NO_REDIS = { url: 'redis://127.0.0.1:1', version: 'none', kill: async (): Promise<void> => {} };

async function startMemory(): Promise<typeof NO_REDIS> {
  try {
    const server = await startRedis();
    return { url: server.url, kill: () => server.kill(), version: 'on loopback, keeping nothing' };
  } catch (error) {
    return { ...NO_REDIS, version: `none (${error instanceof Error ? error.message : String(error)})` };
  }
}

const options = readOptions();
await inBenchRoom(async (room, stopped) => {
  const embedded = await startServerWith({ dataDir: join(room, 'postgres'), preferredPort: 0, logger }, SETTINGS);
  const admin = new pg.Client({ connectionString: embedded.url });
  await admin.connect();
  const load = await startLoad();
  const redis = await startMemory();
  try {
    await migrate(embedded.url);
    const machine = await describeMachine(admin);
    const server = {
      url: embedded.url,
      admin,
      serverPid: await findServerPid(admin),
      room,
      stopped,
      redisUrl: redis.url,
    };
    console.log(`Redis       ${redis.version}`);
    const { rounds, seconds, short, stored } = options;
    await runAll(options, { server, load, pace: { rounds, seconds }, short, stored, logger }, machine);
  } finally {
    load.stop();
    await redis.kill();
    await admin.end();
    await embedded.stop();
  }
});
