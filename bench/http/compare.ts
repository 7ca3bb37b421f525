import { setTimeout as sleep } from 'node:timers/promises';
import { median, processCpuMicros, readCosts } from '../measure.ts';
import type { BenchProcess, BenchServer, BenchWorld } from './bench-world.ts';
import type { Load } from './load.ts';
import type { Asking } from './load-plan.ts';

/** What takes turns with others: processes that are asked something, over a world of ours or over none. */
export interface Target {
  readonly name: string;
  readonly processes: readonly BenchProcess[];
  readonly connections: number;
  readonly ask: Asking;
  /** Checked after every round: each answered draw is a row, and nothing is counted that is not there. */
  readonly world: BenchWorld | null;
  /** Called before and after each round. */
  readonly around?: { before(): Promise<void>; after(): Promise<void> };
}

/** One round of one target, per request where it says so. */
export interface HttpRound {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** CPU of all its processes. */
  readonly nodeMicros: number | null;
  readonly serverMicros: number | null;
  readonly loadMicros: number;
  readonly walBytes: number;
}

/** All rounds of one target. */
export interface HttpSeries {
  readonly part: string;
  readonly target: string;
  readonly connections: number;
  readonly rounds: readonly HttpRound[];
}

/** How long and how often. */
export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
}

/** Lets targets take turns, after a longer round each that does not count, in which they get warm; the order turns about with every round. */
export async function takeTurns(
  server: BenchServer,
  load: Load,
  { part, targets, pace }: { readonly part: string; readonly targets: readonly Target[]; readonly pace: Pace },
): Promise<readonly HttpSeries[]> {
  for (const target of targets) await playRound(server, load, target, WARM_ROUNDS * pace.seconds);
  const series = targets.map((target) => ({ target, rounds: [] as HttpRound[] }));
  for (let round = 0; round < pace.rounds; round += 1) {
    for (const { target, rounds } of round % 2 === 0 ? series : series.toReversed()) {
      server.stopped.throwIfAborted();
      rounds.push(await playRound(server, load, target, pace.seconds));
    }
  }
  return series.map(({ target, rounds }) => ({
    part,
    target: target.name,
    connections: target.connections,
    rounds,
  }));
}

// V8 compiles what is hot while tens of thousands of requests go by.
const WARM_ROUNDS = 4;
/** Of a round: as many as there are connections ask at once at its start, which is none of what is asked after. */
const SETTLE_SHARE = 0.1;

/** Plays one round and checks that each answered draw is a row. Throws where one is not. */
export async function playRound(server: BenchServer, load: Load, target: Target, seconds: number): Promise<HttpRound> {
  await target.around?.before();
  const rowsBefore = await countedDraws(target.world);
  const before = await readCosts(server.admin, server.serverPid);
  const nodeBefore = cpuOf(target.processes);
  const result = await load.play({
    ports: target.processes.map(({ port }) => port),
    connections: target.connections,
    durationMs: seconds * 1000,
    settleMs: SETTLE_SHARE * seconds * 1000,
    perSecond: null,
    ask: target.ask,
  });
  const nodeAfter = cpuOf(target.processes);
  const after = await readCosts(server.admin, server.serverPid);
  await target.around?.after();
  if (target.world !== null && target.ask.kind !== 'page') {
    const drawn = (await countedDraws(target.world)) - rowsBefore;
    if (drawn !== result.answered) throw new Error(`${result.answered} draws were answered, ${drawn} were counted`);
  }
  const per = (later: number | null, earlier: number | null): number | null =>
    later === null || earlier === null ? null : (later - earlier) / result.answered;
  return {
    perSecond: result.perSecond,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    slowestMs: result.slowestMs,
    nodeMicros: per(nodeAfter, nodeBefore),
    serverMicros: per(after.serverCpuMicros, before.serverCpuMicros),
    loadMicros: result.cpuMicros / result.answered,
    walBytes: (after.walBytes - before.walBytes) / result.answered,
  };
}

/** Draws by the counters; throws unless they agree with each other and with the awards. */
async function countedDraws(world: BenchWorld | null): Promise<number> {
  if (world === null) return 0;
  const found = await world.client.query<Record<'draws' | 'days' | 'wins' | 'drawn' | 'awards', number>>(
    `select draws::int, wins::int, (select sum(draws)::int from activity_day where ${HERE}) as days,
       (select sum(drawn)::int from prize_counter where ${HERE}) as drawn,
       (select count(*)::int from award where ${HERE} and created_at > $3) as awards
     from activity_counter where ${HERE}`,
    [world.activity.account.id, world.activity.id, new Date(Date.now() - 86_400_000)],
  );
  const counted = found.rows[0];
  if (counted === undefined) return 0;
  const { draws, days, wins, drawn, awards } = counted;
  if ((days ?? 0) !== draws || drawn !== wins || awards !== wins) {
    throw new Error(`counters disagree: ${JSON.stringify(counted)}`);
  }
  return draws;
}

const HERE = 'account_id = $1 and activity_id = $2';

function cpuOf(processes: readonly BenchProcess[]): number | null {
  const times = processes.map(({ pid }) => processCpuMicros(pid));
  return times.every((time) => time !== null) ? times.reduce((sum, time) => sum + time, 0) : null;
}

/** Waits until processes have seen what was published: they look every second. */
export async function untilPublished(): Promise<void> {
  await sleep(1500);
}

/** The median of one figure of a series; 0 where it could not be measured. */
export function middleOf(series: HttpSeries | undefined, name: keyof HttpRound): number {
  return median((series?.rounds ?? []).map((round) => round[name] ?? 0));
}

/** The first series' requests a second over the second's. */
export function ratioOf(first: HttpSeries | undefined, second: HttpSeries | undefined): number {
  return middleOf(first, 'perSecond') / middleOf(second, 'perSecond');
}
