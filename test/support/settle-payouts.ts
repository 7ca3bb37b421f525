import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { followingClock, simulatedConfig } from '../../src/demo-service.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { startService } from '../../src/wiring.ts';
import { quietLogger } from './quiet-logger.ts';
import { eventually } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What time passes between two looks: leases end, resends come round, PROCESSING ends, packets go back after a day. */
const PASSES_MS = [30 * SECOND, 15 * SECOND, 2 * MINUTE, 6 * MINUTE, 25 * MINUTE, 25 * MINUTE];
const LONG_PASS_MS = 25 * HOUR;
const LONG_PASSES_MAX = 12;
// Half of 2,000 may be left when workers stood still for long, and other tests want the machine too.
const PASS_LIMIT_MS = 150_000;

/**
 * Lets one worker on the simulator's clock bring every payout to its end, in days of simulated time: people open what
 * `opens` says once it is in their chat. No other worker may live. Throws when something is still open after weeks.
 */
export async function settlePayouts(given: {
  readonly client: pg.Client;
  readonly simulator: Simulator;
  readonly databaseUrl: string;
  readonly secretsKey: string;
  readonly opens: (orderNumber: string) => boolean;
}): Promise<void> {
  const { simulator, databaseUrl } = given;
  const secretsKey = Buffer.from(given.secretsKey, 'base64');
  const config = simulatedConfig({ simulator, databaseUrl, port: 0, secretsKey, role: 'worker' });
  const merchant = { ...config.merchant, sendName: '红包' };
  const service = await startService({ ...config, merchant }, quietLogger(), {
    clock: (base) => followingClock(base, simulator),
    alone: true,
    host: '127.0.0.1',
  });
  try {
    for (const byMs of PASSES_MS) await pass(given, byMs);
    for (let passes = 0; passes < LONG_PASSES_MAX && (await openPayouts(given.client)) > 0; passes += 1)
      await pass(given, LONG_PASS_MS);
  } finally {
    await service.stop();
  }
  const open = await openPayouts(given.client);
  if (open > 0) throw new Error(`${open} payouts are open after ${LONG_PASSES_MAX} days`);
}

async function pass(given: Parameters<typeof settlePayouts>[0], byMs: number): Promise<void> {
  const { client, simulator, opens } = given;
  for (const packet of simulator.books.packets()) {
    if (packet.status === 'SENT' && opens(packet.number)) simulator.books.open(packet.number);
  }
  simulator.clock.advance(byMs);
  const nowMs = simulator.clock.nowMs();
  await eventually(
    `nothing due ${byMs / 1000} s later`,
    async () =>
      (await client.query('select 1 from payout where due_at <= $1 limit 1', [new Date(nowMs)])).rowCount === 0,
    PASS_LIMIT_MS,
  );
}

async function openPayouts(client: pg.Client): Promise<number> {
  const found = await client.query<{ n: number }>('select count(*)::integer as n from payout where due_at is not null');
  return found.rows[0]?.n ?? 0;
}

/** A key for sealing a test installation's secrets. */
export function newSecretsKey(): string {
  return randomBytes(32).toString('base64');
}
