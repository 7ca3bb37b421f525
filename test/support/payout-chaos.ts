import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { accountId, merchantId } from '../../src/base/ids.ts';
import { Random } from '../../src/simulator/random.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createPool } from '../../src/store/database.ts';
import { buildActivity } from './builders.ts';
import { freshDatabase } from './database.ts';
import { writeDuePayouts } from './due-payouts.ts';
import { quietLogger } from './quiet-logger.ts';
import { newSecretsKey, settlePayouts } from './settle-payouts.ts';
import { startWorkerPack } from './worker-pack.ts';
import type { WorkerPack } from './worker-pack.ts';
import { compareBooks, eventually } from './world.ts';

/** How rough it gets. */
export interface ChaosPlan {
  readonly seed: string;
  readonly rounds: number;
  readonly payouts: number;
  readonly workers: number;
  /** How often two workers at once stand still for longer than their lease of 25 s. */
  readonly longStalls: number;
  /** Told what happens, a line each. */
  readonly say: (line: string) => void;
}

/** What it came to, after everything settled and the books agreed. */
export interface ChaosReport {
  readonly seed: string;
  readonly rounds: number;
  readonly kills: number;
  readonly stalls: number;
  readonly longStalls: number;
  readonly payouts: number;
  /** By how they ended. */
  readonly states: Readonly<Record<string, number>>;
  readonly attempts: number;
  /** Attempts whose worker died or stood still before the answer was written. */
  readonly unanswered: number;
  /** Payouts called by more than one lease while unclear. */
  readonly takenOver: number;
  /** Answers written after the lease they were asked under had run out. */
  readonly late: number;
  readonly paidTwice: number;
  readonly tookMs: number;
}

const ROUND_MS = { least: 300, most: 1500 } as const;
const STALL_MS = { least: 200, most: 3000 } as const;
const LONG_STALL_MS = 27_000;
// Everyone may stand still for long, or just start, at the same time.
const WORKER_LIMIT_MS = 60_000;
const SLOW_ANSWERS = 12;
const SLOW_ANSWERS_MS = 400;
const FAULTY = 0.12;
const SEND_FAULTS = [
  'answer-lost-after-paying',
  'reset',
  'http-500',
  'system-error',
  'processing',
  'garbage',
  'not-found-for',
  'unknown-code',
] as const;
const QUERY_FAULTS = ['http-500', 'reset', 'garbage', 'system-error'] as const;

/**
 * Kills and stalls real worker processes at random moments while they pay, lets everything settle and compares our
 * books with WeChat Pay's. Throws when anything was paid twice, got lost or is not as the books say.
 */
export async function runPayoutChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const startedMs = performance.now();
  const luck = new Random(`${plan.seed}/chaos`);
  const database = await freshDatabase();
  const simulator = await startSimulator({
    seed: plan.seed,
    followers: Math.ceil(plan.payouts / 4),
    merchantBalanceFen: 100_000_000,
    payRules: { sendsPerSecondMax: 100_000 },
  });
  try {
    const secretsKey = newSecretsKey();
    const surroundings = { simulator, databaseUrl: database.url, redisUrl: NO_REDIS, secretsKey };
    const pack = await startWorkerPack(surroundings, luck.fork('workers'), plan.workers);
    try {
      await queuePayouts(database.client, simulator, plan);
      await playRounds(plan, { luck, pack, simulator });
    } finally {
      await pack.end();
    }
    assert.deepEqual(ourBugs(pack), []);
    const opening = luck.fork('opening');
    const opens = new Map<string, boolean>();
    await settlePayouts({
      client: database.client,
      simulator,
      databaseUrl: database.url,
      secretsKey,
      opens: (number) => opens.get(number) ?? (opens.set(number, opening.chance(0.75)).get(number) as boolean),
    });
    const figures = await compare(database.client, database.url, simulator);
    const { seed, rounds, payouts } = plan;
    return { seed, rounds, payouts, ...pack.done, ...figures, tookMs: performance.now() - startedMs };
  } finally {
    await simulator.close();
    await database.close();
  }
}

// A worker needs Redis for nothing; without one it starts and says so.
const NO_REDIS = 'redis://127.0.0.1:1';

/** Payouts that come due evenly while the rounds are played, of a merchant without a limit. */
async function queuePayouts(client: pg.Client, simulator: Simulator, plan: ChaosPlan): Promise<void> {
  await client.query('update merchant set spacing_us = 0');
  const merchant = { id: merchantId('main'), mchId: simulator.merchant.mchId };
  const account = { id: accountId('main'), appId: simulator.account.appId, merchant };
  const activity = await buildActivity(client, { account });
  const overMs = (plan.rounds * (ROUND_MS.least + ROUND_MS.most)) / 2;
  const openids = simulator.followers.list().map((follower) => follower.openid);
  await writeDuePayouts(client, activity, { openids, count: plan.payouts, fromMs: Date.now(), overMs });
}

