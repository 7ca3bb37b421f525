import { setTimeout as sleep } from 'node:timers/promises';
import { PagePhone } from '../../test/support/page-phone.ts';
import { percentile } from '../measure.ts';
import { FOLLOWERS, openBenchWorld } from './bench-world.ts';
import type { BenchProcess, BenchWorld } from './bench-world.ts';
import { ratioOf, takeTurns, untilPublished } from './compare.ts';
import type { Figure, PartContext, PartResult } from './figure.ts';
import { memoryOf } from './process-memory.ts';

const PAGE_CONNECTIONS = 64;

/** g: draws on the activity page beside the same server's smallest JSON. */
export async function besideJson({ server, load, pace }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server);
  try {
    const service = await world.start();
    await untilPublished();
    const cookies = await sessions(world, service);
    const { slug } = world.activity;
    const both = { processes: [service], connections: PAGE_CONNECTIONS };
    const series = await takeTurns(server, load, {
      part: 'g',
      pace,
      targets: [
        { ...both, name: 'draw on the page', ask: { kind: 'draws', slug, cookies }, world },
        { ...both, name: 'static JSON', ask: { kind: 'page', path: '/healthz' }, world: null },
      ],
    });
    const what = `draws on the activity page / static JSON, at ${PAGE_CONNECTIONS} connections`;
    return { series, figures: [{ part: 'g', what, value: ratioOf(series[0], series[1]), unit: '', atLeast: 0.4 }] };
  } finally {
    await world.close();
  }
}

/** People authorize at the pretend WeChat, as their phones would. */
async function sessions(world: BenchWorld, { port }: BenchProcess): Promise<readonly string[]> {
  const cookies: string[] = [];
  const people = world.simulator.followers.list();
  for (let index = 0; index < PAGE_CONNECTIONS; index += 1) {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', people[index % people.length]?.openid ?? '');
    const last = (await phone.walk(`http://127.0.0.1:${port}/a/${world.activity.slug}`)).at(-1);
    if (last?.status !== 200) throw new Error(`the page answered ${last?.status}: ${last?.text.slice(0, 300)}`);
    cookies.push([...phone.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
  }
  return cookies;
}

/** h: from the commit of an award to the arrival of its packet at WeChat Pay, without a limit of pace. */
export async function commitToWire({ server, load, short }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server, { winPercent: 100 });
  try {
    await world.client.query('update merchant set spacing_us = 0, day_fen = 1000000000');
    const [web] = [await world.start(), await world.start({ ROLE: 'worker' })];
    await untilPublished();
    const ask = { kind: 'messages', account: world.account, safe: false, followers: FOLLOWERS } as const;
    const plan = { ports: [web.port], connections: 16, perSecond: 40, ask };
    await load.play({ ...plan, durationMs: short ? 1000 : 5000 });
    await untilPaid(world);
    // Those before got both processes warm.
    const from = await world.client.query<{ at: Date }>('select max(created_at) as at from draw');
    await load.play({ ...plan, durationMs: short ? 2000 : 15_000 });
    await untilPaid(world);
    const found = await world.client.query<{ number: string; at_ms: number }>(
      `select order_number as number, (extract(epoch from pg_xact_commit_timestamp(draw.xmin)) * 1000)::float8 as at_ms
       from payout join award on award.account_id = payout.account_id and award.id = award_id
       join draw on draw.account_id = award.account_id and draw.request_key = award.request_key
       where draw.created_at > $1`,
      [from.rows[0]?.at],
    );
    const committedMs = new Map(found.rows.map((row) => [row.number, row.at_ms]));
    const waitsMs = world.simulator.books.arrivals.flatMap(({ number, atMs }) => {
      const from = committedMs.get(number);
      return from === undefined ? [] : [atMs - from];
    });
    if (waitsMs.length < committedMs.size) throw new Error(`${waitsMs.length} of ${committedMs.size} arrived`);
    const what = `commit of an award to its packet on the wire, ${waitsMs.length} packets`;
    return {
      series: [],
      figures: [
        { part: 'h', what: `${what}, p50`, value: percentile(waitsMs, 0.5), unit: 'ms' },
        { part: 'h', what: `${what}, p99`, value: percentile(waitsMs, 0.99), unit: 'ms', atMost: 100 },
      ],
    };
  } finally {
    await world.close();
  }
}

/** Waits until nothing is left to send or under way, 20 s at most. */
async function untilPaid({ client }: BenchWorld): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (performance.now() < endMs) {
    const left = await client.query(`select 1 from payout where state in ('waiting', 'unknown') limit 1`);
    if (left.rows.length === 0) return;
    await sleep(100);
  }
}

