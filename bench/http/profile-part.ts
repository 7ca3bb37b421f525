import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startCountingServer } from '../set-up-server.ts';
import { findServerPid } from '../measure.ts';
import { readStatements } from '../statements.ts';
import { FOLLOWERS, openBenchWorld } from './bench-world.ts';
import type { BenchServer, BenchWorld } from './bench-world.ts';
import { untilPublished } from './compare.ts';
import { readCpuProfile } from './cpu-profile.ts';
import type { Figure, PartContext, PartResult } from './figure.ts';

/** Where the time of a message goes: in the service's main thread, and in PostgreSQL. */
export async function whereItGoes(context: PartContext): Promise<PartResult> {
  return { series: [], figures: [...(await inNode(context)), ...(await inPostgres(context))] };
}

/** CPU of the main thread, microseconds a message; the profiler itself takes some. */
async function inNode(context: PartContext): Promise<readonly Figure[]> {
  const world = await openBenchWorld(context.server);
  const folder = mkdtempSync(join(context.server.room, 'profile-'));
  try {
    const service = await world.start({ NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` });
    const play = player(context, world, service.port);
    await play(200, 5);
    const fromMicros = Number(process.hrtime.bigint() / 1000n);
    const answered = await play(200, 10);
    await service.stop();
    const took = [...readCpuProfile(folder, fromMicros)].filter(([kind]) => kind !== 'idle');
    return took.map(([what, micros]) => ({
      part: 'profile',
      what: `Node: ${what}`,
      value: micros / answered,
      unit: 'us',
    }));
  } finally {
    await world.close();
  }
}

/** Time of each statement, microseconds a draw, on a server that counts them; waiting for the disk is not part of it. */
async function inPostgres(context: PartContext): Promise<readonly Figure[]> {
  const dataDir = join(context.server.room, 'counting');
  const counting = await startCountingServer({ dataDir, preferredPort: 0, logger: context.logger });
  const admin = new pg.Client({ connectionString: counting.url });
  await admin.connect();
  const server: BenchServer = { ...context.server, url: counting.url, admin, serverPid: await findServerPid(admin) };
  try {
    const world = await openBenchWorld(server);
    try {
      const { port } = await world.start();
      const play = player(context, world, port);
      await play(200, 5);
      const figures: Figure[] = [];
      for (const connections of [64, 200]) {
        await admin.query('select pg_stat_statements_reset()');
        const answered = await play(connections, 5);
        figures.push(...(await statementFigures(admin, world, { connections, answered })));
      }
      return figures;
    } finally {
      await world.close();
    }
  } finally {
    await admin.end();
    await counting.stop();
  }
}

async function statementFigures(
  admin: pg.Client,
  world: BenchWorld,
  { connections, answered }: { readonly connections: number; readonly answered: number },
): Promise<readonly Figure[]> {
  const statements = await readStatements(admin, new URL(world.url).pathname.slice(1), answered);
  const figure = (what: string, ms: number): Figure => ({ part: 'profile', what, value: ms * 1000, unit: 'us' });
  const planning = statements.reduce((ms, { planMsEach }) => ms + planMsEach, 0);
  return [
    figure(`PostgreSQL at ${connections}: planning in all`, planning),
    ...statements.map(({ statement, msEach }) =>
      figure(`PostgreSQL at ${connections}: ${statement.slice(0, 38)}`, msEach),
    ),
  ];
}

/** Returns how to let messages come for some seconds, a fifth of that in a short run; it returns how many were answered. */
function player({ load, short }: PartContext, { account }: BenchWorld, port: number) {
  const ask = { kind: 'messages', account, safe: false, followers: FOLLOWERS } as const;
  return async (connections: number, seconds: number): Promise<number> => {
    await untilPublished();
    const plan = { ports: [port], connections, perSecond: null, ask, durationMs: seconds * (short ? 200 : 1000) };
    return (await load.play(plan)).answered;
  };
}