async function playRounds(
  plan: ChaosPlan,
  { luck, pack, simulator }: { readonly luck: Random; readonly pack: WorkerPack; readonly simulator: Simulator },
): Promise<void> {
  simulator.faults.byLuck(FAULTY, SEND_FAULTS, { ms: 60_000 });
  const longRounds = new Set(
    Array.from({ length: plan.longStalls }, (_, index) =>
      Math.floor((plan.rounds * (index + 1)) / (plan.longStalls + 2)),
    ),
  );
  for (let round = 0; round < plan.rounds; round += 1) {
    await sleep(between(luck, ROUND_MS));
    if (luck.chance(0.2)) simulator.faults.next('hang', 1, { on: 'send', paying: luck.chance(0.5) });
    if (luck.chance(0.2)) simulator.faults.next(luck.pick(QUERY_FAULTS), 2, { on: 'query' });
    if (longRounds.has(round)) {
      // Answers that take some seconds, so that calls are under way in those who stand still.
      simulator.faults.next('trickle', SLOW_ANSWERS, { on: 'send', ms: 10 });
      await sleep(SLOW_ANSWERS_MS);
      await done(() => pack.stall(LONG_STALL_MS));
      await done(() => pack.stall(LONG_STALL_MS));
      plan.say(`round ${round}: two workers stand still for ${LONG_STALL_MS} ms`);
    }
    if (luck.chance(0.5)) {
      await done(() => pack.kill());
      plan.say(`round ${round}: one is killed`);
    } else {
      const forMs = between(luck, STALL_MS);
      await done(() => pack.stall(forMs));
      plan.say(`round ${round}: one stands still for ${forMs} ms`);
    }
  }
  await sleep(STALL_MS.most);
  await pack.whole();
  simulator.faults.clear();
}

/** Tries until there is a worker to do it to. */
async function done(act: () => boolean): Promise<void> {
  await eventually('a worker that lives', act, WORKER_LIMIT_MS);
}

function between(luck: Random, { least, most }: { readonly least: number; readonly most: number }): number {
  return least + luck.whole(most - least);
}

/** Errors that tell of a bug of ours; a dead number is for a person to decide and so is an error too. */
function ourBugs(pack: WorkerPack): readonly string[] {
  return pack.errors().filter((line) => !line.includes('payout-needs-a-person'));
}

type Figures = Pick<ChaosReport, 'states' | 'attempts' | 'unanswered' | 'takenOver' | 'late' | 'paidTwice'>;

/** Throws unless every payout ended as WeChat Pay's books say and the sums agree. */
async function compare(client: pg.Client, url: string, simulator: Simulator): Promise<Figures> {
  const pool = createPool({ url, connectionsMax: 2, name: 'comparing' }, quietLogger());
  try {
    await compareBooks(pool, simulator);
  } finally {
    await pool.end();
  }
  const found = await client.query<{ order_number: string; state: string }>('select order_number, state from payout');
  const packets = new Map(simulator.books.packets().map((packet) => [packet.number, packet.status]));
  const states: Record<string, number> = {};
  for (const { order_number: number, state } of found.rows) {
    states[state] = (states[state] ?? 0) + 1;
    assert.equal(packets.get(number), ENDED[state], `${number} is ${state} here and ${packets.get(number)} there`);
  }
  assert.equal(packets.size, found.rows.length, 'as many packets there as payouts here');
  const totals = simulator.books.totals();
  const books = await client.query<{ debit: string; fen: number }>(
    `select debit, sum(amount_fen)::float8 as fen from book_entry where debit in ('delivered', 'returned') group by 1`,
  );
  const ours = Object.fromEntries(books.rows.map(({ debit, fen }) => [debit, fen]));
  assert.deepEqual(
    { delivered: ours['delivered'] ?? 0, returned: ours['returned'] ?? 0 },
    { delivered: totals.receivedFen, returned: totals.refundedFen },
  );
  const paidTwice = [...simulator.books.paidCountByNumber.values()].filter((times) => times > 1).length;
  return { states, paidTwice, ...(await countAttempts(client)) };
}

async function countAttempts(client: pg.Client): Promise<Omit<Figures, 'states' | 'paidTwice'>> {
  const { rows } = await client.query<Omit<Figures, 'states' | 'paidTwice'>>(
    `select sum(calls)::integer as attempts, sum(unanswered)::integer as unanswered, sum(late)::integer as late,
       count(*) filter (where broken)::integer as "takenOver"
     from (select count(*) as calls, count(*) filter (where outcome is null) as unanswered,
         count(*) filter (where answered_at - started_at > interval '25 s') as late,
         bool_or(outcome is null) and count(distinct lease_token) > 1 as broken
       from payout_attempt group by account_id, order_number) as payout`,
  );
  assert.ok(rows[0]);
  return rows[0];
}

/** What a payout that ended is called at WeChat Pay. */
const ENDED: Readonly<Record<string, string>> = { received: 'RECEIVED', returned: 'REFUND', dead: 'FAILED' };
