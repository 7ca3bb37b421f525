import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { followingClock, seedActivities, simulatedConfig } from '../../src/demo-service.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { startService } from '../../src/wiring.ts';
import type { Service } from '../../src/wiring.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { quietLogger } from './quiet-logger.ts';
import { freePort } from './redis-server.ts';

/** The whole service against the simulator, over real sockets, on a real database, in this process. */
export interface World {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly service: Service;
  readonly publicUrl: string;
  readonly log: ReturnType<typeof quietLogger>;
  /** Throws unless our books balance and agree with WeChat Pay's, packet by packet. */
  compareBooks(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a world with the demo's activities published. */
export async function startWorld(
  options: { readonly simulator?: SimulatorOptions; readonly role?: 'all' | 'web' } = {},
): Promise<World> {
  const database = await freshDatabase();
  const simulator = await startSimulator({
    oauthHosts: ['127.0.0.1'],
    merchantBalanceFen: 100_000_000,
    ...options.simulator,
  });
  const port = await freePort();
  const config = simulatedConfig({
    simulator,
    databaseUrl: database.url,
    port,
    secretsKey: randomBytes(32),
    role: options.role ?? 'all',
  });
  const log = quietLogger();
  const clock = (base: Service['clock']): Service['clock'] => followingClock(base, simulator);
  const service = await startService(config, log, { clock, alone: true, host: '127.0.0.1' }).catch(
    async (error: unknown) => {
      // What listens would keep the test's process alive for ever.
      await simulator.close();
      await database.close();
      throw error;
    },
  );
  await seedActivities(service);
  simulator.setCallbackUrl(`${config.publicUrl}/wechat/main`);
  return {
    database,
    simulator,
    service,
    publicUrl: config.publicUrl,
    log,
    compareBooks: () => compareBooks(service.pool, simulator),
    close: async () => {
      await service.stop();
      await simulator.close();
      await database.close();
    },
  };
}

/** Waits until the account answers with its own texts, which were set after its jobs began to read settings. */
export async function textsKnown({ simulator }: World): Promise<void> {
  const { openid } = simulator.followers.add();
  await eventually('the texts of the account', async () => {
    const { reply } = await simulator.push.sendText(openid, '？');
    return reply?.type === 'text' && reply.content.startsWith('你好！');
  });
}

/** Every number WeChat Pay paid is one of ours with that amount, none is paid twice, and the sums agree. */
export async function compareBooks(pool: pg.Pool, simulator: Simulator): Promise<void> {
  const { differences } = await verifyBooks(pool);
  assert.deepEqual(differences, []);
  for (const [number, times] of simulator.books.paidCountByNumber)
    assert.equal(times, 1, `${number} was paid ${times} times`);
  const found = await pool.query<{ order_number: string; amount_fen: string; state: string }>(
    'select order_number, amount_fen, state from payout',
  );
  const ours = new Map(found.rows.map((row) => [row.order_number, row]));
  for (const packet of simulator.books.packets()) {
    const payout = ours.get(packet.number);
    assert.ok(payout, `WeChat Pay knows ${packet.number}, we do not`);
    assert.equal(Number(payout.amount_fen), packet.amountFen);
    if (payout.state === 'received') assert.equal(packet.status, 'RECEIVED');
    if (payout.state === 'returned') assert.equal(packet.status, 'REFUND');
  }
  const delivered = await pool.query<{ fen: string }>(
    `select coalesce(sum(amount_fen), 0) as fen from book_entry where debit = 'delivered'`,
  );
  assert.equal(
    Number(delivered.rows[0]?.fen),
    simulator.books.totals().receivedFen,
    'delivered here and received there',
  );
  assert.deepEqual(simulator.books.violations, []);
}

/** Asks every 20 ms until the answer is neither undefined nor false. Throws with what was waited for after the limit. */
export async function eventually<Answer>(
  waitedFor: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  limitMs = 30_000,
): Promise<Answer> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`waited ${limitMs} ms in vain for ${waitedFor}`);
}