/** f: what a process holds after many draws. */
export async function memoryAfterDraws({ server, load, short }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server);
  const draws = short ? 10_000 : 1_000_000;
  try {
    const service = await world.start();
    await untilPublished();
    const heldMb: number[] = [];
    let done = 0;
    for (const share of [0.1, 1]) {
      while (done < draws * share) {
        server.stopped.throwIfAborted();
        const ask = { kind: 'messages', account: world.account, safe: false, followers: FOLLOWERS } as const;
        const result = await load.play({
          ports: [service.port],
          connections: 64,
          durationMs: short ? 500 : 5000,
          perSecond: null,
          ask,
        });
        done += result.answered;
      }
      await sleep(1000);
      heldMb.push(memoryOf(service.pid) ?? 0);
    }
    const [early = 0, late = 0] = heldMb;
    const what = `memory of the process after ${draws} draws / after a tenth of them`;
    return {
      series: [],
      figures: [
        { part: 'f', what, value: late / early, unit: '', atMost: 1.25 },
        { part: 'f', what: 'memory of the process at the end', value: late, unit: 'MB' },
      ],
    };
  } finally {
    await world.close();
  }
}

/** Three times what can be sustained, whether or not the last was answered: honest and quick answers, flat memory. */
export async function overload({ server, load, short }: PartContext): Promise<PartResult> {
  const world = await openBenchWorld(server);
  try {
    const service = await world.start();
    await untilPublished();
    const ask = { kind: 'messages', account: world.account, safe: false, followers: FOLLOWERS } as const;
    const plan = { ports: [service.port], connections: 200, perSecond: null, ask };
    await load.play({ ...plan, durationMs: 1000 });
    const { perSecond: sustainable } = await load.play({ ...plan, durationMs: short ? 1500 : 5000 });
    const durationMs = short ? 4000 : 60_000;
    const memories: number[] = [];
    const watch = setInterval(() => memories.push(memoryOf(service.pid) ?? 0), 500);
    const crowd = { ...plan, connections: CROWD, perSecond: 3 * sustainable, durationMs };
    const hard = await load.tell(crowd).finally(() => clearInterval(watch));
    const after = await load.tell({ ...plan, perSecond: sustainable / 2, durationMs: 4000 });
    const tail = memories.slice(Math.floor(memories.length / 4));
    const calm = after.seconds.findIndex(({ slowestMs, busy }) => busy === 0 && slowestMs < 250);
    const figures: Omit<Figure, 'part'>[] = [
      { what: 'sustainable draws over HTTP, closed loop of 200', value: sustainable, unit: '/s' },
      { what: `answers at three times as many for ${durationMs / 1000} s`, value: hard.answered, unit: '' },
      { what: 'of them "busy, try again"', value: hard.busy, unit: '' },
      { what: 'draws meanwhile', value: ((hard.answered - hard.busy) / durationMs) * 1000, unit: '/s' },
      { what: 'wrong answers and broken connections', value: hard.wrong + hard.broken, unit: '', atMost: 0 },
      { what: `due while all ${CROWD} connections waited`, value: hard.unsent, unit: '' },
      { what: 'p99 of all answers', value: hard.p99Ms, unit: 'ms', atMost: 1000 },
      { what: 'slowest "busy, try again"', value: hard.slowestBusyMs, unit: 'ms', atMost: 1000 },
      { what: 'slowest answer', value: hard.slowestMs, unit: 'ms', atMost: 5000 },
      { what: 'memory, most of the last three quarters / their first', value: growth(tail), unit: '', atMost: 1.3 },
      { what: 'seconds until half the load is answered as ever', value: calm + 1, unit: 's', atLeast: 1, atMost: 2 },
    ];
    return { series: [], figures: figures.map((figure) => ({ part: 'overload', ...figure })) };
  } finally {
    await world.close();
  }
}

const CROWD = 6000;

function growth(heldMb: readonly number[]): number {
  return Math.max(...heldMb) / (heldMb[0] ?? 1);
}
