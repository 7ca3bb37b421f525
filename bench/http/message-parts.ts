import { FOLLOWERS, openBenchWorld, startPeer } from './bench-world.ts';
import type { BenchProcess, BenchWorld } from './bench-world.ts';
import { middleOf, playRound, ratioOf, takeTurns, untilPublished } from './compare.ts';
import type { HttpSeries, Target } from './compare.ts';
import type { Figure, PartContext, PartResult } from './figure.ts';
import { startSlowLink } from './slow-link.ts';
import { storeDraws } from './stored-draws.ts';

const CONNECTIONS = [64, 200];

/** Messages of followers at random, drawn and answered by one target. */
function messages(
  name: string,
  world: BenchWorld,
  given: {
    readonly processes: readonly BenchProcess[];
    readonly connections: number;
    readonly safe?: boolean;
    /** Draws are looked for unless nothing is stored. */
    readonly stores?: boolean;
    readonly around?: Target['around'];
  },
): Target {
  const { processes, connections, safe = false, stores = true, around } = given;
  const ask = { kind: 'messages', account: world.account, safe, followers: FOLLOWERS } as const;
  return { name, processes, connections, ask, world: stores ? world : null, ...(around && { around }) };
}

/** b, c and f: a signed message in, a durable draw, the reply out, beside co-wechat, which stores nothing. */
export async function besideEcho(context: PartContext, safe: boolean): Promise<PartResult> {
  const part = safe ? 'c' : 'b';
  const world = await openBenchWorld(context.server, { safe });
  const peer = await startPeer(world.account);
  try {
    const service = await world.start();
    await untilPublished();
    const series: HttpSeries[] = [];
    for (const connections of CONNECTIONS) {
      const targets = [
        messages('hongbao', world, { processes: [service], connections, safe }),
        messages('co-wechat', world, { processes: [peer], connections, safe, stores: false }),
      ];
      series.push(...(await takeTurns(context.server, context.load, { part, targets, pace: context.pace })));
    }
    return { series, figures: echoFigures(part, series) };
  } finally {
    await peer.stop();
    await world.close();
  }
}

function echoFigures(part: 'b' | 'c', series: readonly HttpSeries[]): readonly Figure[] {
  const mode = part === 'b' ? 'plain' : 'safe mode';
  const figures: Figure[] = [];
  for (const connections of CONNECTIONS) {
    const [ours, echo] = series.filter((each) => each.connections === connections);
    const at = `at ${connections} connections`;
    const value = ratioOf(ours, echo);
    figures.push({ part, what: `draws over HTTP / co-wechat echo, ${mode}, ${at}`, value, unit: '', atLeast: 1.3 });
  }
  const crowd = series.find(({ connections, target }) => connections === 200 && target === 'hongbao');
  const p99 = { what: `p99 of a draw over HTTP, ${mode}, at 200 connections`, value: middleOf(crowd, 'p99Ms') };
  figures.push({ part, ...p99, unit: 'ms', atMost: 50 });
  if (part === 'c') return figures;
  for (const connections of CONNECTIONS) {
    const ours = series.find((each) => each.connections === connections && each.target === 'hongbao');
    const at = `at ${connections} connections`;
    const node = { what: `CPU of Node a request, ${at}`, value: middleOf(ours, 'nodeMicros'), unit: 'us', atMost: 45 };
    const server = { what: `CPU of PostgreSQL a draw, ${at}`, value: middleOf(ours, 'serverMicros'), unit: 'us' };
    const wal = { what: `WAL a draw, ${at}`, value: middleOf(ours, 'walBytes'), unit: 'B', atMost: 2500 };
    figures.push({ part: 'f', ...node }, { part: 'f', ...server, atMost: 30 }, { part: 'f', ...wal });
  }
  return figures;
}

// After a checkpoint PostgreSQL logs each page whole that is touched for the first time, and followers at random touch
// other pages with each draw. So many seconds later most were, and the next checkpoint is far away.
const AFTER_CHECKPOINT_SECONDS = 120;

/** d: millions of draws stored, followers at random, beside empty tables; right after a checkpoint, and later. */
export async function besideStored({ server, load, pace, stored, short }: PartContext): Promise<PartResult> {
  const [full, empty] = [await openBenchWorld(server), await openBenchWorld(server)];
  try {
    const startedMs = performance.now();
    await storeDraws(full, stored);
    const loadedInSeconds = (performance.now() - startedMs) / 1000;
    const connections = 64;
    const many = messages(`${stored / 1e6} million draws stored`, full, {
      processes: [await full.start()],
      connections,
    });
    const targets = [many, messages('empty tables', empty, { processes: [await empty.start()], connections })];
    await untilPublished();
    const atOnce = await takeTurns(server, load, { part: 'd', targets, pace });
    await playRound(server, load, many, short ? 1 : AFTER_CHECKPOINT_SECONDS);
    const later = await takeTurns(server, load, { part: 'd', targets, pace });
    const what = `draws, ${stored / 1e6} million stored / none`;
    const between = { what: `${what}, between checkpoints`, value: ratioOf(later[0], later[1]), atLeast: 0.9 };
    return {
      series: [
        ...atOnce.map((each) => ({ ...each, target: `${each.target}, right after a checkpoint` })),
        ...later.map((each) => ({ ...each, target: `${each.target}, between checkpoints` })),
      ],
      figures: [
        { part: 'd', ...between, unit: '' },
        { part: 'd', what: `${what}, right after one`, value: ratioOf(atOnce[0], atOnce[1]), unit: '' },
        { part: 'd', what: 'WAL a draw between checkpoints', value: middleOf(later[0], 'walBytes'), unit: 'B' },
        { part: 'd', what: 'WAL a draw right after one', value: middleOf(atOnce[0], 'walBytes'), unit: 'B' },
        { part: 'd', what: 'loading them', value: loadedInSeconds, unit: 's' },
      ],
    };
  } finally {
    await full.close();
    await empty.close();
  }
}

/** e: two processes on one activity beside one; counts are checked after every round. */
export async function twoProcesses({ server, load, pace }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server);
  try {
    const [one, two] = [await world.start(), await world.start()];
    await untilPublished();
    const targets = [
      messages('two processes', world, { processes: [one, two], connections: 200 }),
      messages('one process', world, { processes: [one], connections: 200 }),
    ];
    const series = await takeTurns(server, load, { part: 'e', targets, pace });
    const value = ratioOf(series[0], series[1]);
    return {
      series,
      figures: [{ part: 'e', what: 'two processes on one activity / one', value, unit: '', atLeast: 0.95 }],
    };
  } finally {
    await world.close();
  }
}

/** i: a disk that takes 1 ms for a commit, and a database 2 ms away, each beside none of it. */
export async function slowDiskAndLink({ server, load, pace }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server);
  const link = await startSlowLink(world.url);
  try {
    const [near, far] = [await world.start(), await world.start({ DATABASE_URL: link.url })];
    await untilPublished();
    const set = async (delayMicros: number): Promise<void> => {
      await server.admin.query(`alter system set commit_delay = ${delayMicros}`);
      await server.admin.query('alter system set commit_siblings = 0');
      await server.admin.query('select pg_reload_conf()');
    };
    const around = { before: () => set(1000), after: () => set(0) };
    const connections = 200;
    const targets = [
      messages('disk of 1 ms a commit', world, { processes: [near], connections, around }),
      messages('database 2 ms away', world, { processes: [far], connections }),
      messages('neither', world, { processes: [near], connections }),
    ];
    const series = await takeTurns(server, load, { part: 'i', targets, pace });
    const disk = { value: ratioOf(series[0], series[2]), unit: '', atLeast: 0.8 };
    const away = { value: ratioOf(series[1], series[2]), unit: '', atLeast: 0.4 };
    return {
      series,
      figures: [
        { part: 'i', what: 'draws with a disk of 1 ms a commit / without', ...disk },
        { part: 'i', what: 'draws with a database 2 ms away / without', ...away },
      ],
    };
  } finally {
    await world.close();
    link.stop();
  }
}
